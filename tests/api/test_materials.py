"""Uploads over HTTP: what they really are, sealed, the owner's alone, and never asked for twice."""

import asyncio
from datetime import UTC, datetime
from hashlib import sha256
from urllib.parse import quote, urlsplit
from uuid import UUID, uuid4

import pytest
from tortoise.transactions import in_transaction

from services.applications import by
from services.applications.moves import Moves
from services.materials.content import MOST_BYTES
from services.models import Application, Material
from tests.support.cases import CONTRACT, FUND, WITHDRAWAL
from tests.support.files import JPEG, PDF, PNG, document, picture
from tests.support.http import LOOPBACK, Answer, Api, SignedIn
from tests.support.log_capture import personal

FORM = {"purpose": "rent", "amount": 300_000, "months": 3}
NAME = personal("我的租房合同.pdf")
APPLY = f"/v1/services/{WITHDRAWAL}/applications"
PLACES = f"/v1/services/{WITHDRAWAL}/materials"


@pytest.fixture(scope="module")
async def me(api: Api) -> SignedIn:
    return await api.sign_in()


async def put(
    api: Api, who: SignedIn, content: bytes, said: str = PDF, name: str = NAME, **more: str
) -> Answer:
    """``more``: another kind, another key."""
    headers = {
        "Content-Type": said,
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}",
        "Idempotency-Key": more.get("key", str(uuid4())),
    }
    path = f"/v1/materials?kind={more.get('kind', CONTRACT)}"
    return await api.send("POST", path, who.access, data=content, headers=headers)


async def applied(api: Api, who: SignedIn, *materials: str, status: int = 201) -> Answer:
    body = {"form": FORM, "materials": list(materials)}
    made = await api.post(APPLY, body, who.access, headers={"Idempotency-Key": str(uuid4())})
    assert made.status == status, made.body
    return made


def of_exactly(size: int) -> bytes:
    """A whole PDF of this many bytes."""
    body = b"1 0 obj\n<<>>\nendobj\n"
    for spare in (64, 0):  # offsets within it grow by some digits with the body
        body += b" " * (size - spare - len(document(body)))
    made = document(body)
    assert len(made) == size
    return made


@pytest.mark.parametrize(
    "file, code",
    [
        ((picture("PNG"), JPEG, "me.jpg"), "material-type-lies"),
        ((b"MZ" + b"\0" * 99, PDF, "x.pdf"), "material-type-lies"),
        ((picture(), JPEG, "me.exe"), "material-name-lies"),
        ((b"", PDF, "x.pdf"), "material-empty"),
        ((picture()[:300], JPEG, "x.jpg"), "material-broken"),
        ((document()[:-9], PDF, "x.pdf"), "material-broken"),
        ((document(b"1 0 obj\n<< /S /JavaScript >>\nendobj\n"), PDF, "x.pdf"), "material-acts"),
        ((document(), "text/html", "x.pdf"), "content-type-unknown"),
        ((document(), PDF, "x" * 101), "material-name-invalid"),
    ],
)
async def test_what_is_not_what_it_says_is_refused_and_not_kept(
    api: Api, me: SignedIn, file: tuple[bytes, str, str], code: str
):
    answer = await put(api, me, *file)
    assert (answer.code, answer.status in (415, 422)) == (code, True)
    assert not await Material.filter(resident_id=me.resident).exists()


async def test_a_kind_nobody_asks_for_and_a_file_without_a_name_are_refused(api: Api, me: SignedIn):
    assert (await put(api, me, document(), kind="love-letter")).code == "material-kind-unknown"
    bare = {"Content-Type": PDF, "Idempotency-Key": "k"}
    path = f"/v1/materials?kind={CONTRACT}"
    answer = await api.send("POST", path, me.access, data=document(), headers=bare)
    assert answer.code == "material-name-invalid"


async def test_more_than_ten_megabytes_are_refused_before_they_are_sent(api: Api, me: SignedIn):
    """The length is announced and not one byte of the body follows."""
    port = urlsplit(api.url).port
    reader, writer = await asyncio.open_connection(LOOPBACK, port)
    writer.write(
        f"POST /v1/materials?kind={CONTRACT} HTTP/1.1\r\nHost: {LOOPBACK}:{port}\r\n"
        f"Authorization: Bearer {me.access}\r\nContent-Type: {PDF}\r\nIdempotency-Key: k\r\n"
        f"Content-Length: {MOST_BYTES + 1}\r\n\r\n".encode()
    )
    first = await asyncio.wait_for(reader.readline(), 60)
    assert b" 413 " in first
    writer.close()


