"""Pictures for tests: real portraits, and what a camera, a mask or an attacker makes of them.

Sides are the person's own: "left" turns the nose to the right of the picture, which is not
mirrored. Pictures go in and out as encoded bytes.
"""

import io
import secrets
import zlib
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from identity.faces.client import Frame
from identity.faces.engine import Detector, Face
from identity.faces.pictures import Picture
from identity.faces.prompts import steps
from services.sandbox.camera import film, frame, jpeg, pixels, shot
from services.sandbox.portraits import portrait as _fetched
from services.sandbox.poses import strike, turn

OBAMA, OBAMA_AGAIN, OBAMA_THIRD, BIDEN = "obama.jpg", "obama2.jpg", "obama3.jpg", "biden.jpg"
ASTRONAUT = "astronaut.png"
MARKS = {  # BGR: green, red, blue, yellow, magenta, cyan
    "front": (0, 200, 0),
    "left": (0, 0, 220),
    "right": (220, 0, 0),
    "down": (0, 220, 220),
    "shut": (220, 0, 220),
    "open": (220, 220, 0),
}
MARK_SIDE = 40
FRAMES_A_SECOND = 30  # what Chromium plays an .mjpeg file at


@cache
def portrait(name: str) -> bytes:
    """OBAMA, OBAMA_AGAIN and OBAMA_THIRD are one person, BIDEN and ASTRONAUT two others.

    OBAMA_AGAIN looks aside: a good reference, but as a front frame it is "face-turned".
    """
    if name == ASTRONAUT:
        spec = find_spec("skimage")
        assert spec and spec.origin
        return (Path(spec.origin).parent / "data" / ASTRONAUT).read_bytes()
    return _fetched(name)


@cache
def scene(person: str, width: int = 480, height: int = 640, share: float = 0.42) -> bytes:
    """The person as a camera frames them: the face ``share`` of the height, in the middle."""
    return jpeg(frame(pixels(portrait(person)), width, height, share), 95)


def turned(image: bytes, degrees: float) -> bytes:
    """The head turned by ``degrees`` to the person's left (negative: right)."""
    return jpeg(turn(pixels(image), degrees))


def challenge_frames(person: str, prompts: Sequence[str], take: int | None = 0) -> list[Frame]:
    """What an honest browser sends for ``prompts``: a frame for every pose, none like another.

    The same ``take`` gives the same frames, and None frames that were never sent before.
    """
    first = secrets.randbits(31) if take is None else take
    shown = enumerate(steps(prompts), first)
    return [Frame(prompt, posed(person, pose, seed)) for seed, (prompt, pose) in shown]


@lru_cache(maxsize=256)
def posed(person: str, pose: str, seed: int = 0) -> bytes:
    """One frame of the person in a pose of services/sandbox/poses.py, with sway and noise."""
    return film(portrait(person), [pose], seed)[0]


def masked(image: bytes, colour: tuple[int, int, int] = (200, 160, 110)) -> bytes:
    """A surgical mask (BGR ``colour``) over nose and mouth, with folds and a soft edge."""
    picture = pixels(image)
    nose, right, left = (_face(picture).points[place] for place in (2, 3, 4))
    eyes = _face(picture).points[:2].mean(axis=0)
    down = (right + left) / 2 - eyes
    aside = np.array([down[1], -down[0]]) * 0.95
    bridge, chin = eyes + down * 0.42, eyes + down * 1.75
    outline = [bridge, bridge * 0.7 + nose * 0.3 - aside, chin - aside * 0.8, chin + down * 0.1]
    outline += [chin + aside * 0.8, bridge * 0.7 + nose * 0.3 + aside]
    shape = np.zeros(picture.shape[:2], np.float32)
    cv2.fillConvexPoly(shape, cv2.convexHull(np.array(outline, np.int32)), 1.0)
    shape = cv2.GaussianBlur(shape, (0, 0), 1.2)[:, :, None]
    folds = 1 + 0.06 * np.sin(np.arange(picture.shape[0]) / max(2.0, float(down[1]) / 12))
    cloth = np.ones_like(picture, np.float32) * np.array(colour) * folds[:, None, None]
    return jpeg(np.clip(picture * (1 - shape) + cloth * shape, 0, 255).astype(np.uint8))


def sunglasses(image: bytes) -> bytes:
    picture = pixels(image)
    eyes = _face(picture).points[:2]
    apart = float(np.linalg.norm(eyes[1] - eyes[0]))
    for x, y in eyes.tolist():
        size = (round(apart * 0.45), round(apart * 0.32))
        cv2.ellipse(picture, (round(x), round(y)), size, 0, 0, 360, (25, 22, 20), -1)
    return jpeg(picture)


