"""Is the mouth hidden? YuNet finds a masked face as surely as a bare one.

The colour (a, b of CIELAB, which leaves brightness out) of the lips and of the jaw beside them
is compared with the skin about the eyes. A beard changes the jaw and lipstick the lips; cloth
changes both, so the lesser difference counts.
"""

import cv2
import numpy as np

from identity.faces.pictures import Pixels

COVERED = 12.0
_EYES = ((slice(42, 64), slice(30, 82)),)
_LIPS = ((slice(87, 98), slice(44, 69)),)
_JAW = ((slice(82, 104), slice(28, 40)), (slice(82, 104), slice(73, 85)))
_Regions = tuple[tuple[slice, slice], ...]


def cover(crop: Pixels) -> float:
    """How unlike the mouth's colour is to the skin about the eyes (aligned 112 px BGR crop)."""
    lab = cv2.cvtColor(crop, cv2.COLOR_BGR2LAB).astype(np.float32)

    def colour(regions: _Regions) -> np.ndarray:
        points = [lab[region][..., 1:].reshape(-1, 2) for region in regions]
        return np.asarray(np.median(np.concatenate(points), axis=0))

    eyes = colour(_EYES)
    return float(min(np.linalg.norm(colour(part) - eyes) for part in (_LIPS, _JAW)))
