"""Tickets, appointments, figures, jobs, books and attacks: what a journey does not show of them."""

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from tortoise.connection import get_connection
from tortoise.transactions import in_transaction

from config.jobs import enqueue
from identity.models import AuditEvent
from services.applications.numbers import made
from services.clocks import today
from services.models import Booking, PaymentDifference, Progress, Ticket
from tests.support.cases import FUND, MARRIAGES, a_ticket, an_applicant
from tests.support.desk import Reader
from tests.support.http import Api
from tests.support.staff import room_of

OFFICE = "440902"


@pytest.fixture(scope="module")
async def operator(api: Api) -> Reader:
    return await Reader.signed_in(api, await room_of(api).hire("operator"))


@pytest.fixture(scope="module")
async def clerk(api: Api) -> Reader:
    one = await room_of(api).hire("caseworker", "listener", departments=[FUND, MARRIAGES])
    return await Reader.signed_in(api, one)


async def a_dead_letter() -> int:
    async with in_transaction() as connection:
        job = await enqueue(connection, "send-notice", {"notice": str(uuid4())})
        await connection.execute_query("UPDATE pgqueuer SET status = 'failed' WHERE id = $1", [job])
    return job


async def status_of(job: int) -> str:
    rows = await get_connection("default").execute_query_dict(
        "SELECT status::text AS status FROM pgqueuer WHERE id = $1", [job]
    )
    return str(rows[0]["status"])


def ticked(text: str) -> set[str]:
    return set(re.findall(r'name="ids" value="(\d+)" checked', text))


async def a_booking(since: timedelta) -> str:
    """Of today, begun so long ago; its number."""
    at = datetime.now(UTC) - since
    row = await Booking.create(
        id=uuid4(), number=made("YY", today()), service="marriage-appointment",
        office=OFFICE, day=today(), starts_at=at, ends_at=at + timedelta(hours=1), seat=1,
        state="booked", created_at=at, changed_at=at,
    )  # fmt: skip
    return row.number


async def test_nothing_chosen_starts_nothing_again(operator: Reader):
    job = await a_dead_letter()
    await operator.open("jobs")
    sheet = await operator.submit("revive")
    assert (sheet.status, sheet.said) == (422, "请先选择任务")
    assert await status_of(job) == "failed"


async def test_what_was_chosen_stays_chosen_where_one_of_it_is_gone(operator: Reader):
    job, gone = await a_dead_letter(), await a_dead_letter()
    await operator.open("jobs")
    await get_connection("default").execute_query("DELETE FROM pgqueuer WHERE id = $1", [gone])
    sheet = await operator.submit("revive", ids=[str(job), str(gone)])
    assert sheet.status == 404 and ticked(sheet.text) == {str(job)}
    assert await status_of(job) == "failed"


async def test_all_are_chosen_at_once_and_started_again(operator: Reader):
    jobs = {await a_dead_letter(), await a_dead_letter()}
    chosen = ticked((await operator.open("jobs?chosen=all")).text)
    assert {str(job) for job in jobs} <= chosen
    sheet = await operator.submit("revive", ids=sorted(chosen))
    assert sheet.status == 200 and sheet.said.startswith("已重新启动")
    assert {await status_of(job) for job in jobs} == {"queued"}


async def test_what_goes_on_by_itself_is_a_frame_and_nothing_else_is(operator: Reader):
    """A page that is asked for anew under one's hands loses what was chosen there."""
    await Progress.all().delete()
    sheet = await operator.open("jobs")
    assert not sheet.refreshes
    assert "frame-ancestors 'none'" in sheet.headers["Content-Security-Policy"]
    assert (await operator.submit("begin")).said.startswith("已开始")
    sheet = await operator.open("jobs/running")
    assert 'http-equiv="refresh" content="3"' in sheet.text and "<progress" in sheet.text
    assert "frame-ancestors 'self'" in sheet.headers["Content-Security-Policy"]
    assert not (await operator.open("jobs/running?still=yes")).refreshes
    await operator.open("jobs")
    assert (await operator.submit("begin")).status == 409  # one of a name runs at a time


async def test_a_difference_seen_to_meanwhile_is_said_to_be(operator: Reader):
    row = await PaymentDifference.create(
        id=uuid4(), day=today(), kind="payment-unknown", number="ZF99", transaction="4200",
        there_fen=1250, found_at=datetime.now(UTC), settled_by="", how="",
    )  # fmt: skip
    assert "¥12.50" in (await operator.open("books")).text
    await PaymentDifference.filter(id=row.id).update(settled_at=datetime.now(UTC), how="explained")
    sheet = await operator.submit("settle", how="put-right")
    assert sheet.status == 409 and sheet.said
    assert (await PaymentDifference.get(id=row.id)).how == "explained"


@pytest.mark.parametrize(("asked", "shown"), [("168", "168"), ("5", "24"), ("x", "24")])
async def test_attacks_are_of_hours_that_are_offered(operator: Reader, asked: str, shown: str):
    sheet = await operator.open(f"attacks?hours={asked}")
    assert sheet.status == 200 and f'<option value="{shown}" selected>' in sheet.text


async def test_a_region_that_fits_nothing_is_said_beside_what_was_asked_for(clerk: Reader):
    sheet = await clerk.open("figures?by=region&months=36&region=x1")
    assert sheet.status == 422 and sheet.said and 'value="x1"' in sheet.text
    assert all(f'<option value="{one}" selected>' in sheet.text for one in ("region", "36"))


async def test_nobody_is_written_down_as_missing_by_one_click(clerk: Reader):
    number = await a_booking(timedelta(minutes=30))
    page = f"bookings/{number}?office=marriage-appointment%7C{OFFICE}&day={today()}"
    await clerk.open(page)
    reads = await AuditEvent.filter(event__contains="booking").count()
    sheet = await clerk.submit("no-show")
    assert 'role="alertdialog"' in sheet.text
    assert (await Booking.get(number=number)).state == "booked"
    assert await AuditEvent.filter(event__contains="booking").count() == reads
    sheet = await clerk.submit("no-show")  # the page that asks
    assert sheet.said.startswith("已记为没有到场")
    assert (await Booking.get(number=number)).state == "no-show"
    back = re.search(r'href="(/desk/bookings\?[^"]+)"', sheet.text)
    assert back and f"day={today()}" in back[1] and "done=" not in back[1]


async def test_who_has_no_office_is_shown_no_day(api: Api):
    one = await Reader.signed_in(api, await room_of(api).hire("caseworker", departments=[FUND]))
    sheet = await one.open(f"bookings?office=marriage-appointment%7C{OFFICE}&day=nonsense")
    assert sheet.status == 200 and "这一天没有预约" in sheet.text


async def test_a_refused_answer_keeps_its_words(api: Api, clerk: Reader):
    applicant = await an_applicant(api)
    number = await a_ticket(api, applicant, "complaint", "网上写的是不用跑。")
    await clerk.open(f"tickets/{number}")
    await clerk.submit("take")
    await clerk.submit("call", outcome="reached")
    sheet = await clerk.submit("answer", answer="no-such-answer", words="已更正指南。")
    assert sheet.status == 422 and sheet.said
    assert re.search(r"<textarea[^>]*>\s*已更正指南。</textarea>", sheet.text)
    assert (await Ticket.get(number=number)).state != "answered"
