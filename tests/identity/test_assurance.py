"""Levels over time: a proofing lapses, a session never names more, a window's session waits."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from tortoise.context import TortoiseContext
from tortoise.transactions import in_transaction

from config.settings import Settings
from identity import assurance
from identity.assurance import effective, renews, session_level
from identity.errors import StepUpNeeded
from identity.models import Resident, Session
from identity.release import permit
from identity.sessions import Opened
from tests.support.session_parts import SessionParts, a_resident, a_worker

NOW = datetime(2026, 11, 21, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
async def worker(settings: Settings, database: TortoiseContext) -> AsyncIterator[SessionParts]:
    async with a_worker(settings) as parts:
        yield parts


async def acr(worker: SessionParts, opened: Opened) -> str:
    """What a token names after the next refresh."""
    again = await worker.sessions.rotate(opened.refresh_token)
    caller = await worker.tokens.read((await worker.tokens.issue(again.session)).value)
    assert caller.acr == again.session.acr
    return caller.acr


async def lapse(resident: UUID) -> None:
    await Resident.filter(id=resident).update(proofed_until=datetime.now(UTC) - SECOND)


async def raised(
    worker: SessionParts, opened: Opened, level: int, amr: Sequence[str] = ("x",)
) -> Opened:
    async with in_transaction() as connection:
        session = UUID(str(opened.session.id))
        return await worker.sessions.raise_level(connection, session, acr=str(level), amr=amr)


@pytest.mark.parametrize(("proofed", "after"), [(1, 1), (2, 2), (3, 2), (4, 2), (5, 2)])
def test_a_proofing_holds_until_its_last_second_and_then_counts_as_two(proofed: int, after: int):
    assert effective(proofed, NOW, NOW - SECOND) == proofed
    assert effective(proofed, NOW, NOW) == after


async def test_a_lapsed_proofing_lowers_the_next_token(worker: SessionParts):
    resident = await a_resident()
    opened = await worker.sign_in(resident)
    await lapse(resident)
    assert await acr(worker, opened) == "2"
    assert (await Session.get(id=opened.session.id)).acr == "4"  # what was proven is kept


async def test_a_renewed_proofing_gives_the_session_back_what_it_had(worker: SessionParts):
    resident = await a_resident()
    opened = await worker.sign_in(resident)
    await lapse(resident)
    lowered = await worker.sessions.rotate(opened.refresh_token)
    await Resident.filter(id=resident).update(proofed_until=datetime.now(UTC) + timedelta(days=9))
    assert await acr(worker, lowered) == "4"


async def test_the_successor_given_twice_names_no_more_either(worker: SessionParts):
    resident = await a_resident()
    opened = await worker.sign_in(resident)
    await worker.sessions.rotate(opened.refresh_token)
    await lapse(resident)
    assert await acr(worker, opened) == "2"


async def test_a_proofing_at_three_caps_a_session_at_four(worker: SessionParts):
    resident = await a_resident()
    opened = await worker.sign_in(resident)
    await Resident.filter(id=resident).update(proofed=3)
    assert await acr(worker, opened) == "3"


@pytest.mark.parametrize("kept", ["3", "5"])
async def test_a_windows_session_is_ordinary_for_a_day_and_then_as_proven(
    worker: SessionParts, kept: str
):
    resident = await a_resident()
    await Resident.filter(id=resident).update(proofed=5)
    opened = await worker.sign_in(resident, acr=kept)
    row = Session.filter(id=opened.session.id)
    await row.update(sensitive_from=datetime.now(UTC) + timedelta(hours=24), amr="window")
    again = await worker.sessions.rotate(opened.refresh_token)
    assert again.session.acr == "3"
    await row.update(sensitive_from=datetime.now(UTC) - SECOND)
    assert await acr(worker, again) == "5"


async def test_a_windows_session_never_names_more_than_a_lapsed_proofing(worker: SessionParts):
    resident = await a_resident()
    opened = await worker.sign_in(resident)
    past = datetime.now(UTC) - SECOND
    await Session.all().update(sensitive_from=past)
    await Resident.all().update(proofed=5, proofed_until=past)
    assert await acr(worker, opened) == "2"


@pytest.mark.parametrize(
    ("proven", "held", "answer"),
    [(3, 4, False), (3, 5, False), (3, 3, True), (3, 2, True), (4, 5, True), (5, 4, True)],
)
def test_a_weak_proof_makes_nothing_strong_look_fresh(proven: int, held: int, answer: bool):
    assert renews(proven, held) is answer


async def test_a_bank_card_does_not_make_an_old_face_fresh(worker: SessionParts):
    opened = await worker.sign_in(await a_resident())
    then = datetime.now(UTC) - timedelta(seconds=901)
    await Session.all().update(auth_time=then)
    again = await raised(worker, opened, 3, ("card",))
    assert (again.session.acr, again.session.amr) == ("4", "face")
    assert again.session.auth_time == then
    token = await worker.tokens.issue(again.session)
    with pytest.raises(StepUpNeeded):
        caller = await worker.tokens.read(token.value)
        permit(caller, scope="x:read", level=4, max_age=900)


async def test_a_face_at_four_makes_a_session_at_five_fresh(worker: SessionParts):
    opened = await worker.sign_in(await a_resident(), acr="5")
    await Resident.all().update(proofed=5)
    await Session.all().update(auth_time=datetime.now(UTC) - timedelta(hours=1))
    again = await raised(worker, opened, 4, ("face",))
    token = await worker.tokens.issue(again.session)
    permit(await worker.tokens.read(token.value), scope="x:read", level=4, max_age=900)


async def test_a_face_within_a_windows_session_ends_its_waiting(worker: SessionParts):
    opened = await worker.sign_in(await a_resident(), acr="3")
    await Session.all().update(sensitive_from=datetime.now(UTC) + timedelta(hours=24))
    assert await acr(worker, await raised(worker, opened, 4, ("face",))) == "4"


async def test_a_return_is_ordinary_at_most():
    assert [assurance.returning(level) for level in (2, 3, 4, 5)] == [2, 3, 3, 3]


async def test_a_return_makes_nothing_fresh(worker: SessionParts):
    """``auth_time`` is that of the last proof, so a service that wants a fresh one asks for it."""
    resident, then = await a_resident(), datetime.now(UTC) - timedelta(days=30)
    async with in_transaction() as connection:
        opened = await worker.sessions.open(
            connection, resident, device="d" * 64, device_name="", acr="3", amr=["pop"],
            auth_time=then,
        )  # fmt: skip
    caller = await worker.tokens.read((await worker.tokens.issue(opened.session)).value)
    permit(caller, scope="x:read", level=3)
    with pytest.raises(StepUpNeeded):
        permit(caller, scope="x:read", level=3, max_age=900)


async def test_nobody_gets_a_level_from_a_closed_record(worker: SessionParts):
    resident = await a_resident()
    await Resident.filter(id=resident).update(closed_at=NOW)
    async with in_transaction() as connection:
        assert await assurance.standing(connection, resident) == 1
    session = Session(acr="4")
    assert session_level(session, 1) == 1
