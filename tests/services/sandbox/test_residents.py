"""Becoming a sandbox resident and ceasing to be one; what is kept, and how."""

import asyncio
import base64
import io
import json
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from PIL import Image

from services.sandbox.portrait import MAX_BYTES
from tests.support import faces
from tests.support.sandbox import Sandbox, SandboxResident

REGISTER = "population-register"


def drawn(size: tuple[int, int], form: str = "JPEG") -> bytes:
    out = io.BytesIO()
    Image.effect_noise(size, 40).convert("RGB").save(out, form)
    return out.getvalue()


async def hand_in(sandbox: Sandbox, portrait: bytes, **others: Any) -> Any:
    wanted = {"portrait": base64.b64encode(portrait).decode(), **others}
    return await sandbox.send("POST", "/residents", json=wanted)


async def kept(sandbox: Sandbox, resident: SandboxResident) -> Image.Image:
    question = {"name": resident.name, "number": resident.number}
    body = (await sandbox.ask(REGISTER, "portrait", question)).body
    return Image.open(io.BytesIO(base64.b64decode(body["portrait"])))


async def whole_database(sandbox: Sandbox) -> bytes:
    """Every value of every row, as PostgreSQL holds it."""
    connection = await asyncpg.connect(sandbox.database_url)
    try:
        rows = await connection.fetch("SELECT * FROM sandbox_resident")
    finally:
        await connection.close()
    return b"\n".join(v if isinstance(v, bytes) else str(v).encode() for r in rows for v in r)


@pytest.mark.parametrize(
    ("picture", "code"),
    [
        (b"", "sandbox-picture-unreadable"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "sandbox-picture-unreadable"),
        (drawn((300, 300))[:2000], "sandbox-picture-unreadable"),
        (drawn((300, 300), "GIF"), "sandbox-picture-unreadable"),
        (drawn((100, 300)), "sandbox-picture-too-small"),
        (faces.pixel_bomb(), "sandbox-picture-too-large"),
        (faces.pixel_bomb(7_000), "sandbox-picture-too-large"),
        (bytes(MAX_BYTES + 9), "sandbox-picture-too-large"),
        (bytes(2 * MAX_BYTES), "sandbox-picture-too-large"),
    ],
)
async def test_what_is_no_usable_picture_is_refused_with_a_reason(
    sandbox: Sandbox, picture: bytes, code: str
) -> None:
    reply = await hand_in(sandbox, picture)
    assert (reply.status, reply.body["code"]) == (422, code)


