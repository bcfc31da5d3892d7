"""The chin goes down and comes back: pitch of the mesh, against the person's own frontal frame."""

from collections.abc import Sequence

from identity.faces.liveness.look import Look
from identity.faces.liveness.turn import unturned

DOWN = 8.0  # degrees; figures in docs/faces.md
BACK = 5.0


def shown(looks: Sequence[Look], neutral: Look) -> bool:
    """One frame with the chin lowered, another with it back."""
    changes = [look.pitch - neutral.pitch for look in unturned(looks, neutral)]
    return max(changes, default=0) >= DOWN and any(abs(change) <= BACK for change in changes)
