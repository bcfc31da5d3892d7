"""A medical bill is paid by insurance and cash to the fen, at a cashier; half of it goes back."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.bills import Hospital, an_insured
from tests.support.case_pages import enlarged_in_english
from tests.support.house import House
from tests.support.house_http import a_hospital_of, sandbox_of
from tests.support.residents_at_pages import (
    a_resident,
    at,
    by_network_identity,
    confirm,
    seen,
    somebody,
)
from tests.support.visitor import NOW, Visitor

pytestmark = [pytest.mark.server, pytest.mark.browser, pytest.mark.timeout(300)]
BORN = "1983-07-06"  # at work without pauses, so insured (sandbox: life)
FEES = [
    {"title": {"zh": "手术费", "en": "Surgery"}, "fen": 30_000_001},
    {"title": {"zh": "药费", "en": "Medicine"}, "fen": 345_678},
]
PARTS = ("government", "self", "other", "cash")


@pytest.fixture
async def visitor(packages: Path, running_house: House) -> AsyncIterator[Visitor]:
    async with somebody(running_house) as one:
        yield one


@pytest.fixture
async def hospital(running_house: House) -> AsyncIterator[Hospital]:
    async with a_hospital_of(running_house) as one:
        yield one


async def test_a_bill_is_paid_by_insurance_and_cash_and_half_refunded(
    running_house: House, visitor: Visitor, hospital: Hospital
) -> None:
    async with sandbox_of(running_house) as sandbox:
        person = await an_insured(sandbox, lambda: a_resident(running_house, born=BORN))
    await visitor.open("#/pages/verify/verify")
    await by_network_identity(visitor, person)
    assert await nothing_yet(visitor)

    number = await hospital.opened(
        person, fees=FEES, care="inpatient", reductions=[{"kind": "hospital", "fen": 678}]
    )
    parts = await shared_out(visitor, number)
    assert sum(parts.values()) == 30_000_001 + 345_678 - 678
    await paid_at_the_cashier(visitor, parts["cash"])
    paid = await hospital.shown(number)
    assert {one: paid[f"{one}_fen"] for one in PARTS} == parts

    half = sum(parts.values()) // 2
    back = (await hospital.refund(number, half)).body
    assert sum(back[f"{one}_fen"] for one in PARTS) == back["fen"] == half
    await half_is_back(visitor, back)
    await told_in_the_inbox(visitor)
    await small_bills_are_insurances(visitor, hospital, person)
    bill = ("bill", f"?number={number}", "#parts")
    await enlarged_in_english(visitor, ("bills", "", "[data-bill]"), bill)


async def nothing_yet(visitor: Visitor) -> bool:
    await at(visitor, "bills", "#no-bills")
    return True


async def shared_out(visitor: Visitor, number: str) -> dict[str, int]:
    """Insurance is asked when the resident asks; what each pays, in fen."""
    page = visitor.page
    await at(visitor, "bills", f"[data-bill={number}]")
    await seen(visitor, "bills")
    await page.click(f"{NOW}[data-bill={number}]")
    await page.wait_for_selector(f"{NOW}#share")
    assert not await page.locator(f"{NOW}#parts").count()
    await page.click(f"{NOW}#share")
    await page.wait_for_selector(f"{NOW}#bill[data-state=ready][data-mix=cash-and-insurance]")
    await seen(visitor, "bill-ready")
    return await parts_of(visitor)


async def parts_of(visitor: Visitor) -> dict[str, int]:
    found: dict[str, int] = dict.fromkeys(PARTS, 0)
    for part in await visitor.page.locator(f"{NOW}[data-part]").all():
        said = await part.inner_text()
        name = await part.get_attribute("data-part") or ""
        yuan = re.search(r"¥([\d,]+\.\d\d)", said)
        assert yuan
        found[name] = int(re.sub(r"\D", "", yuan[1]))
    return found


async def paid_at_the_cashier(visitor: Visitor, cash: int) -> None:
    """The provider's own page shows the same sum, and leads back to the bill."""
    page = visitor.page
    await page.click(f"{NOW}#pay")
    await page.wait_for_selector("button[value=pay]")
    asked = await page.inner_text("main")
    assert f"{cash // 100}.{cash % 100:02d}" in asked.replace(",", "")
    assert "手术" not in asked and "示范医院" not in asked  # neither where nor what for
    await page.click("button[value=pay]")
    await page.wait_for_selector(f"{NOW}#bill[data-state=paid]")
    assert not await page.locator(f"{NOW}#pay").count()
    await seen(visitor, "bill-paid")


async def half_is_back(visitor: Visitor, back: Any) -> None:
    page = visitor.page
    fen = f"{back['fen'] // 100}.{back['fen'] % 100:02d}"
    await page.wait_for_timeout(200)
    for _ in range(60):
        await page.reload()
        await page.wait_for_selector(f"{NOW}#bill[data-state=part-refunded]")
        if "已到账" in await visitor.text(""):
            break
        await page.wait_for_timeout(500)
    told = (await visitor.text("")).replace(",", "")
    assert "已到账" in told and f"¥{fen}" in told
    cash = back["cash_fen"]
    assert f"现金原路退回 ¥{cash // 100}.{cash % 100:02d}" in told
    await seen(visitor, "bill-refunded")


async def told_in_the_inbox(visitor: Visitor) -> None:
    """No message names the hospital: where somebody was treated is health."""
    await at(visitor, "notices", "[data-kind=bill-refunded]")
    told = await visitor.text("")
    assert "示范医院" not in told
    await visitor.page.locator(f"{NOW}[data-kind=bill-paid] a").click()
    await visitor.page.wait_for_selector(f"{NOW}#bill")


async def small_bills_are_insurances(visitor: Visitor, hospital: Hospital, person: Any) -> None:
    """Half of the account is back, and pays what the fund does not: no cash is left to pay."""
    fee = [{"title": {"zh": "挂号费", "en": "Registration"}, "fen": 1_000}]
    number = await hospital.opened(person, fees=fee)
    page = visitor.page
    await visitor.open(f"#/pages/bill/bill?number={number}")
    await page.click(f"{NOW}#share")
    await page.wait_for_selector(f"{NOW}#bill[data-state=ready][data-mix=insurance-only]")
    await page.click(f"{NOW}#confirm")
    await confirm(visitor)
    await page.wait_for_selector(f"{NOW}#bill[data-state=paid]")
