"""Documents through HTTP: kinds, one's own, joining two records, names that are rare."""

import asyncio
from uuid import UUID, uuid4

import pytest
from tortoise.transactions import in_transaction

from identity.documents import KINDS
from identity.models import Document
from identity.person import IdNumber
from tests.support import faces as pictures
from tests.support.http import Api, SignedIn
from tests.support.log_capture import personal
from tests.support.records import card, foreign, permit

NOBODYS = "3f2a8c1e-9b7d-4e6f-8a1b-2c3d4e5f6a7b"

PASSPORT = {"document_type": "passport", "number": "E12345678", "country": "CA"}
RARE = ["买买提·艾力", "𠮷𬱖", "阿卜杜" + "𠮷" * 40 + "·热合曼", "〇一"]


async def someone(api: Api, number: IdNumber, acr: str = "4") -> SignedIn:
    """Signed in with this document, without a camera."""
    async with in_transaction() as connection:
        row = await api.parts.residents.admit(connection, number, personal("陈晓雯"), 4)
    return await api.sign_in(resident=UUID(str(row.id)), acr=acr)


@pytest.fixture(autouse=True)
async def nobody_yet(api: Api) -> None:
    """Every test begins without documents: the file shares one database."""
    for row in await Document.all():
        async with in_transaction() as connection:
            await api.parts.residents.documents.end(connection, row, "unlinked", forget=True)


async def test_the_kinds_say_what_they_reach_in_the_language_asked_for(api: Api) -> None:
    answer = await api.get("/v1/document-types", headers={"Accept-Language": "zh-CN"})
    assert [kind["id"] for kind in answer.body] == list(KINDS)
    first, last = answer.body[0], answer.body[-1]
    assert first == {
        "id": "resident-id",
        "title": "居民身份证",
        "example": "11010519491231002X",
        "register": True,
        "level": 4,
        "country": False,
    }
    assert (last["register"], last["level"], last["country"]) == (False, 2, True)


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({}, "request-invalid"),
        (PASSPORT | {"level": 5}, "request-invalid"),
        (PASSPORT | {"document_type": "driving-licence"}, "document-type-unknown"),
        (PASSPORT | {"country": ""}, "country-unknown"),
        (PASSPORT | {"number": "12"}, "document-number-form"),
        (PASSPORT | {"valid_until": "2020-01-01"}, "document-expired"),
        (PASSPORT | {"valid_until": "tomorrow"}, "request-invalid"),
        ({"document_type": "taiwan-residence", "number": "83000019920130002X"}, "id-number-check"),
        (
            {"document_type": "taiwan-residence", "number": "830000199201300022"},
            "document-needs-proof",
        ),
    ],
)
async def test_what_cannot_be_added_is_refused_in_words(api: Api, sent, code: str) -> None:
    signed = await someone(api, card())
    answer = await api.post("/v1/me/documents", sent, signed.access)
    assert answer.code == code
    held = await api.get("/v1/me/documents", signed.access)
    assert [one["document_type"] for one in held.body["documents"]] == ["resident-id"]


async def test_a_low_assurance_is_asked_to_step_up(api: Api) -> None:
    signed = await someone(api, card(), acr="3")
    changes = [
        await api.post("/v1/me/documents", PASSPORT, signed.access),
        await api.send("DELETE", f"/v1/me/documents/{uuid4()}", signed.access),
        await api.post("/v1/me/merges", {"other_token": signed.access}, signed.access),
    ]
    for answer in changes:
        assert (answer.status, answer.code) == (401, "step-up-needed")
        assert set(answer.body["ways"]) - {"face"}


async def test_a_document_is_added_shown_masked_and_removed(api: Api) -> None:
    signed = await someone(api, card())
    added = await api.post(
        "/v1/me/documents", PASSPORT | {"valid_until": "2099-01-31"}, signed.access
    )
    assert added.status == 201
    main, passport = added.body["documents"]
    assert (main["main"], passport["main"]) == (True, False)
    assert (passport["number"], passport["level"]) == ("E*******8", 2)
    assert (passport["valid_until"], passport["expired"]) == ("2099-01-31", False)
    assert PASSPORT["number"] not in added.raw.decode()
    gone = await api.send("DELETE", f"/v1/me/documents/{passport['id']}", signed.access)
    assert gone.status == 204
    last = await api.send("DELETE", f"/v1/me/documents/{main['id']}", signed.access)
    assert (last.status, last.code) == (409, "last-document")


@pytest.mark.parametrize("named", [NOBODYS, "1", "current"])
async def test_a_document_that_is_not_theirs_is_missing(api: Api, named: str) -> None:
    signed = await someone(api, card())
    answer = await api.send("DELETE", f"/v1/me/documents/{named}", signed.access)
    assert (answer.status, answer.code) == (404, "document-missing")


