"""The mesh: 468 points of one face, and 71 about each eye.

MediaPipe's face mesh and eye contours (Apache-2.0), run by OpenCV; about 3 ms each. The mesh
hardly sees a lid go down (it was measured: docs/faces.md), so that the eyes have a model of
their own, run only where the eyes are asked for. Mesh and picture are symmetric: the mean of a
crop and its mirror image is steadier than either.
"""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from identity.faces.engine import Face
from identity.faces.liveness.look import Look
from identity.faces.liveness.turn import nose
from identity.faces.pictures import Picture, Pixels
from identity.faces.weights import EYES, MESH, checked

Points = NDArray[np.float64]
_SIDE, _AROUND = 192, 1.5  # px of the net's picture; of the face's box
_EYE_SIDE, _EYE_AROUND = 64, 2.3  # the same of an eye, by its width
_CORNERS = ((33, 133), (362, 263))  # of the right and the left eye, from left to right
_LIPS = ((13, 14), (0, 17))  # inner and outer edges, in the middle: above, below
_MOUTH = ((78, 308), (61, 291))  # the corners of both
_BROW, _CHIN = 10, 152  # top of the forehead and bottom of the chin
_RIM, _UPPER, _LOWER = (0, 8), (11, 12, 13), (3, 4, 5)  # of an eye's contour: corners, lids


class Mesh:
    def __init__(self) -> None:
        self._net, self._eye = (cv2.dnn.readNetFromTFLite(str(checked(it))) for it in (MESH, EYES))

    def look(self, picture: Picture, face: Face, *, eyes: bool) -> Look:
        """The measures of one face; the eyes' too if asked for."""
        move = _upright(face)
        crop = _cut(picture.pixels, move, _SIDE)
        points, mirrored = _run(self._net, crop), _run(self._net, _mirror(crop))
        back = cv2.invertAffineTransform(move)
        corners = [points[list(pair), :2] @ back[:, :2].T + back[:, 2] for pair in _CORNERS]
        return Look(
            nose=nose(face),
            pitch=(_pitch(points) + _pitch(mirrored)) / 2,
            mouth=(_parted(points) + _parted(mirrored)) / 2,
            eyes=tuple(self._opening(picture, *pair) for pair in corners) if eyes else (),
        )

    def _opening(self, picture: Picture, left: Points, right: Points) -> float:
        across = right - left
        tilt = float(np.degrees(np.arctan2(across[1], across[0])))
        scale = _EYE_SIDE / max(_EYE_AROUND * float(np.linalg.norm(across)), 1e-9)
        move = _about((left + right) / 2, tilt, scale, _EYE_SIDE)
        crop = _cut(picture.pixels, move, _EYE_SIDE)
        return (_open(_run(self._eye, crop)) + _open(_run(self._eye, _mirror(crop)))) / 2


def _run(net: Any, crop: Pixels) -> Points:
    """The largest of the net's answers, as points of x, y and depth in the crop's pixels."""
    net.setInput(cv2.dnn.blobFromImage(crop, 1 / 255, swapRB=True))
    found = max(net.forward(net.getUnconnectedOutLayersNames()), key=np.size)
    return np.asarray(found.reshape(-1, 3), np.float64)


def _mirror(crop: Pixels) -> Pixels:
    return np.ascontiguousarray(crop[:, ::-1])


def _open(rim: Points) -> float:
    tall = rim[list(_LOWER), 1].mean() - rim[list(_UPPER), 1].mean()
    wide = np.linalg.norm(rim[_RIM[1], :2] - rim[_RIM[0], :2])
    return max(0.0, float(tall / max(float(wide), 1e-9)))


def _pitch(points: Points) -> float:
    _, down, forward = points[_CHIN] - points[_BROW]
    return float(np.degrees(np.arctan2(forward, down)))


def _parted(points: Points) -> float:
    tall = sum(float(points[below, 1] - points[above, 1]) for above, below in _LIPS)
    wide = sum(float(np.linalg.norm(points[one, :2] - points[other, :2])) for one, other in _MOUTH)
    return tall / max(wide, 1e-9)


def _upright(face: Face) -> Points:
    """From the picture to the net's square, the eyes level."""
    x, y, width, height = face.box
    across = face.points[1] - face.points[0]
    tilt = float(np.degrees(np.arctan2(across[1], across[0])))
    scale = _SIDE / max(_AROUND * max(width, height), 1e-9)
    return _about(np.array([x + width / 2, y + height / 2]), tilt, scale, _SIDE)


def _about(centre: Points, tilt: float, scale: float, side: int) -> Points:
    middle = (float(centre[0]), float(centre[1]))
    move = np.asarray(cv2.getRotationMatrix2D(middle, tilt, scale), np.float64)
    move[:, 2] += side / 2 - centre
    return move


def _cut(pixels: Pixels, move: Points, side: int) -> Pixels:
    cut = cv2.warpAffine(pixels, move, (side, side), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(cut, np.uint8)
