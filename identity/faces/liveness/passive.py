"""Signs of a screen before the camera. Advisory: counted and logged as codes, without anybody's
name, and never a reason to refuse.

Measured on 64 frames of four portraits in eight lights and cameras: the strongest fine frequency
stood out by 8.1 at most; with a beat of 6 grey levels over them by 16.7 at least, of 3 by 9.8. A
careful attack shows no beat, and striped cloth does. Comparing the grain of two frames was tried
and dropped: JPEG takes the grain away (frozen 0.19 to 0.54, honest up to 0.54).
"""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from identity.faces.engine import Face
from identity.faces.pictures import Picture

SCREEN_GRID = "screen-grid"
PEAK = 11.0  # of one frequency over the others at the same distance from the middle
_SIDE = 128  # px about the middle of the face
_COARSE, _FINE = 18, 62  # cycles a square: finer than a face's features, coarser than its pixels


def signs(frames: Sequence[tuple[Picture, Face]]) -> list[str]:
    """Codes of what was seen in any frame."""
    return [SCREEN_GRID] if any(grid(*one) >= PEAK for one in frames) else []


def grid(picture: Picture, face: Face) -> float:
    """How far the strongest fine frequency on the face stands out: a screen's pixels beat with
    the camera's, skin has no such rhythm."""
    x, y, width, height = face.box
    grey = cv2.cvtColor(picture.pixels, cv2.COLOR_BGR2GRAY)
    cut = cv2.getRectSubPix(grey, (_SIDE, _SIDE), (x + width / 2, y + height / 2))
    power = np.abs(np.fft.fftshift(np.fft.fft2((cut - float(cut.mean())) * _WINDOW)))[_RING]
    near = _DISTANCE[_RING]
    usual = np.bincount(near, power) / np.maximum(np.bincount(near), 1)
    return float(np.max(power / np.maximum(usual[near], 1e-6)))


def _distances() -> NDArray[np.intp]:
    rows, columns = np.indices((_SIDE, _SIDE)) - _SIDE // 2
    return np.asarray(np.hypot(rows, columns).astype(np.intp))


_WINDOW = np.outer(np.hanning(_SIDE), np.hanning(_SIDE))
_DISTANCE = _distances()
_RING = (_DISTANCE > _COARSE) & (_DISTANCE < _FINE)
