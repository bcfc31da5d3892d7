"""The mouth opens: the gap between the lips, against the person's own in the frontal frame."""

from collections.abc import Sequence

from identity.faces.liveness.look import Look
from identity.faces.liveness.turn import unturned

OPEN = 0.08  # eye distances; figures in docs/faces.md


def shown(looks: Sequence[Look], neutral: Look) -> bool:
    return any(look.mouth - neutral.mouth >= OPEN for look in unturned(looks, neutral))
