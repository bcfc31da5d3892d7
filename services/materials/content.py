"""What an upload really is: its first bytes, its structure to the end, and whether its name agrees.

Nothing here trusts what the sender says. A picture's size is read from its header before anything
is decoded; a PDF is looked at by ``documents``. A file that is of another kind as well, for
whoever looks at it from its other end, is refused: it was made to be mistaken.
"""

import asyncio
import io
import re
import struct
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from weakref import WeakKeyDictionary

import filetype
from PIL import Image

from services.materials import documents
from services.materials.errors import (
    MaterialBroken,
    MaterialEmpty,
    MaterialNameInvalid,
    MaterialNameLies,
    MaterialTooManyPixels,
    MaterialTypeLies,
)

JPEG, PNG, PDF = "image/jpeg", "image/png", "application/pdf"
MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 50_000_000  # what telephones take; decoded they fill 150 MB for a moment
LONGEST_NAME = 100
_AT_ONCE = 1  # decoded at a time in one worker: what keeps memory within bounds
_ENDINGS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        JPEG: frozenset({"jpg", "jpeg", "jpe", "jfif"}),
        PNG: frozenset({"png"}),
        PDF: frozenset({"pdf"}),
    }
)
TYPES = tuple(_ENDINGS)
_FORMATS = {JPEG: ("JPEG",), PNG: ("PNG",)}
_SCAN, _MOST_SCANS = b"\xff\xda", 100  # each costs a pass over the whole picture; cameras write 10
_SMALL = (256, 256)  # a JPEG is read to its end all the same, with an eighth of the memory
_LOOKS_BACK = 65_557  # bytes from the end in which a ZIP's last record begins
_ZIP_END, _ZIP_RECORD = b"PK\x05\x06", 22
_PAGE = re.compile(rb"<(!doctype html|html|script|svg)[\s>]", re.IGNORECASE)
_FRONT = 1024  # bytes in which readers look for a PDF's head, and browsers for a page's
_ENDING = re.compile(r"\.([A-Za-z0-9]{1,8})$")


@dataclass(frozen=True)
class Upload:
    """A file as it was sent: what it says it is, how it is called, and its bytes."""

    media_type: str
    name: str = field(repr=False)
    content: bytes = field(repr=False)


_gates: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


async def judge(upload: Upload) -> str:
    """The name to keep it under, when the file is what it says it is; else one of ``errors``.

    Raises MaterialEmpty, MaterialNameInvalid, MaterialTypeLies, MaterialNameLies, MaterialBroken,
    MaterialLocked, MaterialActs or MaterialTooManyPixels.
    """
    name = _name(upload.name)
    _check_type(upload)
    _check_ending(name, upload.media_type)
    gate = _gates.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(_AT_ONCE))
    check = _check_document if upload.media_type == PDF else _check_picture
    async with gate:
        await asyncio.to_thread(check, upload)
    return name


def _name(given: str) -> str:
    """The last part of a path, as people write it; it is shown again and leads nowhere here."""
    last = unicodedata.normalize("NFC", given).replace("\\", "/").rpartition("/")[2].strip()
    if not last or len(last) > LONGEST_NAME or not last.isprintable():
        raise MaterialNameInvalid()
    return last


def _check_type(upload: Upload) -> None:
    if not upload.content:
        raise MaterialEmpty()
    kind = filetype.guess(upload.content[:8192])
    found = kind.mime if kind else "unknown"
    found = _second_face(upload) or found
    if found != upload.media_type:
        raise MaterialTypeLies(found=found)


def _second_face(upload: Upload) -> str:
    """What else it is: an archive behind it, a document or a page in front. Empty for nothing."""
    content = upload.content
    if upload.media_type != PDF and b"%PDF-" in content[:_FRONT]:
        return PDF
    if _PAGE.search(content[:_FRONT]):
        return "text/html"
    return "application/zip" if _ends_as_archive(content) else ""


def _ends_as_archive(content: bytes) -> bool:
    """Whether a ZIP's last record, with its comment, ends exactly where the file does."""
    end = content[-_LOOKS_BACK:]
    at = end.find(_ZIP_END)
    while at >= 0:
        record = end[at : at + _ZIP_RECORD]
        if len(record) == _ZIP_RECORD:
            (comment,) = struct.unpack("<H", record[-2:])
            if at + _ZIP_RECORD + comment == len(end):
                return True
        at = end.find(_ZIP_END, at + 1)
    return False


def _check_ending(name: str, media_type: str) -> None:
    ending = _ENDING.search(name)
    if ending and ending[1].lower() not in _ENDINGS[media_type]:
        raise MaterialNameLies()


def _check_picture(upload: Upload) -> None:
    if upload.media_type == JPEG and upload.content.count(_SCAN) > _MOST_SCANS:
        raise MaterialBroken("scans without end")
    try:
        _read_whole(upload)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as bomb:
        raise _too_many() from bomb
    except MaterialTooManyPixels:
        raise
    except Exception as fault:  # whatever a decoder trips over is the file's fault
        raise MaterialBroken(type(fault).__name__) from None


def _read_whole(upload: Upload) -> None:
    with Image.open(io.BytesIO(upload.content), formats=_FORMATS[upload.media_type]) as picture:
        width, height = picture.size  # of the header: nothing is decoded yet
        if width * height > MOST_PIXELS:
            raise _too_many()
        picture.draft("RGB", _SMALL)
        picture.load()


def _too_many() -> MaterialTooManyPixels:
    return MaterialTooManyPixels(most=MOST_PIXELS // 10**6)


def _check_document(upload: Upload) -> None:
    documents.check(upload.content)
