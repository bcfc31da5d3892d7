"""Erasure: cancellable until it begins, resumable whenever it stops, and nothing left to read."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from tortoise.context import TortoiseContext

from config.settings import Settings
from identity.caller import Caller, CallerKind
from identity.erasure import ALWAYS, ErasureBegun, ErasureMissing, Erasures
from identity.errors import ResidentMissing, ScopeMissing, SignInNeeded, StepUpNeeded
from identity.holdings import Holdings
from identity.models import (
    AuditEvent,
    Consent,
    Document,
    DocumentIndex,
    Guardianship,
    Mandate,
    Notice,
    Resident,
    Session,
)
from identity.residents import Residents
from identity.vault import KeyRing, Vault
from services.holdings import everything
from tests.support.erasure_parts import NAME, OTHERS_NAME, House, a_house
from tests.support.everything_held import PERSONAL, caller_of, everything_kept
from tests.support.people import admit

_RING = KeyRing({1: bytes(range(32))}, 1)
HOLDINGS = len(list(everything(Vault(_RING, _RING))))
"""How many there are of all rooms; the vault is not used."""


@pytest.fixture
async def house(settings: Settings, database: TortoiseContext) -> AsyncIterator[House]:
    async with a_house(settings) as made:
        yield made


def an_hour_ago() -> datetime:
    return datetime.now(UTC) - timedelta(hours=1)


@pytest.mark.parametrize(
    ("caller", "leaf"),
    [
        (Caller, SignInNeeded),
        (lambda: caller_of(uuid4(), acr="3"), StepUpNeeded),
        (lambda: caller_of(uuid4(), auth_time=an_hour_ago()), StepUpNeeded),
        (lambda: Caller(CallerKind.PARTNER, uuid4(), "p", "a-partner", acr="5"), ScopeMissing),
        (lambda: caller_of(uuid4()), ResidentMissing),
    ],
)
async def test_only_the_resident_with_a_fresh_proof_asks(house, caller, leaf) -> None:
    with pytest.raises(leaf):
        await house.erasures.ask(caller())
    assert not await Resident.filter(erase_after__isnull=False).exists()


async def test_it_says_when_and_what_is_kept_and_asked_again_the_first_date_stands(
    house: House,
) -> None:
    first = await house.erasures.ask(caller_of(house.resident))
    again = await house.erasures.ask(caller_of(house.resident))
    week = datetime.now(UTC) + timedelta(days=house.settings.erasure_days)
    assert abs(first.erase_after - week) < timedelta(minutes=5)
    assert again.erase_after == first.erase_after
    assert tuple(first.keeps) == ALWAYS
    assert await Notice.filter(resident_id=house.resident, kind="erasure-asked").count() == 1
    assert await house.erasures.asked(house.resident) == again


async def test_sessions_stay_and_it_can_be_taken_back(house: House) -> None:
    await house.ask()
    assert await Session.filter(resident_id=house.resident, ended_at__isnull=True).exists()
    await house.erasures.cancel(caller_of(house.resident))
    assert await house.erasures.carry_out_due() == 0
    assert (await Residents(house.worker.vault).reveal(house.resident)).name == NAME
    for ask in (
        house.erasures.cancel(caller_of(house.resident)),
        house.erasures.asked(house.resident),
    ):
        with pytest.raises(ErasureMissing):
            await ask


async def test_before_its_time_nothing_is_erased(house: House) -> None:
    await house.ask()
    assert not await house.erasures.carry_out(house.resident)
    assert await Document.filter(resident_id=house.resident).exists()


async def readable(house: House) -> set[str]:
    """Where something of the first resident is left: in plain words, as a digest, or sealed."""
    number = house.who.person.number
    secrets = [NAME, number.value, *PERSONAL]
    for kind in ("document", "ward"):
        secrets += house.worker.vault.digests(kind, number.canonical).values()
    found = set()
    for place, column, value in await everything_kept(house.worker.cache):
        plain = value.decode(errors="ignore") if isinstance(value, bytes) else str(value)
        others_own = place == "document"  # counted below
        if any(secret in plain for secret in secrets):
            found.add(place)
        if column.endswith("_sealed") and value and not others_own:
            found.add(place)
    if await Document.filter(resident_id=house.resident).exists():
        found.add("document")
    return found


async def test_no_table_and_no_key_holds_anything_readable_of_who_was_erased(house: House) -> None:
    await house.fall_due()
    assert await house.erasures.carry_out_due() == 1
    assert await readable(house) == set()
    assert await Document.all().count() == 1  # the other's own


@pytest.mark.parametrize(
    ("holding", "place"),
    [
        ("documents", "document_index"),
        ("documents", "document"),
        ("contacts", "contact"),
        ("corrections", "correction"),
        ("bound-devices", "bound_device"),
        ("passkeys", "passkey"),
        ("sessions", "session"),
        ("guardianships", "guardianship"),
        ("mandates", "mandate"),
        ("partner-grants", "partner_grant"),
        ("partner-grants", "pairwise_subject"),
    ],
)
async def test_what_an_eraser_forgets_is_found(house: House, holding: str, place: str) -> None:
    """The look above can see: with one holding left out, its table shows."""

    async def forget(_connection: object, _resident: object) -> None:
        return

    forgetful = Holdings()
    for one in house.holdings:
        erase = forget if one.name == holding else one.erase
        forgetful.register(one.name, one.export, erase, tables=sorted(one.tables))
    house.holdings = forgetful
    await house.fall_due()
    assert await house.erasures.carry_out_due() == 1
    assert place in await readable(house)


async def test_the_rows_that_stay_lead_to_nobody(house: House) -> None:
    await house.fall_due()
    await house.erasures.carry_out(house.resident)
    assert not await Resident.filter(id=house.resident).exists()
    mine = str(house.resident)
    for place, column, value in await everything_kept(house.worker.cache):
        if mine in str(value):
            allowed = {"audit_event.resident_id", "audit_event.actor", "session.resident_id"}
            allowed |= {"consent.resident_id", "partner_grant.resident_id", "pgqueuer.payload"}
            assert f"{place}.{column}" in allowed
    theirs = await AuditEvent.filter(resident_id=house.other.resident)
    assert theirs and all(row.actor != mine and row.other_id is None for row in theirs)
    own = await AuditEvent.filter(resident_id=house.resident)
    assert own and all(row.actor in ("", mine, "erased", row.client) for row in own)
    assert not await Consent.filter(given_by__in=[house.resident]).exists()
    guardian = await Consent.filter(resident_id=house.resident, purpose="guardian-consent")
    assert all(row.given_by != house.other.resident for row in guardian)


async def test_the_other_side_of_a_tie_keeps_what_is_its_own(house: House) -> None:
    await house.fall_due()
    await house.erasures.carry_out(house.resident)
    assert not await Guardianship.exists() and not await Mandate.exists()
    person = await Residents(house.worker.vault).reveal(house.other.resident)
    assert (person.name, person.number) == (OTHERS_NAME, house.other.person.number)
    assert await AuditEvent.filter(resident_id=house.other.resident).exists()


async def test_tokens_of_the_erased_are_dead(house: House) -> None:
    opened = await house.worker.sign_in(house.resident)
    token = await house.worker.tokens.issue(opened.session)
    await house.fall_due()
    await house.erasures.carry_out(house.resident)
    with pytest.raises(Exception, match="session-ended"):
        await house.worker.tokens.read(token.value)
    with pytest.raises(Exception, match="refresh-token-invalid"):
        await house.worker.sessions.rotate(opened.refresh_token)


async def test_whoever_comes_back_is_somebody_new(house: House) -> None:
    await house.fall_due()
    await house.erasures.carry_out(house.resident)
    number = house.who.person.number.value
    again = await admit(house.settings, NAME, number)
    assert again.resident != house.resident
    assert not await AuditEvent.filter(resident_id=again.resident).exists()
    assert await DocumentIndex.all().count() == 2


class Killed(BaseException):
    """The process is gone: nothing below it may tidy up."""


@pytest.mark.parametrize("at", range(HOLDINGS))
async def test_an_erasure_that_dies_anywhere_is_finished_by_the_next(house: House, at: int) -> None:
    """Between any two holdings, and in the middle of one whose statements then roll back."""
    await house.fall_due()
    dying = Holdings()
    count = len(list(house.holdings))
    for place, holding in enumerate(house.holdings):

        async def erase(connection, resident, own=holding, place=place):
            await own.erase(connection, resident)
            if count - 1 - place == at:
                raise Killed

        dying.register(
            holding.name, holding.export, erase, tables=sorted(holding.tables), keeps=holding.keeps
        )
    with pytest.raises(Killed):
        await Erasures(dying, house.worker.sessions, house.settings).carry_out(house.resident)
    with pytest.raises(ErasureBegun):
        await house.erasures.cancel(caller_of(house.resident))
    assert await house.erasures.carry_out_due() == 1
    assert not await Resident.filter(id=house.resident).exists()
    assert not await Document.filter(resident_id=house.resident).exists()
    assert await house.erasures.carry_out_due() == 0


def test_every_holding_dies_once_in_the_test_above(house: House) -> None:
    assert len(list(house.holdings)) == HOLDINGS > 20


async def test_cancelled_and_carried_out_at_once_exactly_one_wins(house: House) -> None:
    won = set()
    for _ in range(6):
        await Resident.filter(id=house.resident).update(erase_after=datetime.now(UTC))
        cancelled, erased = await asyncio.gather(
            house.erasures.cancel(caller_of(house.resident)),
            house.erasures.carry_out(house.resident),
            return_exceptions=True,
        )
        assert (cancelled is None) is not (erased is True), (cancelled, erased)
        won.add(erased is True)
        if erased is True:
            assert not await Resident.filter(id=house.resident).exists()
            assert isinstance(cancelled, ErasureBegun | ErasureMissing)
            break
        assert await Document.filter(resident_id=house.resident).exists()
    assert won


async def test_two_workers_erase_one_resident_once(house: House) -> None:
    await house.fall_due()
    done = await asyncio.gather(*(house.erasures.carry_out(house.resident) for _ in range(4)))
    assert any(done)
    assert not await Resident.filter(id=house.resident).exists()
    assert await AuditEvent.filter(event="erasure:begun").count() == 1
