"""An upload is what it is, not what it says: first bytes, structure, name, size in pixels."""

import struct
import zlib

import pytest

from services.materials import content, errors
from services.materials.content import judge
from tests.support.files import JPEG, PDF, PNG, document, picture, upload


def png_header(width: int, height: int) -> bytes:
    """A PNG that says how large it is and has next to nothing in it."""

    def chunk(name: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(name + data))
        return struct.pack(">I", len(data)) + name + data + check

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 64)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


@pytest.mark.parametrize(
    "content, said",
    [
        (picture(), PNG),
        (picture("PNG"), JPEG),
        (document(), JPEG),
        (picture(), PDF),
        (picture("GIF"), JPEG),
        (b"<html><script>alert(1)</script></html>", PDF),
        (b"PK\x03\x04" + b"\0" * 60, PDF),
        (b"MZ" + b"\0" * 60, JPEG),
        (b"just words", PNG),
    ],
)
async def test_content_that_is_not_what_it_says_is_refused(content: bytes, said: str):
    with pytest.raises(errors.MaterialTypeLies):
        await judge(upload(content, said, "x"))


async def test_an_empty_file_is_refused():
    with pytest.raises(errors.MaterialEmpty):
        await judge(upload(b""))


@pytest.mark.parametrize("name", ["me.pdf", "me.exe", "me.png.pdf", "me.HTML"])
async def test_a_name_of_another_kind_of_file_is_refused(name: str):
    with pytest.raises(errors.MaterialNameLies):
        await judge(upload(picture(), JPEG, name))


@pytest.mark.parametrize("name", ["", "  ", "a/", "x" * 101, "a\x00b.jpg", "a\u202egpj.exe"])
async def test_a_name_nobody_can_read_is_refused(name: str):
    """U+202E turns the letters round, so that ``exe`` reads like ``jpg``."""
    with pytest.raises(errors.MaterialNameInvalid):
        await judge(upload(picture(), JPEG, name))


@pytest.mark.parametrize("said, whole", [(JPEG, picture()), (PNG, picture("PNG"))])
async def test_a_picture_that_ends_in_the_middle_is_refused(said: str, whole: bytes):
    with pytest.raises(errors.MaterialBroken):
        await judge(upload(whole[: len(whole) * 2 // 3], said, "x"))


@pytest.mark.parametrize("sides", [(7100, 7100), (30_000, 30_000), (65_000, 65_000)])
async def test_a_picture_of_too_many_pixels_is_refused_by_its_header(sides: tuple[int, int]):
    with pytest.raises(errors.MaterialTooManyPixels) as refused:
        await judge(upload(png_header(*sides), PNG, "bomb.png"))
    assert refused.value.facts == {"most": 50}


async def test_a_jpeg_of_scans_without_end_is_refused_before_it_is_read():
    """Each scan of a progressive JPEG costs a pass over the whole picture."""
    whole = picture("JPEG", progressive=True)
    scan = whole[whole.index(b"\xff\xda") :][:-2]
    with pytest.raises(errors.MaterialBroken):
        await judge(upload(whole[:-2] + scan * 200 + b"\xff\xd9", JPEG, "x.jpg"))


@pytest.mark.parametrize(
    "broken",
    [
        b"%PDF-1.7\n" + b"x" * 200,
        document()[:-6],
        document().replace(b"startxref\n", b"startxref\n9"),
        document().replace(b"%PDF-1.7", b"%PDF-9.9"),
        document() + b"x" * 3000,
    ],
    ids=["no tail", "no end", "table elsewhere", "no such version", "something behind"],
)
async def test_a_pdf_without_its_structure_is_refused(broken: bytes):
    with pytest.raises(errors.MaterialBroken):
        await judge(upload(broken))


async def test_a_pdf_with_a_password_is_refused():
    with pytest.raises(errors.MaterialLocked):
        await judge(upload(document(trailer=b"/Encrypt 5 0 R ")))


@pytest.mark.parametrize(
    "whole, said, name",
    [
        (picture(), JPEG, "a photo.JPG"),
        (picture("JPEG", progressive=True), JPEG, "IMG_0001.jpeg"),
        (picture("PNG"), PNG, "扫描件.png"),
        (document(), PDF, "合同.pdf"),
        (document(), PDF, "without an ending"),
    ],
)
async def test_what_is_whole_and_says_the_truth_is_taken(whole: bytes, said: str, name: str):
    assert await judge(upload(whole, said, name)) == name


async def test_of_a_path_the_last_part_is_kept():
    assert await judge(upload(name="D:\\papers\\me\\..\\rent.pdf")) == "rent.pdf"


def test_the_limits_are_those_the_texts_tell():
    assert (content.MOST_BYTES, content.MOST_PIXELS) == (10 * 1024 * 1024, 50_000_000)
