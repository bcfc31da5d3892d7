"""What waits for a resident on the first page: bills and offers among it, and what that costs."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from services.models import Booking, BookingParty, MedicalBill
from tests.support.http import Api, SignedIn
from tests.support.launch_held import a_bill
from tests.support.statements import asked, counted

PATH = "/v1/me/waiting"
MOST = 6  # statements: two lists of applications, offers, bills, messages, reports


@pytest.fixture
async def me(api: Api) -> SignedIn:
    return await api.sign_in()


async def an_offer(me: SignedIn, hours: float, state: str = "offered") -> str:
    """A time that a line offered, to be accepted within so many hours; its number."""
    id, now = uuid4(), datetime.now(UTC)
    begins = now + timedelta(days=20, seconds=id.int % 10**6)  # a seat that nobody else has
    row = await Booking.create(
        id=id, number=f"YY{id.int % 10**13:013d}", service="marriage-appointment",
        office="440902", day=begins.date(), starts_at=begins, ends_at=begins, seat=1, state=state,
        until=now + timedelta(hours=hours), created_at=now, changed_at=now,
    )  # fmt: skip
    await BookingParty.create(
        id=uuid4(), booking_id=id, service="marriage-appointment", resident_id=me.resident,
        place=1, living=state == "offered", confirmed_at=now,
    )  # fmt: skip
    return str(row.number)


@pytest.mark.parametrize(("hours", "state"), [(-1, "offered"), (1, "cancelled"), (1, "lapsed")])
async def test_what_can_be_accepted_no_more_does_not_wait(
    api: Api, me: SignedIn, hours: float, state: str
) -> None:
    await an_offer(me, hours, state)
    assert (await api.get(PATH, me.access)).body["offers"] == []


async def test_bills_wait_while_they_can_be_paid(api: Api, me: SignedIn) -> None:
    vault, resident = api.parts.ground.vault, me.resident
    for state in ("opened", "ready", "settling", "paid", "expired"):
        await a_bill(vault, resident, state=state)
    late = await a_bill(vault, resident, state="ready")
    await MedicalBill.filter(id=late).update(expires_at=datetime.now(UTC))
    assert (await api.get(PATH, me.access)).body["bills_unpaid"] == 2
    stranger = await api.sign_in()
    assert (await api.get(PATH, stranger.access)).body["bills_unpaid"] == 0


async def test_the_first_page_costs_the_same_whatever_waits(api: Api, me: SignedIn) -> None:
    await api.get(PATH, me.access)  # the session itself is read once
    number = await an_offer(me, 2)
    await a_bill(api.parts.ground.vault, me.resident, state="opened")
    with counted() as said:
        answer = await api.get(PATH, me.access)
    assert ([one["number"] for one in answer.body["offers"]], answer.body["bills_unpaid"]) == (
        [number], 1,
    )  # fmt: skip
    assert len(asked(said)) <= MOST, said
