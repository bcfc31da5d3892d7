"""A child under fourteen: nothing begins, and nothing ends, without a guardian's code."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from tortoise.context import TortoiseContext
from tortoise.transactions import in_transaction

from config.settings import Settings
from identity import ages, guardians
from identity.guardians import GuardianConsentNeeded
from identity.models import Consent, Guardianship, Resident, Try
from identity.person import IdNumber, Person
from identity.vault import Vault
from tests.support import faces as pictures
from tests.support.minors import CODE, a_guardianship, born_years_ago, number_of
from tests.support.verification_parts import Counter

CHILD = number_of(born_years_ago(10))
SIBLING = number_of(born_years_ago(10), 2)
TEENAGER = number_of(born_years_ago(16))
ADULT = number_of(born_years_ago(30))
ALMOST = number_of(born_years_ago(14, -1), 3)


@pytest.fixture
def vault(settings: Settings, database: TortoiseContext) -> Vault:
    return Vault.from_settings(settings)


async def confirm(vault: Vault, number: IdNumber = CHILD) -> object:
    whose = uuid4()
    async with in_transaction() as connection:
        await guardians.confirm(connection, vault, number, whose)
    return whose


@pytest.mark.parametrize("code", ["", "ABCD2346", "0", "x" * 32])
async def test_a_missing_or_wrong_code_is_refused(vault: Vault, code: str) -> None:
    await a_guardianship(vault, CHILD)
    with pytest.raises(GuardianConsentNeeded):
        await guardians.check(vault, CHILD, code)


async def test_the_same_is_said_of_every_fault(vault: Vault) -> None:
    await a_guardianship(vault, CHILD, code="", hours=1)
    await a_guardianship(vault, SIBLING, hours=-0.01)
    said = []
    for number, code in ((CHILD, ""), (CHILD, CODE), (SIBLING, CODE), (ALMOST, "")):
        with pytest.raises(GuardianConsentNeeded) as caught:
            await guardians.check(vault, number, code)
        said.append((caught.value.code, caught.value.facts, caught.value.headers))
    assert said == [said[0]] * 4


async def test_the_code_of_a_sibling_is_refused(vault: Vault) -> None:
    await a_guardianship(vault, SIBLING)
    await a_guardianship(vault, CHILD, code="")
    with pytest.raises(GuardianConsentNeeded):
        await guardians.check(vault, CHILD, CODE)


@pytest.mark.parametrize(
    "change", [{"ended_at": datetime.now(UTC)}, {"ends_on": ages.today()}], ids=["ended", "of age"]
)
async def test_a_guardianship_that_is_over_lets_nobody_in(vault: Vault, change: dict) -> None:
    await a_guardianship(vault, CHILD)
    await Guardianship.all().update(**change)
    with pytest.raises(GuardianConsentNeeded):
        await guardians.check(vault, CHILD, CODE)
    with pytest.raises(GuardianConsentNeeded):
        await confirm(vault)


@pytest.mark.parametrize("number", [TEENAGER, ADULT, IdNumber("E12345678", "passport")])
async def test_from_fourteen_on_no_code_is_asked(vault: Vault, number: IdNumber) -> None:
    await guardians.check(vault, number, "")
    await confirm(vault, number)


@pytest.mark.parametrize(
    "typed", [CODE, "abcd2345", " abcd-2345 ", "ABCD 2345", "ＡＢＣＤ２３４５"]
)
async def test_a_good_code_is_understood_however_it_is_typed(vault: Vault, typed: str) -> None:
    await a_guardianship(vault, CHILD)
    await guardians.check(vault, CHILD, typed)


async def test_checking_spends_nothing_and_confirming_does(vault: Vault) -> None:
    await a_guardianship(vault, CHILD)
    for _ in range(3):
        await guardians.check(vault, CHILD, CODE)
    await confirm(vault)
    for again in (guardians.check(vault, CHILD, CODE), confirm(vault)):
        with pytest.raises(GuardianConsentNeeded):
            await again


async def test_of_many_at_once_one_is_confirmed(vault: Vault) -> None:
    await a_guardianship(vault, CHILD)
    tried = await asyncio.gather(*(confirm(vault) for _ in range(8)), return_exceptions=True)
    assert sum(isinstance(one, GuardianConsentNeeded) for one in tried) == 7
    assert (await Guardianship.get()).ward_id in tried


async def test_what_a_code_began_may_end_within_the_hour(vault: Vault) -> None:
    row = await a_guardianship(vault, CHILD, hours=-0.5)
    with pytest.raises(GuardianConsentNeeded):
        await guardians.check(vault, CHILD, CODE)
    await confirm(vault)
    row.code_until = datetime.now(UTC) - timedelta(hours=2)
    row.code = "c" * 64
    await row.save()
    with pytest.raises(GuardianConsentNeeded):
        await confirm(vault)


async def test_the_consent_follows_the_child_who_is_admitted(vault: Vault) -> None:
    row = await a_guardianship(vault, CHILD)
    await Consent.create(
        id=uuid4(), resident_id=row.id, purpose="guardian-consent", version="v", text_hash="h",
        locale="en", channel="web", given_at=datetime.now(UTC), given_by=row.guardian_id,
    )  # fmt: skip
    whose = await confirm(vault)
    kept = await Consent.get()
    assert (kept.resident_id, kept.given_by) == (whose, row.guardian_id)


async def test_a_service_that_asks_for_a_guardian_refuses_minors_without_one(vault: Vault) -> None:
    child, teenager = (Person(uuid4(), "小明", number) for number in (CHILD, TEENAGER))
    for minor in (child, teenager):
        with pytest.raises(GuardianConsentNeeded):
            await guardians.require(minor)
    await guardians.require(Person(uuid4(), "张三", ADULT))
    await a_guardianship(vault, TEENAGER, ward=teenager.resident)
    await guardians.require(teenager)
    await Guardianship.all().update(ended_at=datetime.now(UTC))
    with pytest.raises(GuardianConsentNeeded):
        await guardians.require(teenager)


async def test_no_child_is_verified_without_a_guardian(counter: Counter) -> None:
    child = await counter.resident(born=f"{born_years_ago(10):%Y-%m-%d}")
    await counter.sandbox.fault("population-register", "error")  # nothing is asked of it
    with pytest.raises(GuardianConsentNeeded):
        await counter.story.verify(await counter.claim(child))
    assert not await Try.exists() and not await Resident.exists()


async def test_a_child_is_verified_with_the_code_and_only_once(counter: Counter) -> None:
    child = await counter.resident(born=f"{born_years_ago(10):%Y-%m-%d}")
    await a_guardianship(counter.worker.vault, IdNumber(child.number))
    wrong_face = await counter.claim(child, pictures.BIDEN, guardian_code=CODE)
    with pytest.raises(Exception, match="face-differs"):
        await counter.story.verify(wrong_face)
    done = await counter.story.verify(await counter.claim(child, guardian_code=CODE))
    assert (await Guardianship.get()).ward_id == done.resident.id
    with pytest.raises(GuardianConsentNeeded):
        await counter.story.verify(await counter.claim(child, guardian_code=CODE))


async def test_a_way_that_forgot_to_ask_is_refused_at_the_end(vault: Vault) -> None:
    with pytest.raises(GuardianConsentNeeded):
        await confirm(vault)
