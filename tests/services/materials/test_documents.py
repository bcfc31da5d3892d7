"""Files made to be mistaken, and documents that act: refused before anything is kept."""

import io
import random
import zipfile
import zlib

import pytest

from config.errors import Problem
from services.materials import documents, errors
from services.materials.content import judge
from tests.support.files import JPEG, PDF, PNG, document, picture, upload

SCRIPT = b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>"


def archive(comment: bytes = b"") -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as packed:
        packed.writestr("x.class", "hidden")
        packed.comment = comment
    return made.getvalue()


def with_object(body: bytes) -> bytes:
    return document(b"1 0 obj\n" + body + b"\nendobj\n")


def in_object_stream(body: bytes, named: bytes = b"/ObjStm") -> bytes:
    packed = zlib.compress(b"2 0 " + body)
    head = b"<< /Type " + named + b" /N 1 /First 4 /Filter /FlateDecode /Length "
    return with_object(head + b"%d >>\nstream\n" % len(packed) + packed + b"\nendstream")


@pytest.mark.parametrize(
    "content, said, found",
    [
        (picture() + archive(), JPEG, "application/zip"),
        (picture("PNG") + archive(b"a comment"), PNG, "application/zip"),
        (document() + archive(document()[-40:]), PDF, "application/zip"),
        (picture("JPEG", comment=document()), JPEG, "application/pdf"),
        (picture("JPEG", comment=b"<script>alert(1)</script>"), JPEG, "text/html"),
        (document(b"<html><script>1</script>\n1 0 obj\n<<>>\nendobj\n"), PDF, "text/html"),
    ],
    ids=["jpeg+zip", "png+zip", "pdf+zip", "jpeg+pdf", "jpeg+page", "pdf+page"],
)
async def test_a_file_that_is_two_things_is_refused(content: bytes, said: str, found: str):
    with pytest.raises(errors.MaterialTypeLies) as refused:
        await judge(upload(content, said, "x"))
    assert refused.value.facts == {"found": found}


@pytest.mark.parametrize(
    "content",
    [
        with_object(SCRIPT),
        with_object(SCRIPT.replace(b"JavaScript", b"J#61vaScr#69pt")),
        with_object(b"<< /S /Launch /F (cmd.exe) >>"),
        with_object(b"<< /Subtype /RichMedia >>"),
        with_object(b"<< /S /Rendition /JS (x) >>"),
        in_object_stream(SCRIPT),
        in_object_stream(SCRIPT, b"/Obj#53tm"),
    ],
    ids=["script", "escaped", "program", "flash", "sound", "packed", "packed and escaped"],
)
async def test_a_pdf_that_acts_when_it_is_opened_is_refused(content: bytes):
    with pytest.raises(errors.MaterialActs):
        await judge(upload(content))


@pytest.mark.parametrize(
    "content",
    [
        with_object(b"<< /Type /Catalog /OpenAction [3 0 R /Fit] >>"),
        with_object(b"<< /Type /EmbeddedFile >>"),
        with_object(b"<< /LaunchPad 1 /JavaScripture 2 >>"),
        in_object_stream(b"<< /Type /Page >>"),
        with_object(b"<< /Type /ObjStm >>\nstream\nnot deflated\nendstream"),
    ],
    ids=["first page", "invoice", "other names", "packed", "packed otherwise"],
)
async def test_what_ordinary_programs_write_is_taken(content: bytes):
    assert await judge(upload(content))


async def test_a_locked_pdf_with_an_escaped_name_is_found_out():
    with pytest.raises(errors.MaterialLocked):
        await judge(upload(document(trailer=b"/Encr#79pt 5 0 R ")))


def test_an_object_stream_that_swells_is_read_no_further(monkeypatch: pytest.MonkeyPatch):
    """Ten megabytes of zeros deflate to ten kilobytes: many such would fill the memory."""
    monkeypatch.setattr(documents, "_MOST_INFLATED", 3 * documents._AT_ONCE)
    packed = zlib.compress(b"\0" * (documents._AT_ONCE + 1))
    one = b"1 0 obj\n<< /Type /ObjStm /Filter /FlateDecode >>\nstream\n" + packed + b"\nendstream\n"
    documents.check(document(one * 3))
    with pytest.raises(errors.MaterialBroken):
        documents.check(document(one * 4))


def test_streams_without_end_are_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(documents, "_MOST_STREAMS", 10)
    with pytest.raises(errors.MaterialBroken):
        documents.check(document(b"1 0 obj\n<< >>\nstream\nendstream\nendobj\n" * 11))


@pytest.mark.parametrize(
    "said, whole", [(JPEG, picture()), (PNG, picture("PNG")), (PDF, document())]
)
async def test_however_a_file_is_damaged_it_is_taken_or_refused(said: str, whole: bytes):
    """Two hundred files with some bytes changed, always the same ones: no fault of our own."""
    chance = random.Random(said)
    for _ in range(200):
        content = bytearray(whole)
        for _ in range(chance.randint(1, 6)):
            content[chance.randrange(len(content))] = chance.randrange(256)
        try:
            await judge(upload(bytes(content), said, "x"))
        except Problem as refused:
            assert refused.status == 422
