"""Is the mouth, or are the eyes, hidden? YuNet finds a masked face as surely as a bare one.

The colour of the lips and of the jaw beside them is compared with the skin about the eyes, as
logarithms of red and blue to green: a lamp's brightness and tint change all parts alike and
cancel out. A beard changes the jaw and lipstick the lips; cloth changes both, and dark glasses
change what they are compared with, so the lesser of the two differences counts.

Measured on five portraits of three people under nine lights and cameras (dim, harsh, warm, cold,
from one side, from above, blurred, compressed), with drawn masks and glasses, at 0.20:

    bare faces flagged                  0 of  45 (largest 0.16)
    blue, green, red, pink masks      180 of 180 found
    white or black masks               85 of  90, the rest on the palest face in harsh light
    dark glasses                       44 of  45
    masks in the colour of skin         1 of  45: a hand or a skin-coloured scarf is NOT seen

These are few people and no real masks; what passes here still has to match the reference.
"""

import cv2
import numpy as np

from identity.faces.pictures import Pixels

COVERED = 0.20
_FLOOR = 6.0  # keeps the noise of near-black pixels out of the logarithm
_EYES = ((slice(42, 64), slice(30, 82)),)
_LIPS = ((slice(87, 98), slice(44, 69)),)
_JAW = ((slice(82, 104), slice(28, 40)), (slice(82, 104), slice(73, 85)))
_Regions = tuple[tuple[slice, slice], ...]


def cover(crop: Pixels) -> float:
    """How unlike the mouth's colour is to the skin about the eyes (aligned 112 px BGR crop)."""
    smooth = cv2.GaussianBlur(crop, (0, 0), 1.5).astype(np.float32) + _FLOOR
    ratios = np.log(smooth[..., [0, 2]] / smooth[..., 1:2])

    def colour(regions: _Regions) -> np.ndarray:
        points = [ratios[region].reshape(-1, 2) for region in regions]
        return np.asarray(np.median(np.concatenate(points), axis=0))

    eyes = colour(_EYES)
    return float(min(np.linalg.norm(colour(part) - eyes) for part in (_LIPS, _JAW)))
