"""Ratings, complaints and their tickets over HTTP, from the bad grade to the answer's end."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from services.clocks import add_working_days, today
from services.models import Application, Rating
from tests.support.cases import FUND, WITHDRAWAL, Applicant, a_case, an_applicant
from tests.support.http import Answer, Api, SignedIn
from tests.support.log_capture import personal
from tests.support.staff import Desk, at_work
from tests.support.statements import counted

WORDS = personal("等了三个星期，没有人接电话")


@pytest.fixture(scope="module")
async def applicant(api: Api) -> Applicant:
    return await an_applicant(api)


@pytest.fixture(scope="module")
async def me(api: Api, applicant: Applicant) -> SignedIn:
    return await api.sign_in(resident=applicant.resident)


@pytest.fixture(scope="module")
async def listener(api: Api) -> Desk:
    return await at_work(api, "listener", departments=[FUND])


async def finished(api: Api, applicant: Applicant) -> str:
    over = {"state": "approved", "finished_at": datetime.now(UTC), "waits_for": ""}
    return await a_case(api, applicant, **over)


async def say(api: Api, who: SignedIn, number: str, what: str, key: str = "", **body: object):
    headers = {"Idempotency-Key": key or str(uuid4())}
    path = f"/v1/applications/{number}/{what}"
    return await api.post(path, body, who.access, headers=headers)


async def case(api: Api, who: SignedIn, number: str) -> Answer:
    return await api.get(f"/v1/applications/{number}", who.access)


@pytest.mark.parametrize(
    "body",
    [{"grade": 0}, {"grade": 6}, {"grade": 1.5}, {}, {"grade": 5, "words": "x" * 501}],
    ids=["zero", "six", "half", "nothing", "too long"],
)
async def test_a_rating_of_another_form_is_refused(api: Api, applicant, me: SignedIn, body: dict):
    number = await finished(api, applicant)
    assert (await say(api, me, number, "rating", **body)).status == 422
    assert (await case(api, me, number)).body["rating"] is None


async def test_without_a_key_by_a_stranger_or_by_staff_nothing_is_rated(
    api: Api, applicant: Applicant, me: SignedIn, listener: Desk
):
    number = await finished(api, applicant)
    path, good = f"/v1/applications/{number}/rating", {"grade": 5}
    keyless = await api.post(path, good, me.access)
    assert (keyless.status, keyless.code) == (422, "idempotency-key-missing")
    assert (await say(api, await api.sign_in(), number, "rating", grade=5)).status == 404
    assert (await listener.post(path, good)).status == 401
    row = await Application.get(number=number)
    assert not await Rating.filter(application_id=row.id).exists()


async def test_a_bad_rating_is_called_back_about_answered_and_settled(
    api: Api, applicant: Applicant, me: SignedIn, listener: Desk
):
    number = await finished(api, applicant)
    assert "rate" in (await case(api, me, number)).body["may"]
    rated = [
        await say(api, me, number, "rating", "one", grade=1, words=WORDS, tags=["slow"])
        for _ in range(2)
    ]
    ticket = rated[0].body["ticket"]
    assert [one.status for one in rated] == [201, 201] and rated[1].body == rated[0].body
    other = await say(api, me, number, "rating", "one", grade=5)
    assert (other.status, other.code) == (422, "idempotency-key-reused")
    assert (await say(api, me, number, "rating", grade=5)).code == "rating-given"
    file = (await case(api, me, number)).body
    assert "rate" not in file["may"] and file["rating"]["ticket"] == ticket
    assert (file["rating"]["grade"], file["rating"]["words"]) == (1, WORDS)
    mine = (await api.get(f"/v1/tickets/{ticket}", me.access)).body
    assert (mine["state"], mine["kind"], mine["words"]) == ("open", "rating", WORDS)
    assert mine["due_on"] == str(add_working_days(today(), 15))
    assert (await api.get("/v1/me/waiting", me.access)).body["tickets_open"] >= 1
    path = f"/staff/tickets/{ticket}"
    assert (await listener.post(f"{path}/taking")).status == 204
    answer = {"answer": "put-right", "words": "已向您致歉"}
    assert (await listener.post(f"{path}/answer", answer)).code == "call-back-needed"
    assert (await listener.post(f"{path}/call", {"outcome": "reached"})).status == 204
    assert (await listener.post(f"{path}/answer", answer)).status == 204
    mine = (await api.get(f"/v1/tickets/{ticket}", me.access)).body
    assert (mine["state"], mine["answer"], mine["answer_words"]) == (
        "answered", "put-right", answer["words"],
    )  # fmt: skip
    settle = f"/v1/tickets/{ticket}/satisfaction"
    assert (await api.post(settle, {"settled": False}, me.access)).status == 204
    assert (await api.get(f"/v1/tickets/{ticket}", me.access)).body["state"] == "reopened"
    assert (await api.post(settle, {"settled": True}, me.access)).code == "ticket-moved"


async def test_a_complaint_is_opened_once_and_nobody_else_sees_it(
    api: Api, applicant: Applicant, me: SignedIn
):
    number = await a_case(api, applicant)
    opened = await say(api, me, number, "complaint", "c", words=WORDS)
    assert (opened.status, (await say(api, me, number, "complaint", "c", words=WORDS)).body) == (
        201, opened.body,
    )  # fmt: skip
    twice = await say(api, me, number, "complaint", words=WORDS)
    assert (twice.status, twice.code) == (409, "ticket-open-already")
    ticket, other = opened.body["number"], await api.sign_in()
    assert (await api.get(f"/v1/tickets/{ticket}", other.access)).code == "ticket-missing"
    assert (await api.get("/v1/tickets", other.access)).body == {"tickets": []}
    settle = f"/v1/tickets/{ticket}/satisfaction"
    assert (await api.post(settle, {"settled": True}, other.access)).code == "ticket-missing"
    assert (await say(api, me, number, "complaint", words="  ")).status == 422


async def test_the_list_of_tickets_costs_the_same_whatever_its_length(api: Api, applicant):
    who, costs = await api.sign_in(resident=applicant.resident), []
    for _ in range(2):
        await api.get("/v1/tickets", who.access)
        with counted() as statements:
            await api.get("/v1/tickets", who.access)
        costs.append(len([one for one in statements if '"ticket"' in one]))
        await say(api, who, await a_case(api, applicant), "complaint", words=WORDS)
    assert costs == [1, 1]


async def test_the_public_figures_tell_everybody_of_crowds_and_nobody_of_a_few(api: Api):
    figures = api.parts.counter.figures
    figures._until = 0.0  # a worker counts once a minute
    assert await Rating.all().count() < 10
    few = await api.get("/v1/ratings")
    assert (few.status, few.body["departments"], few.body["least"]) == (200, [], 10)
    now = datetime.now(UTC)
    rows = [
        Rating(
            id=uuid4(), application_id=uuid4(), resident_id=uuid4(), service=WITHDRAWAL,
            department=FUND, grade=grade, active=grade > 0, created_at=now,
        )
        for grade in (*[5] * 12, *[0] * 11)
    ]  # fmt: skip
    await Rating.bulk_create(rows)
    assert (await api.get("/v1/ratings")).body["departments"] == []  # of the same minute
    figures._until = 0.0
    answer = await api.get("/v1/ratings")
    assert answer.headers["cache-control"] == "public, max-age=60"
    (department,) = answer.body["departments"]
    (item,) = department["items"]
    assert (item["id"], item["count"], item["unanswered"]) == (WITHDRAWAL, 10, 10)
    assert {one: department[one] for one in ("count", "grades", "unanswered")} == {
        one: item[one] for one in ("count", "grades", "unanswered")
    }
