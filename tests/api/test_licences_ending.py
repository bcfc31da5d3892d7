"""Licences end by themselves: their last day, other facts, a death, a closed account."""

import asyncio
import json
from contextvars import copy_context
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from tortoise.connection import get_connection
from tortoise.transactions import in_transaction

from identity import closing
from identity.models import Resident
from services.held.licences import Licensed, Shown
from services.licences import jobs
from services.licences.jobs import LicenceJobs
from services.models import Licence, LicenceStatus, Presentation
from tests.support.http import Api
from tests.support.licences import (
    DRIVING,
    INSURANCE,
    MARRIAGE,
    PERMIT,
    PERMITTED,
    Phone,
    endorse,
    phone,
)
from tests.support.licences_held import held
from tests.support.office_hours import closed
from tests.support.sandbox import Sandbox
from tests.support.waiters import until_it_waits

INVALID, SUSPENDED = 1, 2
SLACK = timedelta(minutes=5)  # between the clocks of the test and the database


@pytest.fixture(scope="module")
async def work(api: Api) -> LicenceJobs:
    """The jobs, on the departments of the web process."""
    wallet, core = api.parts.launch.wallet, api.parts.core
    return LicenceJobs(
        wallet.ledger, wallet.kinds, wallet.offices, core.residents, core.register, core.sessions
    )


async def state_of(licence: str) -> tuple[str, int]:
    """What the row says, and what the status list says."""
    row = await Licence.get(id=licence)
    return str(row.state), int((await LicenceStatus.get(id=row.status_id)).value)


async def licence_of(holder: Phone, kind: str) -> str:
    return str((await holder.bring_in(kind))["id"])


async def look_again(work: LicenceJobs, licence: str) -> None:
    await work.check({"licence": licence})


async def test_an_office_that_is_away_ends_nothing(
    api: Api, work: LicenceJobs, healthy_sandbox: Sandbox
):
    licence = await licence_of(await phone(api), INSURANCE)
    await healthy_sandbox.fault("social-insurance", "error")
    await look_again(work, licence)
    assert await state_of(licence) == ("valid", 0)
    await healthy_sandbox.heal()
    api.parts.departments["social-insurance"].circuit.succeeded()


async def test_an_office_that_is_closed_by_night_is_asked_when_it_opens(
    api: Api, work: LicenceJobs, healthy_sandbox: Sandbox
):
    """The nightly look comes when offices with hours are closed: all of them, every night."""
    holder = await phone(api)
    licence = await licence_of(holder, MARRIAGE)
    await healthy_sandbox.change(holder.number, name="欧阳改名")
    with closed(api.parts.departments["civil-affairs"]) as opens:
        await look_again(work, licence)
        await look_again(work, licence)  # the next night
    assert await state_of(licence) == ("valid", 0)
    first, second = [json.loads(one) for one in await queued(jobs.ONE, licence)]
    (begins,) = await get_connection("default").execute_query_dict(
        "SELECT min(execute_after) AS at FROM pgqueuer WHERE convert_from(payload, 'UTF8') LIKE $1",
        [f"%{licence}%"],
    )
    assert timedelta(0) <= begins["at"] - opens + SLACK <= jobs.SPREAD + 2 * SLACK
    await work.check(first)
    assert await state_of(licence) == ("withdrawn", INVALID)
    await work.check(second)  # safe to repeat


async def test_what_was_looked_at_since_is_not_asked_about_again(api: Api, work: LicenceJobs):
    """A week-end of nights puts the same licence off several times; one look does for all."""
    licence = await licence_of(await phone(api), DRIVING)
    seen = (await Licence.get(id=licence)).checked_at
    before, after = (seen + timedelta(seconds=one) for one in (-1, 1))
    await work.check({"licence": licence, "put_off": before.isoformat()})
    assert (await Licence.get(id=licence)).checked_at == seen
    await work.check({"licence": licence, "put_off": after.isoformat()})
    assert (await Licence.get(id=licence)).checked_at > seen


