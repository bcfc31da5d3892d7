"""A proofing that lapses, over HTTP: what residents see, what closes, and what opens it again."""

from datetime import UTC, datetime, timedelta

from tortoise.transactions import in_transaction

from identity import consent
from identity.admission import Arrival, Proven
from identity.models import Resident, Session
from identity.residents import Residents
from identity.ways import BANK_CARD, NETWORK_IDENTITY, WINDOW, Way
from tests.support.http import Answer, Api, SignedIn
from tests.support.passkey_parts import somebody

STATUS = "/v1/services/social-insurance-status/answers"


async def lapse(who: SignedIn) -> None:
    await Resident.filter(id=who.resident).update(
        proofed_until=datetime.now(UTC) - timedelta(seconds=1)
    )


async def refreshed(api: Api, who: SignedIn) -> tuple[Answer, SignedIn]:
    answer = await api.post("/v1/tokens", {"refresh_token": who.refresh})
    assert answer.status == 200, answer.body
    return answer, await api.remember(answer.body)


async def proves(api: Api, who: SignedIn, way: Way) -> str:
    """The resident proves once more by a way without a face, on a device of its own."""
    residents: Residents = api.parts.residents
    person = await residents.reveal(who.resident)
    proven = Proven(person.name, person.number, way.level, way.amr, way.waits)
    arrival = Arrival("another-device", "", consent.VERIFICATION)
    async with in_transaction() as connection:
        admitted = await api.parts.core.admission.admit(connection, proven, arrival)
    return (await api.parts.core.admission.welcome(admitted)).acr


async def test_the_record_says_how_long_a_proofing_holds_and_how_it_is_renewed(api: Api):
    who = await somebody(api)
    shown = (await api.get("/v1/me", who.access)).body
    assert shown["proofed"] == 4 and shown["renewal"]["needed"] is False
    assert set(shown["renewal"]["ways"]) - {"face"} and "passkey" not in shown["renewal"]["ways"]


async def test_a_lapsed_proofing_closes_what_is_ordinary_and_says_what_opens_it(api: Api):
    who = await somebody(api)
    await lapse(who)
    answer, lowered = await refreshed(api, who)
    assert answer.body["acr"] == "2"
    shown = (await api.get("/v1/me", lowered.access)).body
    assert (shown["proofed"], shown["renewal"]["needed"]) == (2, True)
    assert shown["renewal"]["title"] and shown["renewal"]["detail"]
    closed = await api.post(STATUS, {}, lowered.access)
    assert (closed.status, closed.code) == (401, "step-up-needed")
    assert closed.body["ways"] == ["face", "network-identity", "window", "bank-card"]
    assert closed.headers["WWW-Authenticate"].endswith('acr_values="3"')


async def test_a_proof_without_a_face_opens_it_again_on_every_device(api: Api):
    who = await somebody(api)
    await lapse(who)
    _, lowered = await refreshed(api, who)
    assert await proves(api, who, NETWORK_IDENTITY) == "5"
    answer, _ = await refreshed(api, lowered)
    assert answer.body["acr"] == "4"


async def test_a_bank_card_renews_to_its_own_level_and_no_more(api: Api):
    who = await somebody(api)
    await lapse(who)
    assert await proves(api, who, BANK_CARD) == "3"
    answer, _ = await refreshed(api, who)
    assert answer.body["acr"] == "3"


async def test_a_windows_session_is_ordinary_until_its_waiting_is_over(api: Api):
    who = await somebody(api)
    assert await proves(api, who, WINDOW) == "3"
    session = await Session.filter(resident_id=who.resident).order_by("-created_at").first()
    assert session is not None and session.sensitive_from is not None
    assert session.sensitive_from > datetime.now(UTC) + timedelta(hours=23)


async def test_a_window_within_a_session_does_not_get_around_the_waiting(api: Api):
    """A clerk who is talked into it must not make the thief's session strong at once."""
    who = await somebody(api, acr="3")
    person = await api.parts.residents.reveal(who.resident)
    caller = await api.parts.tokens.read(who.access)
    proven = Proven(person.name, person.number, WINDOW.level, WINDOW.amr, WINDOW.waits)
    arrival = Arrival("another-device", "", consent.VERIFICATION, caller=caller)
    async with in_transaction() as connection:
        admitted = await api.parts.core.admission.admit(connection, proven, arrival)
    assert admitted.opened.session.id == who.session
    assert admitted.opened.session.acr == "3"
