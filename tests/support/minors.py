"""Children and their guardians: numbers by age, and guardianships as a registration leaves them."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

from identity import ages, documents, guardians
from identity.documents.citizen_number import check_character
from identity.models import Guardianship
from identity.person import IdNumber
from identity.vault import Vault
from tests.support.log_capture import personal

CODE = "ABCD2345"


def born_years_ago(years: int, days: int = 0) -> date:
    """Whose birthday with that many years was ``days`` ago."""
    today = ages.today()
    return date(today.year - years, today.month, min(today.day, 28)) - timedelta(days=days)


def number_of(born: date, order: int = 1) -> IdNumber:
    """A valid number with this birth date."""
    seventeen = f"440524{born:%Y%m%d}{order:03d}"
    return documents.parse("resident-id", personal(seventeen + check_character(seventeen)))


async def a_guardianship(
    vault: Vault,
    number: IdNumber,
    *,
    code: str = CODE,
    hours: float = 24,
    guardian: UUID | None = None,
    ward: UUID | None = None,
) -> Guardianship:
    """A row as ``identity.wards`` leaves it, with a code that is good for ``hours``."""
    born, row = documents.born(number), uuid4()
    assert born
    return await Guardianship.create(
        id=row,
        guardian_id=guardian or uuid4(),
        ward_id=ward,
        ward=vault.digest("ward", number.canonical),
        ward_name_sealed=vault.seal("小明".encode(), f"guardianship.ward_name:{row}"),
        code=guardians.code_digest(vault, row, code) if code else "",
        code_until=datetime.now(UTC) + timedelta(hours=hours) if code else None,
        ends_on=ages.birthday(born, ages.OF_AGE),
    )
