"""Withdrawing a consent is as easy as giving it (PIPL art. 15), and ends what it carried."""

from uuid import UUID

import pytest
from tortoise.transactions import in_transaction

from identity import consent
from tests.support.http import Api, SignedIn

GUARDIAN = {"purpose": consent.GUARDIAN, "version": consent.VERSIONS[consent.GUARDIAN]}
PATH = f"/v1/me/consents/{consent.VERIFICATION}"


async def agreed(api: Api, resident: UUID | None = None) -> SignedIn:
    signed = await api.sign_in(resident=resident)
    async with in_transaction() as connection:
        await consent.give(
            connection, signed.resident, consent.VERIFICATION, locale="en", channel="web"
        )
    return signed


async def test_a_consent_that_was_never_given_cannot_be_withdrawn(api: Api) -> None:
    signed = await api.sign_in()
    assert (await api.send("DELETE", PATH, signed.access)).code == "consent-unknown"
    assert (await api.get("/v1/me", signed.access)).code != "session-ended"


async def test_nobody_withdraws_the_consent_of_another_resident(api: Api) -> None:
    theirs, mine = await agreed(api), await api.sign_in()
    assert (await api.send("DELETE", PATH, mine.access)).status == 404
    given = await api.get("/v1/me/consents", theirs.access)
    assert [one["purpose"] for one in given.body["consents"]] == [consent.VERIFICATION]


async def test_a_consent_is_shown_in_words_with_its_version(api: Api) -> None:
    signed = await agreed(api)
    answer = await api.get("/v1/me/consents", signed.access, headers={"Accept-Language": "en"})
    (shown,) = answer.body["consents"]
    assert shown["title"] == "Identity verification"
    assert shown["version"] == consent.VERSIONS[consent.VERIFICATION]


async def test_a_withdrawal_ends_every_session_of_the_resident_and_no_other(api: Api) -> None:
    here = await agreed(api)
    elsewhere = await api.sign_in(resident=here.resident)
    stranger = await agreed(api)
    assert (await api.send("DELETE", PATH, here.access)).status == 204
    for ended in (here, elsewhere):
        assert (await api.get("/v1/me/consents", ended.access)).code == "session-ended"
        refreshed = await api.post("/v1/tokens", {"refresh_token": ended.refresh})
        assert refreshed.code == "refresh-token-invalid"
    assert (await api.get("/v1/me/consents", stranger.access)).status == 200
    assert await consent.living(here.resident) == []


async def test_a_consent_is_given_withdrawn_and_still_readable(api: Api) -> None:
    mine = await api.sign_in()
    current = await api.get(f"/v1/consents/{consent.NOTICES}")
    body = {"purpose": consent.NOTICES, "version": current.body["version"]}
    given = await api.post("/v1/me/consents", body, mine.access)
    assert given.status == 201
    again = await api.post("/v1/me/consents", body, mine.access)
    assert again.body == given.body
    assert (
        await api.send("DELETE", f"/v1/me/consents/{consent.NOTICES}", mine.access)
    ).status == 204
    listed = (await api.get("/v1/me/consents", mine.access)).body
    assert listed["consents"] == []
    (old,) = listed["withdrawn"]
    assert old["withdrawn_at"] and old["consequence"]
    by_hash = await api.get(f"/v1/consents/{consent.NOTICES}?hash={old['text_hash']}")
    assert by_hash.body == current.body


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"purpose": "marketing", "version": "1"}, "consent-unknown"),
        ({"purpose": consent.NOTICES, "version": "1999-01"}, "consent-missing"),
        (GUARDIAN, "consent-unknown"),
    ],
)
async def test_a_consent_to_anything_else_is_refused(api: Api, body: dict, code: str) -> None:
    mine = await api.sign_in()
    assert (await api.post("/v1/me/consents", body, mine.access)).code == code


@pytest.mark.parametrize("query", ["version=1999-01", f"hash={'0' * 64}"])
async def test_a_text_that_never_was_is_unknown(api: Api, query: str) -> None:
    answer = await api.get(f"/v1/consents/{consent.VERIFICATION}?{query}")
    assert (answer.status, answer.code) == (404, "consent-unknown")


@pytest.mark.parametrize("query", ["hash=xyz", "version=" + "1" * 17, "other=1"])
async def test_a_malformed_question_for_a_text_is_refused(api: Api, query: str) -> None:
    assert (await api.get(f"/v1/consents/{consent.VERIFICATION}?{query}")).status == 422


async def test_withdrawing_notices_signs_nobody_out(api: Api) -> None:
    mine = await api.sign_in()
    async with in_transaction() as connection:
        await consent.give(connection, mine.resident, consent.NOTICES, locale="en", channel="web")
    await api.send("DELETE", f"/v1/me/consents/{consent.NOTICES}", mine.access)
    assert (await api.get("/v1/me/consents", mine.access)).status == 200
