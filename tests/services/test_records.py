"""No audit, no answer: with the real audit, vault and residents, on the real database."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from redis.asyncio import Redis

from config.errors import Unavailable
from config.settings import Settings
from identity import audit as audits
from identity.audit import Audit
from identity.errors import ResidentMissing, StepUpNeeded
from identity.models import AuditEvent, Resident
from identity.residents import Residents
from identity.vault import Vault
from services.desk import Desk
from services.errors import NoRecord, QuestionInvalid
from tests.services.counter import NAME, NUMBER, Office, caller, samples
from tests.support.people import Admitted, admit

BALANCE = "provident-fund-balance"


def fund(name: str) -> Office:
    [file] = [file for room, file in samples() if (room, file.stem) == ("provident_fund", name)]
    return Office(json.loads(file.read_text(encoding="utf-8"))["replies"])


@pytest.fixture
async def real(
    settings: Settings, cache: Redis, database: object, opening
) -> AsyncIterator[object]:
    """Opens a counter whose desk has the real parts; yields (counter, admitted resident)."""
    audit = Audit()

    async def open_real(office: Office) -> tuple[object, Admitted]:
        counter = await opening(provident_fund=office)
        admitted = await admit(settings, NAME, NUMBER)
        vault = Vault.from_settings(settings)
        counter.desk = Desk(counter.departments, Residents(vault), audit, cache, vault)
        counter.person = admitted.person
        return counter, admitted

    yield open_real
    await audit.close()


async def rows(admitted: Admitted) -> list[tuple[str, str, str, str]]:
    found = await audits.activity(admitted.resident, None, 100)
    return [(row.event, row.service, row.purpose, row.outcome) for row in reversed(found)]


async def test_the_read_is_committed_when_the_answer_leaves(real):
    counter, admitted = await real(fund("balance"))
    answered = await counter.ask(BALANCE)
    assert json.loads(answered.answer)["balance"] == 57430724
    assert await rows(admitted) == [("service:answered", BALANCE, "own-record", "ok")]


async def test_the_department_was_asked_about_the_person_behind_the_token(real):
    office = fund("balance")
    counter, _ = await real(office)
    await counter.ask(BALANCE)
    assert json.loads(office.requests[0][2]) == {"number": NUMBER, "name": NAME}


async def test_refusals_and_failures_are_recorded_with_their_outcome(real):
    counter, admitted = await real(fund("no_account"))
    with pytest.raises(NoRecord):
        await counter.ask(BALANCE)
    with pytest.raises(QuestionInvalid):
        await counter.ask(BALANCE, name=NAME)
    with pytest.raises(StepUpNeeded):
        await counter.ask(BALANCE, who=caller(admitted.resident, acr="1"))
    assert await rows(admitted) == [
        ("service:failed", BALANCE, "own-record", "no-record"),
        ("service:refused", BALANCE, "own-record", "question-invalid"),
        ("service:refused", BALANCE, "own-record", "step-up-needed"),
    ]


async def test_without_the_audit_there_is_no_answer_not_even_a_remembered_one(real):
    counter, _ = await real(fund("balance"))
    await counter.ask(BALANCE)
    await counter.desk._audit.close()
    with pytest.raises(Unavailable):
        await counter.ask(BALANCE)


async def test_a_closed_resident_is_not_asked_about(real):
    office = fund("balance")
    counter, admitted = await real(office)
    await Resident.filter(id=admitted.resident).update(closed_at=datetime.now(UTC))
    with pytest.raises(ResidentMissing):
        await counter.ask(BALANCE)
    assert office.requests == []


async def test_a_remembered_answer_opens_no_record_and_is_recorded_each_time(real):
    office = fund("balance")
    counter, admitted = await real(office)
    for _ in range(3):
        await counter.ask(BALANCE)
    assert len(office.requests) == 1
    assert len(await rows(admitted)) == 3


async def test_a_crowd_is_recorded_one_by_one(real):
    counter, admitted = await real(fund("balance"))
    await asyncio.gather(*(counter.ask(BALANCE) for _ in range(50)))
    assert len(await rows(admitted)) == 50


async def test_no_value_of_the_person_stands_in_the_audit(real):
    counter, admitted = await real(fund("balance"))
    await counter.ask(BALANCE)
    [row] = await AuditEvent.filter(resident_id=admitted.resident).values()
    assert NUMBER not in str(row) and NAME not in str(row) and "57430724" not in str(row)
