"""From bytes that strangers sent to pixels we judge, within limits read before decoding."""

import io
import warnings
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from identity.faces.errors import ImageTooLarge, ImageUnreadable
from identity.faces.limits import FRAME_BYTES

Pixels = NDArray[np.uint8]

PIXELS = 12_000_000
LONGEST = 640  # detection costs 14 ms at 480×640 and 100 ms at 1080×1440, and finds no more
_FORMATS = ("JPEG", "PNG")


@dataclass(frozen=True)
class Picture:
    """Upright BGR pixels, at most LONGEST on the longer side."""

    pixels: Pixels = field(repr=False)


def read(image: bytes, *, limit: int = FRAME_BYTES, exact: bool = False) -> Picture:
    """Decode a JPEG or PNG of at most ``limit`` bytes and PIXELS pixels, turned as EXIF says.

    ``exact`` brings small pictures up to LONGEST too, so that every one costs the same.
    Raises ImageTooLarge or ImageUnreadable.
    """
    if len(image) > limit:
        raise ImageTooLarge(f"{len(image)} bytes")
    try:
        with warnings.catch_warnings(action="error", category=Image.DecompressionBombWarning):
            return Picture(_fit(_decode(image), exact=exact))
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as bomb:
        raise ImageTooLarge("pixels, by the header") from bomb
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as fault:
        raise ImageUnreadable(type(fault).__name__) from fault


def _decode(image: bytes) -> Pixels:
    with Image.open(io.BytesIO(image), formats=_FORMATS) as opened:
        width, height = opened.size  # of the header: nothing is decoded yet
        if width * height > PIXELS:
            raise ImageTooLarge(f"{width}x{height} pixels")
        opened.draft("RGB", (LONGEST, LONGEST))  # a JPEG decodes straight to 1/2, 1/4, 1/8
        upright = ImageOps.exif_transpose(opened)
        return np.ascontiguousarray(np.asarray(_opaque(upright), np.uint8)[:, :, ::-1])


def _opaque(picture: Image.Image) -> Image.Image:
    return picture if picture.mode == "RGB" else picture.convert("RGB")


def _fit(pixels: Pixels, *, exact: bool) -> Pixels:
    scale = LONGEST / max(pixels.shape[:2])
    if scale >= 1 and not exact:
        return pixels
    size = [max(1, round(side * scale)) for side in (pixels.shape[1], pixels.shape[0])]
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(pixels, size, interpolation=way), np.uint8)
