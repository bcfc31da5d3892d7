"""The fields of a resident, and the answers derived from them, document by document."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from tortoise.context import TortoiseContext
from tortoise.transactions import in_transaction

from config.outbound import Outbound
from config.settings import Settings
from identity import ages, documents
from identity.errors import RegisterUnavailable, ResidentMissing
from identity.models import Contact
from identity.person import IdNumber, Person
from identity.profile import CLAIMS, Claims, Profile
from identity.register import Register
from identity.residents import Residents
from identity.scopes import OWN, PROFILE
from identity.vault import Vault
from services.sandbox.residences import registered_at
from tests.support import faces as pictures
from tests.support.log_capture import personal
from tests.support.minors import born_years_ago, number_of
from tests.support.sandbox import Sandbox
from tests.support.verification_parts import in_sandbox

PASSPORT = documents.parse("passport", "C01234567", "GB")


class NoRegister:
    """Whoever asks it fails: what a number says must not cost a question."""

    async def resides_in(self, _person: Person, _region: str) -> bool:
        raise AssertionError("asked")


class Answering:
    async def resides_in(self, _person: Person, region: str) -> bool:
        return region == "4401"


@pytest.fixture
def vault(settings: Settings) -> Vault:
    return Vault.from_settings(settings)


def profile(vault: Vault, register: object = None) -> Profile:
    return Profile(Residents(vault), register or NoRegister(), vault)  # type: ignore[arg-type]


async def somebody(vault: Vault, number: IdNumber, name: str = "欧阳修远", level: int = 4) -> UUID:
    residents = Residents(vault)
    async with in_transaction() as connection:
        row = await residents.admit(connection, number, personal(name), level)
    return UUID(str(row.id))


async def told(vault: Vault, number: IdNumber, *fields: str, name: str = "欧阳修远") -> Claims:
    found = await profile(vault).read(await somebody(vault, number, name), fields, "4401")
    return {claim: value for claims in found.values() for claim, value in claims.items()}


def test_every_profile_scope_is_a_field_with_its_claims():
    fields = {scope.id.removeprefix(PROFILE) for scope in OWN if scope.id.startswith(PROFILE)}
    assert fields == set(CLAIMS)
    names = [name for claims in CLAIMS.values() for name in claims]
    assert len(names) == len(set(names))


async def test_of_nobody_nothing_is_read(vault: Vault, database: TortoiseContext):
    with pytest.raises(ResidentMissing):
        await profile(vault).read(uuid4(), ["name"], "")


async def test_only_what_is_asked_is_read(vault: Vault, database: TortoiseContext):
    number = number_of(born_years_ago(40))
    assert await told(vault, number) == {}
    assert await told(vault, number, "over-18") == {"over_18": True}


@pytest.mark.parametrize(
    ("years", "days", "over"),
    [(17, 364, (False, False)), (18, 0, (True, False)), (59, 364, (True, False)),
     (60, 0, (True, True))],
)  # fmt: skip
async def test_an_age_is_complete_on_the_birthday(
    vault: Vault, database: TortoiseContext, years: int, days: int, over: tuple[bool, bool]
):
    """Civil Code art. 17; the calendar of Shanghai (identity.ages)."""
    said = await told(vault, number_of(born_years_ago(years, days)), "over-18", "over-60")
    assert said == dict(zip(("over_18", "over_60"), over, strict=True))


@pytest.mark.parametrize(("order", "gender"), [(1, "male"), (2, "female")])
async def test_what_the_number_says_is_said(
    vault: Vault, database: TortoiseContext, order: int, gender: str
):
    born = born_years_ago(30)
    number = number_of(born, order)
    said = await told(
        vault, number, "name", "name-masked", "birthdate", "gender", "id-number", "id-number-masked"
    )
    assert said == {
        "name": "欧阳修远",
        "name_masked": "欧**远",
        "birthdate": born.isoformat(),
        "gender": gender,
        "id_number": number.value,
        "id_type": "resident-id",
        "id_number_masked": number.masked,
    }


@pytest.mark.parametrize("field", ["birthdate", "gender", "over-18", "over-60", "resident-here"])
async def test_what_a_passport_does_not_say_is_absent(
    vault: Vault, database: TortoiseContext, field: str
):
    assert await told(vault, PASSPORT, field, name="JANE DOE") == {}


async def test_a_telephone_that_was_never_confirmed_is_absent(
    vault: Vault, database: TortoiseContext
):
    assert await told(vault, number_of(born_years_ago(40)), "phone") == {}


async def test_a_confirmed_telephone_is_told_in_international_form(
    vault: Vault, database: TortoiseContext
):
    """OpenID Connect Core §5.1: E.164."""
    resident, row = await somebody(vault, number_of(born_years_ago(40))), uuid4()
    sealed = vault.seal(b"13900001234", f"contact.phone:{row}")
    await Contact.create(
        id=row, resident_id=resident, phone_sealed=sealed, verified_at=datetime.now(UTC)
    )
    found = await profile(vault).read(resident, ["phone"], "")
    assert found["phone"] == {
        "phone_number": personal("+8613900001234"),
        "phone_number_verified": True,
    }


@pytest.mark.parametrize(
    ("region", "there"), [("4401", True), ("440100", True), ("11", False), ("440000", False)]
)
async def test_a_residence_is_the_registers_word(
    vault: Vault, database: TortoiseContext, region: str, there: bool
):
    resident = await somebody(vault, number_of(born_years_ago(40)))
    found = await profile(vault, Answering()).read(resident, ["resident-here"], region)
    assert found["resident-here"] == {"resident_here": there}


async def test_a_partner_without_a_region_is_told_nothing_of_a_residence(
    vault: Vault, database: TortoiseContext
):
    resident = await somebody(vault, number_of(born_years_ago(40)))
    assert await profile(vault, Answering()).read(resident, ["resident-here"], "") == {}


async def test_the_register_says_yes_or_no_and_never_where(
    settings: Settings, healthy_sandbox: Sandbox
):
    asking = in_sandbox(settings, healthy_sandbox)
    made = await healthy_sandbox.new_resident(pictures.portrait(pictures.OBAMA))
    number = documents.parse("resident-id", made.number)
    person = Person(uuid4(), made.name, number)
    county = registered_at(made.number)
    async with Outbound(asking) as outbound:
        register = Register(outbound, asking)
        for region, there in ((county[:2], True), (county, True), ("110105", False)):
            assert await register.resides_in(person, region) is there
        stranger = Person(uuid4(), "另外一人", number)
        unknown = Person(uuid4(), made.name, number_of(ages.today().replace(year=1950, day=1)))
        for nobody in (stranger, unknown):
            assert await register.resides_in(nobody, county) is False
        await healthy_sandbox.fault("population-register", "malformed", times=1)
        with pytest.raises(RegisterUnavailable):
            await register.resides_in(person, county)
