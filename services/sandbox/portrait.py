"""Any picture a person offers, made into one kind of portrait: upright JPEG, at most 640 px.

The original never outlives the call: its bytes, its EXIF (place, camera) and its size are gone.
"""

import asyncio
import base64
import binascii
import io
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

from services.sandbox.errors import (
    SandboxBusy,
    SandboxPictureTooLarge,
    SandboxPictureTooSmall,
    SandboxPictureUnreadable,
)

MAX_BYTES = 8 * 1024 * 1024
MAX_PIXELS = 40_000_000
MIN_SIDE = 120
SIDE = 640
QUALITY = 90
FORMATS = ("JPEG", "PNG", "WEBP")
_AT_ONCE = 2
_WAITING = 16


class Darkroom:
    """Decodes a few pictures at a time on threads; more callers than it can hold are told so."""

    def __init__(self) -> None:
        self._places = asyncio.Semaphore(_AT_ONCE)
        self._inside = 0

    async def develop(self, encoded: str) -> bytes:
        """Base64 of a picture → JPEG bytes. Raises the picture leaves of errors.py, SandboxBusy."""
        if self._inside >= _WAITING:
            raise SandboxBusy(retry_after=2)
        self._inside += 1
        try:
            async with self._places:
                return await asyncio.to_thread(_develop, encoded)
        finally:
            self._inside -= 1


def _develop(encoded: str) -> bytes:
    return normalise(decode(encoded))


def decode(encoded: str) -> bytes:
    """Base64, with or without a ``data:`` head. Raises SandboxPictureUnreadable or …TooLarge."""
    body = encoded.partition(",")[2] if encoded.startswith("data:") else encoded
    if len(body) > MAX_BYTES * 4 // 3 + 4:
        raise _too_large()
    try:
        return base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError) as fault:
        raise SandboxPictureUnreadable("not base64") from fault


def normalise(picture: bytes) -> bytes:
    """JPEG, upright (EXIF orientation applied), at most 640 px on its longer side, no metadata."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our limit is lower
            return _print(picture)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as fault:
        raise SandboxPictureUnreadable(type(fault).__name__) from fault
    except Image.DecompressionBombError as fault:
        raise _too_large() from fault


def _print(picture: bytes) -> bytes:
    with Image.open(io.BytesIO(picture), formats=FORMATS) as image:
        if image.width * image.height > MAX_PIXELS:
            raise _too_large()
        if min(image.size) < MIN_SIDE:
            raise SandboxPictureTooSmall(least=MIN_SIDE)
        image.draft("RGB", (SIDE, SIDE))  # lets libjpeg skip pixels we would throw away
        upright = ImageOps.exif_transpose(image).convert("RGB")
    upright.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    upright.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()


def _too_large() -> SandboxPictureTooLarge:
    return SandboxPictureTooLarge(limit_mb=MAX_BYTES // 1024**2, limit_mp=MAX_PIXELS // 10**6)
