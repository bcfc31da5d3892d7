"""The eyes shut and open: each eye's opening against its own in the person's frontal frame.

Never an absolute opening: narrow eyes and smiles lie below any threshold for wide ones.
"""

from collections.abc import Sequence

from identity.faces.liveness.look import Look
from identity.faces.liveness.turn import unturned

SHUT = 0.70  # of the own opening, both eyes together; figures in docs/faces.md
OPEN = 0.85


def shown(looks: Sequence[Look], neutral: Look) -> bool:
    """One frame with the eyes shut, another with them open."""
    shares = [share(look, neutral) for look in unturned(looks, neutral)]
    return bool(shares) and min(shares) <= SHUT and max(shares) >= OPEN


def share(look: Look, neutral: Look) -> float:
    """How far the eyes are open, as a share of the person's own opening."""
    pairs = zip(look.eyes, neutral.eyes, strict=True)
    shares = [opening / max(own, 1e-9) for opening, own in pairs]
    return sum(shares) / len(shares)