async def test_added_by_two_at_once_it_is_one_residents(api: Api) -> None:
    signed = [await someone(api, card(order)) for order in (2, 4, 6)]
    answers = await asyncio.gather(
        *(api.post("/v1/me/documents", PASSPORT, one.access) for one in signed)
    )
    assert sorted(answer.status for answer in answers) == [201, 409, 409]
    assert {answer.code for answer in answers} == {None, "document-taken"}


async def test_two_records_are_joined_with_a_token_of_each(api: Api) -> None:
    mine, other = await someone(api, card()), await someone(api, permit())
    joined = await api.post("/v1/me/merges", {"other_token": other.access}, mine.access)
    assert joined.status == 200, joined.body
    kinds = [one["document_type"] for one in joined.body["documents"]]
    assert kinds == ["resident-id", "hong-kong-macao-residence"]
    assert (await api.get("/v1/me", other.access)).code == "session-ended"
    refreshed = await api.post("/v1/tokens", {"refresh_token": other.refresh})
    assert refreshed.code == "refresh-token-invalid"
    assert (await api.get("/v1/me", mine.access)).status == 200


@pytest.mark.parametrize("token", ["", "rubbish", "x" * 5000])
async def test_a_merge_needs_a_token(api: Api, token: str) -> None:
    mine = await someone(api, card())
    answer = await api.post("/v1/me/merges", {"other_token": token}, mine.access)
    assert answer.code in ("request-invalid", "token-invalid")


async def test_two_people_are_not_joined(api: Api) -> None:
    mine, other = await someone(api, card()), await someone(api, foreign(birth="19810804"))
    answer = await api.post("/v1/me/merges", {"other_token": other.access}, mine.access)
    assert (answer.status, answer.code) == (409, "merge-impossible")
    for signed in (mine, other):
        assert (await api.get("/v1/me", signed.access)).status == 200


@pytest.mark.parametrize("name", RARE)
async def test_a_rare_name_survives_the_whole_way(api: Api, name: str) -> None:
    """Beyond the basic plane: form → register → sealed → database → JSON."""
    person = await api.sandbox.new_resident(pictures.portrait(pictures.OBAMA), name=name)
    personal(person.number)
    assert person.name == name
    done = await api.verify(person, name=f"  {name.replace('·', '•')} ")
    assert done.status == 201, done.body
    signed = await api.remember(done.body)
    shown = name[0] + "*" * (len(name) - (2 if len(name) > 2 else 1))
    assert done.body["resident"]["name"] == shown + (name[-1] if len(name) > 2 else "")
    assert (await api.parts.residents.reveal(signed.resident)).name == name


@pytest.mark.parametrize(
    "kind", ["hong-kong-macao-residence", "taiwan-residence", "foreign-permanent-resident"]
)
async def test_every_document_of_the_register_verifies_with_a_face(api: Api, kind: str) -> None:
    person = await api.sandbox.new_resident(pictures.portrait(pictures.OBAMA), kind=kind)
    personal(person.number), personal(person.name)
    refused = await api.verify(person)
    assert refused.status == 422  # it is no resident ID card
    done = await api.verify(person, document_type=kind)
    assert done.status == 201, done.body
    signed = await api.remember(done.body)
    (held,) = (await api.get("/v1/me/documents", signed.access)).body["documents"]
    assert (held["document_type"], held["level"]) == (kind, 4)


async def test_a_second_document_is_proven_by_itself_and_joined(api: Api) -> None:
    born = {"born": "1984-08-04", "sex": "male"}
    portrait = pictures.portrait(pictures.OBAMA)
    kinds = ("resident-id", "hong-kong-macao-residence")
    signed = []
    for kind in kinds:
        person = await api.sandbox.new_resident(portrait, kind=kind, **born)
        personal(person.number), personal(person.name)
        done = await api.verify(person, document_type=kind, device="one-device-of-theirs")
        signed.append(await api.remember(done.body))
    mine, other = signed
    joined = await api.post("/v1/me/merges", {"other_token": other.access}, mine.access)
    assert [one["document_type"] for one in joined.body["documents"]] == list(kinds)


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        ("passport", "E12345678"),
        ("taiwan-travel-permit", "12345678"),
        ("hong-kong-macao-travel-permit", "anything"),
    ],
)
async def test_a_document_no_register_knows_is_told_its_other_ways(
    api: Api, kind: str, number: str
) -> None:
    person = await api.new_resident()
    answer = await api.verify(person, document_type=kind, id_number=number)
    assert (answer.status, answer.code) == (422, "document-not-registered")
    assert answer.body["ways"] == ["window"]
