"""The engines: YuNet finds faces, SFace decides, dlib may veto.

Measured (LFW, all 13,233 images; "EA": 226 East-Asian identities of it, 157,079 different pairs):

    SFace cosine ≥ 0.45     all FAR 0.0043 % FRR 3.7 %   EA FAR 0.036 % FRR 1.6 %
    dlib distance ≤ 0.60    all FAR 0.57 %   FRR 2.0 %   EA FAR 39 %    FRR 0.7 %
    both together                                        EA FAR 0.036 % FRR 2.1 %

dlib at its usual threshold takes 39 % of different East-Asian pairs for one person, so it never
decides alone: it is a second, unlike opinion. References as small as an ID chip's (102×126)
raise SFace's FRR at 0.40 from 1.5 % to 3.5 %. Real pairs of ID portrait and camera frame, ageing
and mainland demographics were not available: measure your own with ``make evaluate-faces``.
"""

import ctypes
from dataclasses import dataclass, field
from typing import Any, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import ImageFile

from config.settings import RefusedToStart
from identity.faces.pictures import Picture, Pixels
from identity.faces.weights import SFACE, YUNET, checked

Template = NDArray[np.float32]
Points = NDArray[np.float32]

SFACE_SAME = 0.45
DLIB_VETO = 0.60
_FOUND = 0.7  # YuNet's own score; its faces of LFW all lie above


@dataclass(frozen=True)
class Face:
    """One found face. ``points``: right eye, left eye, nose, mouth right, mouth left (the
    person's own sides, so the right eye lies left in the picture); pixels."""

    row: NDArray[np.float32] = field(repr=False)

    @property
    def box(self) -> tuple[float, float, float, float]:
        """x, y, width, height."""
        x, y, width, height = (float(value) for value in self.row[:4])
        return x, y, width, height

    @property
    def size(self) -> float:
        """The wider side of the box, which changes less than the narrow one when a head turns."""
        return max(self.box[2], self.box[3])

    @property
    def points(self) -> Points:
        return self.row[4:14].reshape(5, 2)


class FaceEngine(Protocol):
    """Makes templates and compares two of its own. Scores stay inside the face process."""

    name: str
    length: int
    """Numbers in a template."""

    def embed(self, picture: Picture, face: Face) -> Template: ...

    def likeness(self, one: Template, other: Template) -> float:
        """Larger is more alike; the scale is the engine's own."""
        ...

    def same(self, one: Template, other: Template) -> bool: ...


class Detector:
    """YuNet. Missed none of 13,233 LFW images; sees through masks, so quality.py looks again."""

    def __init__(self) -> None:
        self._net = cv2.FaceDetectorYN.create(str(checked(YUNET)), "", (320, 320), _FOUND, 0.3, 50)

    def find(self, picture: Picture) -> list[Face]:
        """All faces, the largest first."""
        height, width = picture.pixels.shape[:2]
        self._net.setInputSize((width, height))
        _, rows = self._net.detect(picture.pixels)
        found = [] if rows is None else [Face(np.asarray(row, np.float32)) for row in rows]
        return sorted(found, key=lambda face: -face.size)


class SFace:
    """Decides: cosine of two templates ≥ SFACE_SAME."""

    name = "sface"
    length = 128

    def __init__(self) -> None:
        self._net = cv2.FaceRecognizerSF.create(str(checked(SFACE)), "")

    def align(self, picture: Picture, face: Face) -> Pixels:
        """112×112 pixels with eyes, nose and mouth in their usual places."""
        return np.asarray(self._net.alignCrop(picture.pixels, face.row), np.uint8)

    def embed(self, picture: Picture, face: Face) -> Template:
        feature = np.asarray(self._net.feature(self.align(picture, face)), np.float32).ravel()
        return feature / max(float(np.linalg.norm(feature)), 1e-9)

    def likeness(self, one: Template, other: Template) -> float:
        return float(one @ other)

    def same(self, one: Template, other: Template) -> bool:
        return self.likeness(one, other) >= SFACE_SAME


class Dlib:
    """Vetoes: ``face_recognition`` fed YuNet's box, distance of two templates > DLIB_VETO."""

    name = "dlib"
    length = 128

    def __init__(self) -> None:
        import face_recognition  # noqa: PLC0415  loads 100 MB: only where it is chosen

        ImageFile.LOAD_TRUNCATED_IMAGES = False  # importing face_recognition sets it to True
        _forget_68_points(face_recognition.api)
        self._encode: Any = face_recognition.face_encodings

    def embed(self, picture: Picture, face: Face) -> Template:
        rgb = np.ascontiguousarray(picture.pixels[:, :, ::-1])
        height, width = rgb.shape[:2]
        box = _square(face, width, height)
        # "small": the five-point model, which is public domain; 68 points are not used
        return np.asarray(self._encode(rgb, [box], model="small")[0], np.float32)

    def likeness(self, one: Template, other: Template) -> float:
        return -float(np.linalg.norm(one - other))

    def same(self, one: Template, other: Template) -> bool:
        return -self.likeness(one, other) <= DLIB_VETO


def _forget_68_points(api: Any) -> None:
    """Drop the model that importing loads and we never use: 75 MB, and no commercial use."""
    api.pose_predictor_68_point = None
    if trim := getattr(ctypes.CDLL(None), "malloc_trim", None):  # glibc keeps it otherwise
        trim(0)


def _square(face: Face, width: int, height: int) -> tuple[int, int, int, int]:
    """YuNet's tall box as dlib was trained: a square of its width about the lower face.

    top, right, bottom, left, inside the picture.
    """
    left, top, across, down = face.box
    middle, half = top + down * 0.55, across * 0.55
    centre = left + across / 2
    return (
        int(np.clip(middle - half, 0, height - 1)),
        int(np.clip(centre + half, 1, width)),
        int(np.clip(middle + half, 1, height)),
        int(np.clip(centre - half, 0, width - 1)),
    )


_KNOWN: dict[str, type[SFace] | type[Dlib]] = {"sface": SFace, "dlib": Dlib}


def engines(chosen: str) -> list[FaceEngine]:
    """The engines of FACE_ENGINES, comma separated, the deciding one first.

    Raises RefusedToStart for an unknown name, and unless SFace decides.
    """
    names = [name.strip() for name in chosen.split(",") if name.strip()]
    if names[:1] != ["sface"] or len(set(names)) != len(names) or not set(names) <= set(_KNOWN):
        raise RefusedToStart("FACE_ENGINES is sface or sface,dlib")
    return [_KNOWN[name]() for name in names]
