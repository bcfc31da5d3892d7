"""The mouth opens: the height of the lips by their width, against the person's own frontal
frame. A broad smile shows teeth too, so somebody who smiles has to open wider."""

from collections.abc import Sequence

from identity.faces.liveness.look import Look
from identity.faces.liveness.turn import unturned

OPEN = 0.06  # of the width of the lips; figures in docs/faces.md


def shown(looks: Sequence[Look], neutral: Look) -> bool:
    return any(look.mouth - neutral.mouth >= OPEN for look in unturned(looks, neutral))