async def test_the_same_facts_change_nothing(api: Api, work: LicenceJobs):
    licence = await licence_of(await phone(api), DRIVING)
    before = (await Licence.get(id=licence)).checked_at
    await look_again(work, licence)
    assert await state_of(licence) == ("valid", 0)
    assert (await Licence.get(id=licence)).checked_at > before


async def test_other_facts_end_the_old_version_and_begin_the_next(api: Api, work: LicenceJobs):
    holder = await phone(api, born=PERMITTED)
    licence = await licence_of(holder, PERMIT)
    await endorse(holder)
    await look_again(work, licence)
    assert await state_of(licence) == ("superseded", INVALID)
    (line, _) = (await holder.send("GET", "/v1/licences")).body["licences"]
    assert (line["state"], line["living"]) == ("valid", True)
    assert await state_of(line["id"]) == ("valid", 0)


async def test_what_the_office_knows_no_more_ends(
    api: Api, work: LicenceJobs, healthy_sandbox: Sandbox
):
    """Another name: to the office nobody of that name has one."""
    holder = await phone(api)
    licence = await licence_of(holder, MARRIAGE)
    await healthy_sandbox.change(holder.number, name="欧阳改名")
    await look_again(work, licence)
    assert await state_of(licence) == ("withdrawn", INVALID)


async def test_a_death_ends_every_licence_and_closes_the_record(
    api: Api, work: LicenceJobs, healthy_sandbox: Sandbox
):
    holder = await phone(api)
    licences = [await licence_of(holder, kind) for kind in (DRIVING, MARRIAGE)]
    await healthy_sandbox.change(holder.number, deceased=True)
    await look_again(work, licences[0])
    assert [await state_of(one) for one in licences] == [("deceased", INVALID)] * 2
    row = await Resident.get(id=holder.who.resident)
    assert row.closed_why == closing.DECEASED
    assert (await holder.send("GET", "/v1/licences")).status == 401


async def test_a_look_at_that_moment_brings_no_ended_licence_back(api: Api, work: LicenceJobs):
    licence, outside = await licence_of(await phone(api), DRIVING), copy_context()
    row = await Licence.get(id=licence)
    async with in_transaction() as connection:
        await work.ledger.end(connection, row, "withdrawn")
        looking = asyncio.create_task(look_again(work, licence), context=outside)
        await until_it_waits(connection, looking)
    await looking
    assert await state_of(licence) == ("withdrawn", INVALID)


async def test_a_look_at_that_moment_gives_the_dead_no_new_licence(api: Api, work: LicenceJobs):
    """The office was asked in time, and answered when the record was closed."""
    licence, outside = await licence_of(await phone(api), DRIVING), copy_context()
    row, sessions = await Licence.get(id=licence), api.parts.core.sessions
    resident = UUID(str(row.resident_id))
    async with in_transaction() as connection:
        await work.ledger.alone(connection, resident, DRIVING)
        looking = asyncio.create_task(look_again(work, licence), context=outside)
        await until_it_waits(connection, looking)
        await closing.close(connection, sessions, resident, closing.DECEASED)
        await work.ledger.end(connection, row, "deceased")
    await looking
    assert await Licence.filter(resident_id=resident, ended_at=None).count() == 0


@pytest.mark.parametrize(("why", "state"), [("deceased", "deceased"), ("asked", "closed")])
async def test_a_closed_record_ends_its_licences_by_a_job_of_the_same_transaction(
    api: Api, work: LicenceJobs, why: str, state: str
):
    holder = await phone(api)
    licence = await licence_of(holder, DRIVING)
    async with in_transaction() as connection:
        await closing.close(connection, api.parts.sessions, holder.who.resident, why)
    (payload,) = await queued(closing.JOB, str(holder.who.resident))
    assert payload and closing.JOB in work.handlers()
    await work.end_closed({"resident": str(holder.who.resident)})
    assert await state_of(licence) == (state, INVALID)
    await work.end_closed({"resident": str(holder.who.resident)})  # safe to repeat


async def queued(name: str, holding: str) -> list[str]:
    rows = await get_connection("default").execute_query_dict(
        "SELECT convert_from(payload, 'UTF8') AS body FROM pgqueuer WHERE entrypoint = $1", [name]
    )
    return [row["body"] for row in rows if holding in row["body"]]


