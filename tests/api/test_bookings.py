"""Appointments over HTTP: anybody sees times, two residents book one, a third then cannot."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import pytest

from tests.support import faces as pictures
from tests.support.http import Answer, Api, SignedIn
from tests.support.people import admit
from tests.support.staff import at_work

SERVICE = "/v1/services/marriage-appointment/appointments"
OFFICE = "440902"  # one window
STATED = ["voluntary", "unmarried", "unrelated"]
SINGLE, MARRIED = "1995-05-05", "1994-04-04"  # the sandbox's rule: even months are married


async def a_person(api: Api, sex: str, born: str = SINGLE) -> SignedIn:
    """Somebody new whom the register knows, signed in a moment ago."""
    portrait = pictures.portrait(pictures.OBAMA)
    made = await api.sandbox.new_resident(portrait, sex=sex, born=born)
    admitted = await admit(api.settings, made.name, made.number)
    return await api.sign_in(resident=admitted.resident)


async def once(api: Api, path: str, body: Mapping[str, Any], who: SignedIn) -> Answer:
    return await api.post(path, body, who.access, headers={"Idempotency-Key": uuid4().hex})


async def times(api: Api, office: str = OFFICE) -> list[dict[str, Any]]:
    """The times of the second day with room: none of them is too near."""
    seen = await api.get(f"{SERVICE}/offices/{office}")
    day = [one["day"] for one in seen.body["days"] if one["left"]][1]
    found = await api.get(f"{SERVICE}/offices/{office}?day={day}")
    assert found.status == 200 and found.body["day"] == day
    return list(found.body["times"])


def wish(starts_at: str, **other: Any) -> dict[str, Any]:
    plain = {"service": "marriage-appointment", "office": OFFICE, "starts_at": starts_at}
    return plain | {"statements": STATED} | other


async def book(api: Api, who: SignedIn, starts_at: str, **other: Any) -> Answer:
    return await once(api, "/v1/bookings", wish(starts_at, **other), who)


async def test_anybody_sees_how_where_and_when_and_who_goes_elsewhere(api: Api) -> None:
    told = (await api.get(SERVICE, headers={"Accept-Language": "en"})).body
    assert told["people"] == 2 and [one["code"] for one in told["statements"]] == STATED
    cases = {one["case"]: one["where"] for one in told["elsewhere"]}
    assert "embassy or consulate" in cases["abroad"]
    assert "12345" in cases["other-document"] and "another province" in cases["other-province"]
    every = (await api.get(f"{SERVICE}/offices")).body["offices"]
    some = (await api.get(f"{SERVICE}/offices?region=4401")).body["offices"]
    assert len(every) == 124 and len(some) == 11
    first = (await times(api))[0]
    assert first["left"] == 1 and first["open"]


@pytest.mark.parametrize(
    ("path", "refused"),
    [
        (f"{SERVICE}/offices/110105", (409, "booking-office-elsewhere")),
        (f"{SERVICE}/offices/449999", (404, "booking-office-unknown")),
        (f"{SERVICE}/offices/{OFFICE}?day=tomorrow", (422, "request-invalid")),
        ("/v1/services/marriage-record/appointments", (404, "service-unknown")),
        ("/v1/bookings", (401, "sign-in-needed")),
    ],
)
async def test_what_is_not_there_is_said(api: Api, path: str, refused: tuple[int, str]) -> None:
    answer = await api.get(path)
    assert (answer.status, answer.code) == refused


async def test_two_book_a_time_that_a_third_then_cannot(api: Api) -> None:
    he, she, third = [await a_person(api, sex) for sex in ("male", "female", "female")]
    starts_at = (await times(api))[0]["starts_at"]
    assert (await api.post("/v1/bookings", wish(starts_at), he.access)).status == 422  # no key
    held = await book(api, he, starts_at)
    assert held.status == 201 and held.headers["Location"].endswith(held.body["number"])
    sent = {"code": held.body["code"]}
    seen = await api.post("/v1/booking-invitations", sent, she.access)
    assert seen.body["booking"]["number"] == held.body["number"] and "*" in seen.body["by"]
    booked = await once(api, "/v1/booking-confirmations", sent | {"statements": STATED}, she)
    assert (booked.status, booked.body["state"]) == (201, "booked")
    gone = await book(api, third, starts_at)
    assert (gone.status, gone.code) == (409, "slot-taken")
    assert (await times(api))[0]["left"] == 0
    one = (await api.get(f"/v1/bookings/{held.body['number']}", she.access)).body
    assert one["may"] == ["change", "cancel"] and not one["first"] and one["other"]
    assert (await api.get(f"/v1/bookings/{held.body['number']}", third.access)).status == 404
    inbox = (await api.get("/v1/me/notices", he.access)).body["notices"]
    assert inbox[0]["subject"] == f"booking:{held.body['number']}"
    events = (await api.get("/v1/me/activity", he.access)).body["events"]
    assert "booking:booked" in [event["event"] for event in events]


async def test_the_registers_word_and_a_proof_of_now_are_needed(api: Api) -> None:
    """Level 4 within 15 minutes; one who is married (Civil Code art. 1042) is told why."""
    starts_at = (await times(api))[2]["starts_at"]
    married = await a_person(api, "male", MARRIED)
    refused = await book(api, married, starts_at)
    assert (refused.status, refused.code) == (403, "booking-refused")
    assert "第一千零四十二条" in refused.body["detail"] and refused.body["reasons"]
    weak = await api.sign_in(resident=married.resident, acr="3")
    needed = await book(api, weak, starts_at)
    assert (needed.status, needed.code) == (401, "step-up-needed")
    assert len(needed.body["ways"]) > 1  # never a face only
    half = await book(api, married, starts_at, statements=["voluntary"])
    assert (half.status, half.code) == (422, "booking-statements-missing")
    wrong = await api.post("/v1/booking-invitations", {"code": "0000-0000"}, married.access)
    assert (wrong.status, wrong.code) == (404, "booking-code-unknown")


async def test_a_day_that_is_full_is_waited_for_and_what_is_cancelled_is_offered(api: Api) -> None:
    office = "440802"
    slots = await times(api, office)
    holders = [await a_person(api, "male") for _ in slots]
    for who, slot in zip(holders, slots, strict=True):
        assert (await book(api, who, slot["starts_at"], office=office)).status == 201
    waiting = await a_person(api, "female")
    day = {"service": "marriage-appointment", "office": office, "day": slots[0]["starts_at"][:10]}
    joined = await once(api, "/v1/booking-lines", day | {"statements": STATED}, waiting)
    assert joined.status == 201
    mine = (await api.get("/v1/bookings", waiting.access)).body
    assert mine["lines"][0]["ahead"] == 0 and mine["bookings"] == []
    place = f"/v1/booking-lines/{mine['lines'][0]['id']}"
    foreign = await api.send("DELETE", place, holders[0].access)
    assert (foreign.status, foreign.code) == (404, "line-missing")
    assert len((await api.get("/v1/bookings", waiting.access)).body["lines"]) == 1
    theirs = (await api.get("/v1/bookings", holders[3].access)).body["bookings"][0]["number"]
    cancelled = await api.send("POST", f"/v1/bookings/{theirs}/cancellation", holders[3].access)
    assert cancelled.status == 204
    offered = (await api.get("/v1/bookings", waiting.access)).body["bookings"][0]
    assert (offered["state"], offered["starts_at"]) == ("offered", slots[3]["starts_at"])
    assert await kept_for(api, waiting) == [(offered["number"], offered["until"])]
    assert await kept_for(api, holders[0]) == []
    path = f"/v1/bookings/{offered['number']}/acceptance"
    accepted = await once(api, path, {"statements": STATED}, waiting)
    assert accepted.status == 201 and accepted.body["code"]
    assert await kept_for(api, waiting) == []
    id = mine["lines"][0]["id"]
    for said in (id, "x", "9" * 30):
        gone = await api.send("DELETE", f"/v1/booking-lines/{said}", waiting.access)
        assert (gone.status, gone.code) == (404, "line-missing")


async def kept_for(api: Api, who: SignedIn) -> list[tuple[str, str]]:
    """What the first page shows of offers: number, and until when."""
    offers = (await api.get("/v1/me/waiting", who.access)).body["offers"]
    return [(one["number"], one["until"]) for one in offers]


async def test_a_change_is_told_to_both(api: Api) -> None:
    slots = await times(api)
    he, she = await a_person(api, "male"), await a_person(api, "female")
    held = (await book(api, he, slots[4]["starts_at"])).body
    sent = {"code": held["code"], "statements": STATED}
    assert (await once(api, "/v1/booking-confirmations", sent, she)).status == 201
    path, to = f"/v1/bookings/{held['number']}/change", slots[5]["starts_at"]
    moved = await api.post(path, {"office": OFFICE, "starts_at": to}, she.access)
    assert moved.status == 204
    one = (await api.get(f"/v1/bookings/{held['number']}", he.access)).body
    assert one["starts_at"] == to


async def test_staff_see_their_day_and_names_only_when_they_open_one(api: Api) -> None:
    slots = await times(api)
    he, she = await a_person(api, "male"), await a_person(api, "female")
    held = (await book(api, he, slots[7]["starts_at"])).body
    sent = {"code": held["code"], "statements": STATED}
    assert (await once(api, "/v1/booking-confirmations", sent, she)).status == 201
    desk = await at_work(api, "caseworker", region="4409", departments=("civil-affairs",))
    offices = (await desk.send("GET", "/staff/booking-offices")).body["offices"]
    assert {one["id"][:4] for one in offices} == {"4409"}
    day = slots[7]["starts_at"][:10]
    query = f"service=marriage-appointment&office={OFFICE}&day={day}"
    seen = (await desk.send("GET", f"/staff/bookings?{query}")).body
    assert held["number"] in [one["number"] for one in seen["bookings"]]
    assert "people" not in seen["bookings"][0]
    opened = (await desk.send("GET", f"/staff/bookings/{held['number']}")).body
    assert len(opened["people"]) == 2 and "*" in opened["people"][0]["id_number"]
    early = await desk.post(f"/staff/bookings/{held['number']}/no-show")
    assert (early.status, early.code) == (409, "booking-too-early-to-miss")
    other_day = await desk.post(f"/staff/bookings/{held['number']}/arrival")
    assert (other_day.status, other_day.code) == (409, "booking-not-today")
    elsewhere = await at_work(api, "caseworker", region="4401", departments=("civil-affairs",))
    other = await elsewhere.send("GET", f"/staff/bookings/{held['number']}")
    assert (other.status, other.code) == (404, "booking-missing")
    wrong_role = await at_work(api, "listener", departments=("civil-affairs",))
    assert (await wrong_role.send("GET", f"/staff/bookings?{query}")).status == 403


async def test_divorce_terms_come_from_the_register(api: Api) -> None:
    """The sandbox: who was born on the 27th of an even month asked forty days ago."""
    who = await a_person(api, "female", "1990-04-27")
    answer = await api.post("/v1/services/divorce-terms/answers", {}, who.access)
    assert answer.status == 200 and answer.body["answer"]["phase"] in ("withdraw", "collect")
    single = await a_person(api, "male")
    none = await api.post("/v1/services/divorce-terms/answers", {}, single.access)
    assert (none.status, none.code) == (404, "no-record")