async def test_ten_megabytes_are_taken_sealed_and_given_back_as_they_were(api: Api, me: SignedIn):
    content = of_exactly(MOST_BYTES)
    made = await put(api, me, content)
    assert made.status == 201, made.body
    shown = made.body
    assert (shown["size"], shown["sha256"]) == (MOST_BYTES, sha256(content).hexdigest())
    assert (shown["name"], shown["kind"], shown["source"]) == (NAME, CONTRACT, "uploaded")
    row = await Material.get(id=shown["id"])
    assert content[:200] not in bytes(row.content_sealed or b"")
    assert NAME.encode() not in bytes(row.name_sealed) and NAME not in repr(vars(row))
    got = await api.get(f"/v1/materials/{shown['id']}", me.access)
    assert got.raw == content
    assert got.headers["content-disposition"] == f"attachment; filename*=UTF-8''{quote(NAME)}"
    assert (got.headers["content-type"], got.headers["cache-control"]) == (PDF, "no-store")
    assert got.headers["x-content-type-options"] == "nosniff"
    gone = await api.send("DELETE", f"/v1/materials/{shown['id']}", me.access)
    assert gone.status == 204 and not await Material.filter(id=shown["id"]).exists()


async def test_nobody_else_reads_uses_or_removes_it(api: Api, me: SignedIn):
    made = (await put(api, me, picture("PNG"), PNG, "x.png")).body["id"]
    path, other = f"/v1/materials/{made}", await api.sign_in()
    for method in ("GET", "DELETE"):
        assert (await api.send(method, path, other.access)).code == "material-missing"
        assert (await api.send(method, path)).status == 401
        lapsed = await api.sign_in(resident=me.resident, acr="2")
        assert (await api.send(method, path, lapsed.access)).code == "step-up-needed"
    assert (await applied(api, other, made, status=404)).code == "material-missing"
    assert not await Application.filter(resident_id=other.resident).exists()
    for wrong in ("x", str(uuid4())):
        assert (await api.get(f"/v1/materials/{wrong}", me.access)).code == "material-missing"


async def test_an_upload_sent_twice_is_kept_once(api: Api):
    who, content = await api.sign_in(), picture()
    first = await put(api, who, content, JPEG, "x.jpg", key="one")
    again = await put(api, who, content, JPEG, "x.jpg", key="one")
    assert (first.status, again.status, again.body) == (201, 201, first.body)
    other = await put(api, who, picture(size=(50, 50)), JPEG, "x.jpg", key="one")
    assert (other.status, other.code) == (422, "idempotency-key-reused")
    assert await Material.filter(resident_id=who.resident).count() == 1


async def test_what_a_department_or_an_earlier_application_holds_is_never_asked_for_again(
    api: Api,
):
    """Asked once, because the register had none; then never again, though the register has none."""
    who = await api.sign_in()
    places = (await api.get(PLACES, who.access)).body["materials"]
    assert {one["source"] for one in places} == {"department"}
    number = (await applied(api, who)).body["number"]
    await supplement_asked(api, number)
    asked = (await api.get(f"/v1/applications/{number}", who.access)).body
    assert [one["kind"] for one in asked["supplement"]["wanted"]] == [CONTRACT]
    answer = f"/v1/applications/{number}/supplement"
    key = {"Idempotency-Key": str(uuid4())}
    nothing = await api.post(answer, {"materials": []}, who.access, headers=key)
    assert nothing.code == "supplement-incomplete"
    upload = (await put(api, who, document())).body
    brought = await api.post(answer, {"materials": [upload["id"]]}, who.access, headers=key)
    assert brought.status == 200, brought.body
    await ended(number)
    second = (await applied(api, who)).body["number"]
    file = (await api.get(f"/v1/applications/{second}", who.access)).body
    (taken,) = file["materials"]
    assert (taken["source"], taken["kind"]) == ("earlier", CONTRACT)
    assert (taken["sha256"], taken["name"], file["missing"]) == (upload["sha256"], NAME, [])
    got = await api.get(f"/v1/materials/{taken['id']}", who.access)
    assert got.raw == document()


async def supplement_asked(api: Api, number: str) -> None:
    """As the rules do it when the register knows of no contract."""
    moves = Moves(api.parts.ground.vault, api.parts.catalogue)
    async with in_transaction() as connection:
        rows = Application.filter(number=number).using_db(connection)
        row = await rows.select_for_update().get()
        await moves.ask_supplement(connection, row, by.rules(FUND), wanted=(CONTRACT,))


async def ended(number: str) -> UUID:
    row = await Application.get(number=number)
    await Application.filter(id=row.id).update(
        state="refused", waits_for="", finished_at=datetime.now(UTC)
    )
    return UUID(str(row.id))
