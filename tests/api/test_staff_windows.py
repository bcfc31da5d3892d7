"""Twenty windows on four workers: no two ever hold one case."""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from identity.models import AuditEvent
from identity.staff.roles import Member, Role
from services.models import Application, ApplicationEvent
from tests.support.cases import FUND, Applicant, a_case, an_applicant
from tests.support.http import Api
from tests.support.windows import Windows

WORKERS, EACH = 4, 5


def somebody() -> Member:
    roles = frozenset({Role.CASEWORKER})
    return Member(uuid4(), "w", roles, "44", uuid4(), frozenset({FUND}), document="")


MEMBERS = [[somebody() for _ in range(EACH)] for _ in range(WORKERS)]


@pytest.fixture(scope="module")
async def applicant(api: Api) -> Applicant:
    return await an_applicant(api)


@pytest.fixture(scope="module")
async def workers(api: Api) -> AsyncIterator[list[Windows]]:
    opening = (Windows.opened(api.settings, members) for members in MEMBERS)
    found = await asyncio.gather(*opening)
    yield list(found)
    for one in found:
        await one.close()


async def all_try(workers: list[Windows], what: str) -> dict[str, str]:
    """What each window got, by the id of who sits there."""
    told = await asyncio.gather(*(one.all_try(what) for one in workers))
    pairs = zip(MEMBERS, told, strict=True)
    return {str(m.id): got for ms, gots in pairs for m, got in zip(ms, gots, strict=True)}


async def test_twenty_windows_share_twelve_cases(api: Api, applicant, workers):
    cases = sorted([await a_case(api, applicant) for _ in range(12)])
    got = await all_try(workers, "next")
    assert len(got) == WORKERS * EACH
    assert sorted(one for one in got.values() if one != "none") == cases
    held = await Application.filter(number__in=cases)
    assert {str(one.staff_id): one.number for one in held} == {
        who: number for who, number in got.items() if number != "none"
    }
    assert await ApplicationEvent.filter(name="take").count() == 12
    reads = AuditEvent.filter(event="case:taken", resident_id=applicant.resident)
    assert await reads.count() == 12


async def test_one_case_that_all_of_them_want_is_one_windows(api: Api, applicant, workers):
    number = await a_case(api, applicant)
    got = await all_try(workers, number)
    (holder,) = [who for who, told in got.items() if told == number]
    assert [told for told in got.values() if told != number] == ["case-taken"] * 19
    row = await Application.get(number=number)
    assert str(row.staff_id) == holder
    assert await ApplicationEvent.filter(name="take", application_id=row.id).count() == 1
