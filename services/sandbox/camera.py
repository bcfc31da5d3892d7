"""A camera before a still: what a browser would film of a person who follows the prompts.

For demonstrations, tests and the robot that signs test residents in. Pictures are BGR arrays.
"""

import secrets
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from services.sandbox.landmarks import find
from services.sandbox.poses import strike

Pixels = NDArray[Any]
_LONGER = 640  # px; faces are looked for in a picture of this size
_ROOM = 512  # px of grain beyond a picture's own
_SWAY = (4.0, 1.0, 0.012)  # px, degrees and share of the size: how far a living head strays


def film(image: bytes, poses: Sequence[str], take: int | None = None) -> list[bytes]:
    """One JPEG for each pose, in order, none like another nor like any other film's.

    The same ``take`` gives the same film. Raises ValueError without a face.
    """
    first = secrets.randbits(31) if take is None else take
    return [jpeg(shot(pose_of(image, pose), first + place)) for place, pose in enumerate(poses)]


@lru_cache(maxsize=64)
def pose_of(image: bytes, pose: str) -> Pixels:
    """The person of ``image`` before the camera in a pose of poses.py; kept, so don't write to
    it. Raises ValueError without a face."""
    return strike(frame(pixels(image)), pose)


def shot(still: Pixels, seed: int) -> Pixels:
    """One frame of a still: a head that sways a little, and the grain of a sensor."""
    return noisy(sway(still, seed), seed)


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


def sway(picture: Pixels, seed: int) -> Pixels:
    """The picture shifted, tilted and scaled by a little, as no hand holds a phone still."""
    aside, down, tilt, size = np.random.default_rng([seed, 1]).uniform(-1, 1, 4)
    height, width = picture.shape[:2]
    move: Pixels = cv2.getRotationMatrix2D(
        (width / 2, height / 2), tilt * _SWAY[1], 1 + size * _SWAY[2]
    )
    move[:, 2] += np.array([aside, down]) * _SWAY[0]
    swayed = cv2.warpAffine(picture, move, (width, height), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(swayed)


def noisy(picture: Pixels, seed: int) -> Pixels:
    """The grain of a sensor, so that no two frames are the same."""
    height, width = picture.shape[:2]
    right, down = np.random.default_rng(seed).integers(0, _ROOM, 2)
    grain = _grain(max(height, width))[down : down + height, right : right + width]
    return np.asarray(cv2.add(picture, grain, dtype=cv2.CV_8U))


@lru_cache(maxsize=4)
def _grain(side: int) -> Pixels:
    """More grain than a picture needs: every frame takes another part of it."""
    drawn = np.random.default_rng(side).normal(0, 2, (side + _ROOM,) * 2)
    return cv2.merge([np.rint(drawn).astype(np.int16)] * 3)


def pixels(image: bytes) -> Pixels:
    return np.asarray(cv2.imdecode(np.frombuffer(image, np.uint8), cv2.IMREAD_COLOR))


def jpeg(picture: Pixels, quality: int = 90) -> bytes:
    done, written = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        raise ValueError("this picture cannot be written as JPEG")
    return bytes(written)