def tinted(image: bytes, blue: float, green: float, red: float) -> bytes:
    """Under a coloured lamp."""
    lit = pixels(image) * np.array([blue, green, red])
    return jpeg(np.clip(lit, 0, 255).astype(np.uint8))


def dark(image: bytes) -> bytes:
    return jpeg((pixels(image) * 0.15).astype(np.uint8))


def bright(image: bytes) -> bytes:
    return jpeg(np.clip(pixels(image).astype(np.float32) * 1.6 + 90, 0, 255).astype(np.uint8))


def blurred(image: bytes, sigma: float = 7.0) -> bytes:
    return jpeg(cv2.GaussianBlur(pixels(image), (0, 0), sigma))


def far(image: bytes) -> bytes:
    """The same scene, a quarter of the size."""
    picture = pixels(image)
    small = cv2.resize(picture, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    canvas = np.full_like(picture, 128)
    canvas[: small.shape[0], : small.shape[1]] = small
    return jpeg(canvas)


def two_faces(one: str, other: str, *, second: float = 1.0) -> bytes:
    """Two people side by side; ``second`` is the size of the other one's picture."""
    left, right = pixels(scene(one, 320, 480)), pixels(scene(other, 320, 480))
    small = cv2.resize(right, None, fx=second, fy=second, interpolation=cv2.INTER_AREA)
    canvas = np.full_like(right, 128)
    canvas[: small.shape[0], : small.shape[1]] = small
    return jpeg(np.hstack([left, canvas]))


def beside(image: bytes, other: str, share: float = 0.3) -> bytes:
    """The same scene with a smaller person in its upper left corner."""
    picture = pixels(image)
    small = cv2.resize(pixels(scene(other)), None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
    picture[: small.shape[0], : small.shape[1]] = small
    return jpeg(picture)


def no_face() -> bytes:
    """A soft landscape of noise."""
    noise = np.random.default_rng(7).integers(0, 255, (20, 15, 3), np.uint8)
    return jpeg(cv2.resize(noise, (480, 640), interpolation=cv2.INTER_CUBIC))


def rotated_exif(image: bytes) -> bytes:
    """Lies on its side in the file; EXIF orientation 6 says how to hold it."""
    picture = Image.open(io.BytesIO(image)).convert("RGB").rotate(90, expand=True)
    exif = Image.Exif()
    exif[0x0112] = 6
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=92, exif=exif)
    return out.getvalue()


def pixel_bomb(side: int = 30_000) -> bytes:
    """A PNG of a few hundred bytes that claims, and would decode to, ``side``² pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        sealed = kind + data
        return len(data).to_bytes(4, "big") + sealed + zlib.crc32(sealed).to_bytes(4, "big")

    size = side.to_bytes(4, "big")
    head = chunk(b"IHDR", size + size + bytes([1, 0, 0, 0, 0]))
    body = chunk(b"IDAT", zlib.compress(bytes(1024)))
    return b"\x89PNG\r\n\x1a\n" + head + body + chunk(b"IEND", b"")


def camera_video(person: str, path: Path, poses: Sequence[tuple[str, float]]) -> Path:
    """An .mjpeg for a browser's fake camera, 640×480: (pose, seconds) one after the other.

    A square of MARK_SIDE pixels in the upper left corner of the picture tells the pose by its
    colour (MARKS). Every frame sways and has noise of its own, and no two videos share one: the
    house refuses a frame that it has seen.
    """
    first = secrets.randbits(31)
    still = pixels(scene(person, 640, 480, 0.5))
    looks = {pose: strike(still, pose) for pose in dict(poses)}
    with path.open("wb") as video:  # an .mjpeg is nothing but one JPEG after the other
        for place, pose in enumerate(_timeline(poses)):
            frame = shot(looks[pose], first + place)
            frame[:MARK_SIDE, :MARK_SIDE] = MARKS[pose]
            video.write(jpeg(frame, 92))
    return path


def _timeline(poses: Sequence[tuple[str, float]]) -> list[str]:
    return [pose for pose, seconds in poses for _ in range(round(seconds * FRAMES_A_SECOND))]


@cache
def _detector() -> Detector:
    return Detector()


def _face(picture: np.ndarray) -> Face:
    return _detector().find(Picture(picture))[0]
