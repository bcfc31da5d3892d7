"""Could one camera before one head have taken these frames, one after the other?

Frames lie about two seconds apart, so the limits are wide: they stop pictures put together from
several places, not a hand that shakes. ALIKE lies between a frame written as JPEG again, with or
without new grain (up to 0.75), and one moved by half a pixel (from 1.1).
"""

from collections.abc import Sequence
from itertools import combinations, pairwise

import cv2
import numpy as np

from identity.faces.engine import Face
from identity.faces.errors import FaceJumped, FramesIdentical
from identity.faces.pictures import Picture, Pixels

SHIFT = 0.6  # of the face's size, from one frame to the next
GROWTH = 1.6  # of the face's size, either way
ALIKE = 0.9  # mean difference of two frames where the face is, grey levels
_THUMB = 64
Frame = tuple[str, Picture, Face]


def judge(frames: Sequence[Frame]) -> None:
    """Ordered (prompt, picture, face). Raises FaceJumped or FramesIdentical."""
    for before, after in pairwise(frames):
        if jumped(before, after):
            raise FaceJumped(prompt=after[0])
    for (_, one, face), (prompt, other, _) in combinations(frames, 2):
        if difference(one, other, face) < ALIKE:
            raise FramesIdentical("nearly", prompt=prompt)


def jumped(before: Frame, after: Frame) -> bool:
    (_, picture, face), (_, later, moved) = before, after
    if picture.pixels.shape != later.pixels.shape:
        return True
    growth = moved.size / max(face.size, 1.0)
    shift = float(np.linalg.norm(_centre(moved) - _centre(face)))
    return not 1 / GROWTH <= growth <= GROWTH or shift > SHIFT * face.size


def difference(one: Picture, other: Picture, face: Face) -> float:
    """How unlike two frames are where the first one's face is: mean of grey levels.

    Thumbnails: a head that lives moves by more than a pixel or two, a new JPEG moves nothing.
    """
    if one.pixels.shape != other.pixels.shape:
        return 255.0
    return float(np.mean(cv2.absdiff(_thumb(one, face), _thumb(other, face))))


def _thumb(picture: Picture, face: Face) -> Pixels:
    x, y, width, height = face.box
    cut = cv2.getRectSubPix(
        picture.pixels, (round(width), round(height)), (x + width / 2, y + height / 2)
    )
    grey = cv2.cvtColor(cut, cv2.COLOR_BGR2GRAY)
    return np.asarray(cv2.resize(grey, (_THUMB, _THUMB), interpolation=cv2.INTER_AREA), np.uint8)


def _centre(face: Face) -> np.ndarray:
    x, y, width, height = face.box
    return np.array([x + width / 2, y + height / 2])
