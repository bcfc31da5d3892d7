"""Cars and bills of two records that are one person, and what keeps bills from being erased."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from tortoise.context import TortoiseContext
from tortoise.transactions import in_transaction

from config.settings import Settings
from identity.vault import Vault
from services import joining
from services.held.bills import open_bills
from services.models import Car, MedicalBill, MedicalRefund
from tests.support import launch_held


@pytest.fixture
def vault(settings: Settings) -> Vault:
    return Vault.from_settings(settings)


async def test_what_one_record_has_is_the_others_too(vault: Vault, database: TortoiseContext):
    old, new = uuid4(), uuid4()
    await launch_held.fill(vault, old)
    async with in_transaction() as connection:
        await joining.moving(vault)(connection, old, new)
    for table in (Car, MedicalBill):
        assert await table.filter(resident_id=new).count() == 1
        assert not await table.filter(resident_id=old).exists()


async def test_money_on_its_way_keeps_bills_from_being_erased(
    vault: Vault, database: TortoiseContext
):
    resident = uuid4()
    bill = await launch_held.a_bill(vault, resident)
    assert await open_bills(resident) == ()
    for half in ("cash_done_at", "insurance_done_at"):
        await MedicalRefund.filter(bill_id=bill).update(**{half: None})
        assert await open_bills(resident) == ("open-bill",)
        await MedicalRefund.filter(bill_id=bill).update(**{half: datetime.now(UTC)})
    await MedicalBill.filter(id=bill).update(state="settling")
    assert await open_bills(resident) == ("open-bill",)


@pytest.mark.parametrize("column", ["government_fen", "cash_fen", "total_fen", "additions_fen"])
async def test_the_table_keeps_no_bill_that_breaks_an_equation(
    vault: Vault, database: TortoiseContext, column: str
):
    """Whoever writes: the check of the table holds what ``mix`` holds."""
    from tortoise.exceptions import IntegrityError

    bill = await MedicalBill.get(id=await launch_held.a_bill(vault, uuid4()))
    wrong = {column: getattr(bill, column) + 1}
    with pytest.raises(IntegrityError):
        await MedicalBill.filter(id=bill.id).update(**wrong)
