"""Withdrawing a consent is as easy as giving it (PIPL art. 15), and ends what it carried."""

from uuid import UUID

from tortoise.transactions import in_transaction

from identity import consent
from tests.support.http import Api, SignedIn

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
