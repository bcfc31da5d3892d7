"""Freezing through HTTP: without signing in, from within, and lifted by a proof."""

from uuid import UUID, uuid4

import pytest
from tortoise.transactions import in_transaction

from identity import notices
from identity.models import Notice
from tests.support import faces as pictures
from tests.support.http import Api, SignedIn
from tests.support.log_capture import personal
from tests.support.records import card


@pytest.fixture
async def signed(api: Api) -> SignedIn:
    async with in_transaction() as connection:
        row = await api.parts.residents.admit(connection, card(), personal("陈晓雯"), 4)
        await row.filter(id=row.id).using_db(connection).update(frozen_at=None)
    return await api.sign_in(resident=UUID(str(row.id)))


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({}, "request-invalid"),
        ({"word": ""}, "request-invalid"),
        ({"word": "x" * 65}, "request-invalid"),
        ({"word": "x"}, "freeze-word-unknown"),
        ({"word": "x", "name": "陈晓雯"}, "request-invalid"),
        ({"name": "陈晓雯", "id_number": "440305198108030023"}, "request-invalid"),
    ],
)
async def test_no_stranger_freezes_anybody(api: Api, signed: SignedIn, sent, code: str) -> None:
    answer = await api.post("/v1/freezes", sent)
    assert answer.code == code
    assert (await api.get("/v1/me", signed.access)).status == 200


async def test_a_code_is_shown_once_and_freezes_without_signing_in(
    api: Api, signed: SignedIn
) -> None:
    made = await api.send("POST", "/v1/me/freeze-code", signed.access)
    assert made.status == 201 and made.headers["cache-control"] == "no-store"
    code = personal(made.body["code"])
    assert (await api.post("/v1/freezes", {"word": code})).status == 204
    assert (await api.get("/v1/me", signed.access)).code == "session-ended"
    refreshed = await api.post("/v1/tokens", {"refresh_token": signed.refresh})
    assert refreshed.code == "refresh-token-invalid"


async def test_not_me_freezes_without_signing_in(api: Api, signed: SignedIn) -> None:
    notice, vault = uuid4(), api.parts.core.admission.vault
    word = personal(notices.not_me_word(vault, notice))
    await Notice.create(
        id=notice,
        resident_id=signed.resident,
        kind="new-device",
        session_id=signed.session,
        not_me=notices.not_me_digest(vault, word),
    )
    assert (await api.post("/v1/freezes", {"word": word})).status == 204
    assert (await api.get("/v1/me", signed.access)).code == "session-ended"
    assert (await api.post("/v1/freezes", {"word": word})).code == "freeze-word-unknown"


async def test_a_resident_freezes_themselves_from_within(api: Api, signed: SignedIn) -> None:
    assert (await api.send("POST", "/v1/me/freeze", signed.access)).status == 204
    assert (await api.get("/v1/me", signed.access)).code == "session-ended"


async def test_a_freeze_is_told_after_the_judgement_only_and_lifted_by_name(api: Api) -> None:
    person = await api.new_resident()
    first = await api.remember((await api.verify(person)).body)
    await api.send("POST", "/v1/me/freeze", first.access)
    stranger = await api.verify(person, pictures.BIDEN, lift_freeze=True)
    assert (stranger.status, stranger.code) == (403, "identity-not-matched")
    for _ in range(2):  # judged rightly, it costs no try
        owner = await api.verify(person)
        assert (owner.status, owner.code) == (403, "identity-frozen")
    lifted = await api.verify(person, lift_freeze=True)
    assert lifted.status == 201, lifted.body
    signed = await api.remember(lifted.body)
    events = (await api.get("/v1/me/activity", signed.access)).body["events"]
    told = [one["event"] for one in events]
    assert {"identity:frozen", "identity:thawed"} <= set(told)
    assert "identity-frozen" in [one["outcome"] for one in events]