@pytest.mark.parametrize(
    ("details", "code"),
    [
        ({"name": "王"}, "sandbox-name-unusable"),
        ({"name": "王<script>"}, "sandbox-name-unusable"),
        ({"name": "很" * 51}, "sandbox-name-unusable"),
        ({"sex": "other"}, "sandbox-sex-unknown"),
        ({"born": "2001-02-29"}, "sandbox-birth-date-unusable"),
        ({"born": "2999-01-01"}, "sandbox-birth-date-unusable"),
        ({"born": "1899-12-31"}, "sandbox-birth-date-unusable"),
        ({"sex": 1}, "sandbox-request-unreadable"),
        ({"number": "11010519491231002X"}, "sandbox-request-unreadable"),
    ],
)
async def test_details_that_cannot_be_are_refused(
    sandbox: Sandbox, details: dict[str, Any], code: str
) -> None:
    reply = await hand_in(sandbox, drawn((300, 300)), **details)
    assert (reply.status, reply.body["code"]) == (422, code)


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"null", b"[" * 9999])
async def test_a_body_that_is_no_request_is_refused(sandbox: Sandbox, raw: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    reply = await sandbox.send("POST", "/residents", data=raw, headers=headers)
    assert (reply.status, reply.body["code"]) == (422, "sandbox-request-unreadable")


async def test_a_form_of_another_site_is_refused(sandbox: Sandbox) -> None:
    """A page elsewhere can send text/plain without asking the browser first (Fetch standard)."""
    raw = json.dumps({"portrait": base64.b64encode(drawn((300, 300))).decode()})
    headers = {"Content-Type": "text/plain"}
    reply = await sandbox.send("POST", "/residents", data=raw, headers=headers)
    assert reply.status == 422
    assert "Access-Control-Allow-Origin" not in reply.headers


async def test_refusals_are_problem_details_in_the_readers_language(sandbox: Sandbox) -> None:
    """RFC 9457 §3."""
    said = {}
    for language in ("zh-CN", "en-GB"):
        headers = {"Accept-Language": language}
        reply = await sandbox.send("POST", "/residents", json={"portrait": ""}, headers=headers)
        assert reply.headers["Content-Type"] == "application/problem+json"
        assert reply.body["type"] == "/problems/sandbox-picture-unreadable"
        assert reply.body["status"] == reply.status
        said[language] = (reply.body["title"], reply.body["detail"])
    assert said["zh-CN"] != said["en-GB"]


async def test_nobody_is_deleted_without_their_token(sandbox: Sandbox) -> None:
    resident = await sandbox.new_resident(drawn((300, 300)))
    for path, token in (
        (resident.id, "guess"),
        (resident.id, ""),
        (str(uuid4()), resident.delete_token),
        ("not-an-id", resident.delete_token),
    ):
        headers = {"X-Delete-Token": token}
        reply = await sandbox.send("DELETE", f"/residents/{path}", headers=headers)
        assert (reply.status, reply.body["code"]) == (404, "sandbox-resident-missing")
    assert (await kept(sandbox, resident)).size == (300, 300)


async def test_a_portrait_is_deleted_with_its_owner(sandbox: Sandbox) -> None:
    resident = await sandbox.new_resident(drawn((300, 300)))
    assert resident.id.encode() in await whole_database(sandbox)
    assert (await sandbox.delete(resident)).status == 204
    assert (await sandbox.delete(resident)).status == 404
    assert resident.id.encode() not in await whole_database(sandbox)
    question = {"name": resident.name, "number": resident.number}
    assert (await sandbox.ask(REGISTER, "portrait", question)).body == {"verdict": "unknown"}


async def test_nothing_readable_is_in_the_database(sandbox: Sandbox) -> None:
    resident = await sandbox.new_resident(drawn((300, 300)), name="欧阳可见")
    dump = await whole_database(sandbox)
    for readable in (
        resident.name.encode(),
        resident.number.encode(),
        resident.number[6:14].encode(),
        resident.delete_token.encode(),
        b"JFIF",
        b"\xff\xd8\xff\xe0\x00\x10",  # three bytes alone turn up in ciphertext by chance
    ):
        assert readable not in dump


async def test_residents_made_at_once_have_numbers_of_their_own(sandbox: Sandbox) -> None:
    """One birth date and sex, so that only region and order number can differ."""
    picture = drawn((130, 130))
    made = await asyncio.gather(
        *(sandbox.new_resident(picture, sex="male", born="1990-01-01") for _ in range(12))
    )
    assert len({resident.number for resident in made}) == 12


async def test_what_was_asked_for_is_given(sandbox: Sandbox) -> None:
    resident = await sandbox.new_resident(
        drawn((300, 300)), name="阿依古丽·买买提", sex="female", born="1988-02-29"
    )
    assert resident.name == "阿依古丽·买买提"
    assert resident.number[6:14] == "19880229"
    assert int(resident.number[16]) % 2 == 0


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
async def test_a_large_picture_is_kept_small(sandbox: Sandbox, form: str) -> None:
    resident = await sandbox.new_resident(drawn((1500, 2000), form))
    image = await kept(sandbox, resident)
    assert (image.format, image.size) == ("JPEG", (480, 640))


async def test_a_picture_lying_on_its_side_is_kept_upright(sandbox: Sandbox) -> None:
    resident = await sandbox.new_resident(faces.rotated_exif(drawn((300, 600))))
    image = await kept(sandbox, resident)
    assert image.size == (300, 600)
    assert not image.getexif()