async def test_the_last_day_is_one_of_them_and_the_next_is_not(api: Api, work: LicenceJobs):
    holder = await phone(api)
    over, last = await licence_of(holder, DRIVING), await licence_of(holder, INSURANCE)
    china = (datetime.now(UTC) + timedelta(hours=8)).date()
    await Licence.filter(id=over).update(until_on=china - timedelta(days=1))
    await Licence.filter(id=last).update(until_on=china)
    await work.end_expired({})
    assert await state_of(over) == ("expired", INVALID)
    assert await state_of(last) == ("valid", 0)
    notices = (await holder.send("GET", "/v1/me/notices")).body["notices"]
    assert "licence-expired" in [one["kind"] for one in notices]


@pytest.mark.parametrize(
    ("says", "state", "value"),
    [
        ({"standing": "suspended"}, "suspended", SUSPENDED),
        ({"standing": "ended"}, "withdrawn", INVALID),
        ({"until": date(2020, 1, 1)}, "expired", INVALID),
    ],
)
async def test_a_licence_stands_as_its_office_says(api: Api, says, state, value):
    """GB/T 36904 knows no half: what is suspended may come back under its number, else not."""
    holder = await phone(api)
    ledger, kind = api.parts.launch.wallet.ledger, api.parts.catalogue.licences[DRIVING]
    resident = holder.who.resident
    async with in_transaction() as connection:
        row = await ledger.settle(connection, kind, resident, held())
    assert row
    async with in_transaction() as connection:
        await ledger.settle(connection, kind, resident, held(**says))
    assert await state_of(str(row.id)) == (state, value)
    async with in_transaction() as connection:
        again = await ledger.settle(connection, kind, resident, held())
    assert again and (again.id == row.id) is (state == "suspended")
    assert await state_of(str(again.id)) == ("valid", 0)


async def test_every_night_each_living_licence_gets_a_job(api: Api, work: LicenceJobs):
    holder = await phone(api)
    old, fresh = await licence_of(holder, DRIVING), await licence_of(holder, INSURANCE)
    await Licence.filter(id=old).update(checked_at=datetime.now(UTC) - timedelta(days=2))
    await work.check_all({})
    assert len(await queued(jobs.ONE, old)) == 1
    assert not await queued(jobs.ONE, fresh)


async def test_an_erased_licence_stays_invalid_and_leaves_nothing(api: Api):
    holder = await phone(api)
    licence = await licence_of(holder, DRIVING)
    await holder.show(licence, "name")
    place = (await Licence.get(id=licence)).status_id
    async with in_transaction() as connection:
        for one in (Licensed(api.parts.ground.vault), Shown()):
            await one.erase(connection, holder.who.resident)
    assert not await Licence.exists(resident_id=holder.who.resident)
    assert not await Presentation.exists(resident_id=holder.who.resident)
    assert (await LicenceStatus.get(id=place)).value == INVALID


async def test_two_who_are_one_have_one_wallet(api: Api):
    """What the other brought in ends: it may stand on another document's number."""
    one, other = await phone(api), await phone(api)
    mine, theirs = await licence_of(one, DRIVING), await licence_of(other, DRIVING)
    async with in_transaction() as connection:
        ledger = api.parts.launch.wallet.ledger
        await ledger.hand_over(connection, other.who.resident, one.who.resident)
    assert await state_of(mine) == ("valid", 0)
    assert await state_of(theirs) == ("superseded", INVALID)
    assert UUID(str((await Licence.get(id=theirs)).resident_id)) == one.who.resident


async def test_what_was_shown_yesterday_is_forgotten(api: Api):
    holder = await phone(api)
    licence = await licence_of(holder, DRIVING)
    for _ in range(2):
        await holder.show(licence, "name")
    mine = Presentation.filter(resident_id=holder.who.resident)
    first = await mine.first()
    assert first
    await Presentation.filter(id=first.id).update(made_at=datetime.now(UTC) - timedelta(days=2))
    await jobs.forget_presentations({})
    assert await mine.count() == 1
