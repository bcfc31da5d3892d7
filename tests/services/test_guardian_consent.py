"""A service may ask that a minor has a guardian here; nobody of age is asked for one."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from tortoise.context import TortoiseContext

from config.settings import Settings
from identity import ages
from identity.guardians import GuardianConsentNeeded
from identity.models import Guardianship
from identity.person import Person
from identity.vault import Vault
from tests.services.counter import Office
from tests.support import dropped
from tests.support.minors import a_guardianship, born_years_ago, number_of

DECLARED = "guardian_consent=True,"


def somebody(years: int, days: int = 0) -> Person:
    return Person(uuid4(), "小明", number_of(born_years_ago(years, days)))


@pytest.fixture
def served(opening, database: TortoiseContext, tmp_path):
    """A counter with the dropped-in service, at which this person stands."""

    async def serve(person: Person, declared: str = DECLARED):
        counter = await opening(dropped.into(tmp_path, declared), provident_fund=Office())
        counter.person = counter.residents.person = person
        return counter

    return serve


@pytest.mark.parametrize("minor", [somebody(13), somebody(14), somebody(18, -1)])
async def test_a_minor_without_a_guardian_is_refused_and_it_is_recorded(served, minor: Person):
    counter = await served(minor)
    with pytest.raises(GuardianConsentNeeded):
        await counter.ask(dropped.ID)
    assert [row[0] for row in counter.audit.rows] == ["service:refused"]
    assert counter.audit.outcomes == ["guardian-consent-needed"]


@pytest.mark.parametrize("person", [somebody(18), somebody(40)])
async def test_nobody_of_age_is_asked_for_a_guardian(served, person: Person):
    assert await (await served(person)).ask(dropped.ID)


async def test_where_it_is_not_declared_no_minor_is_asked(served):
    assert await (await served(somebody(16), "")).ask(dropped.ID)


async def test_a_guardian_who_withdraws_is_missed_within_the_answers_minute(
    served, settings: Settings
):
    person = somebody(16)
    counter = await served(person)
    await a_guardianship(Vault.from_settings(settings), person.number, ward=person.resident)
    assert await counter.ask(dropped.ID)
    await Guardianship.all().update(ended_at=datetime.now(UTC))
    with pytest.raises(GuardianConsentNeeded):
        await counter.ask(dropped.ID)


async def test_on_the_eighteenth_birthday_the_guardianship_counts_no_more(
    served, settings: Settings
):
    person = somebody(17)
    counter = await served(person)
    await a_guardianship(Vault.from_settings(settings), person.number, ward=person.resident)
    await Guardianship.all().update(ends_on=ages.today())
    with pytest.raises(GuardianConsentNeeded):
        await counter.ask(dropped.ID)


async def test_the_catalogue_says_that_a_guardian_is_asked_for(served):
    counter = await served(somebody(40))
    page = counter.catalogue.detail(dropped.ID, "en")
    assert b'"guardian_consent":true' in page.body.replace(b" ", b"")
