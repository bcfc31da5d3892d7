"""A stranger before a car: codes cannot be counted, and nobody learns a number."""

import re
from uuid import UUID

import pytest

from identity import written_codes
from identity.models import Notice
from identity.notice_post import NoticePost
from identity.wrong_codes import WRONG_AN_HOUR
from services.cars import codes
from services.models import CarRequest
from tests.support.cars import (
    ELSEWHERE,
    Owner,
    an_owner,
    ask,
    change_vehicles,
    code_of,
    looked_after_long_ago,
    registered,
    requests_of,
    told,
)
from tests.support.http import Answer, Api
from tests.support.log_capture import personal
from tests.support.upstream import messages

STRANGER = personal("19900998877")


async def look(api: Api, code: str, by: str) -> Answer:
    return await api.post("/v1/move-car/codes", {"code": code}, headers={"X-Forwarded-For": by})


def test_a_code_has_more_than_128_bits_by_chance():
    drawn = {codes.drawn() for _ in range(1000)}
    assert len(drawn) == 1000
    assert all(len(one) * 5 >= 128 and set(one) <= set(written_codes.ALPHABET) for one in drawn)


async def test_counting_through_codes_finds_nothing_and_is_slowed(api: Api, code: str):
    """Codes next to a real one; after thirty the network waits, and a real one with it."""
    place = written_codes.ALPHABET.index(code[-1])
    beside = [code[:-1] + written_codes.ALPHABET[(place + step) % 32] for step in range(1, 31)] + [
        "0" * 26
    ]
    answers = [await look(api, one, "192.0.2.99") for one in beside]
    assert {one.code for one in answers[:WRONG_AN_HOUR]} == {"car-code-unknown"}
    assert answers[-1].code == "too-many-from-address"
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert (await look(api, code, "192.0.2.99")).status == 429
    assert (await look(api, code, ELSEWHERE)).status == 200


@pytest.mark.parametrize("said", ["", "x", "0" * 65, "'; DROP TABLE car; --", "\u0000" * 26])
async def test_what_is_no_code_is_unknown_or_unreadable(api: Api, said: str):
    assert (await look(api, said, "192.0.2.98")).status in (404, 422)


async def test_only_listed_reasons_reach_an_owner(api: Api, owner: Owner, code: str):
    """No words of a stranger's own: no threat, no link, no number."""
    for reason in ("", "call 13900001111", "http://evil.example"):
        assert (await ask(api, "messages", code, reason)).status == 422
    assert await told(owner) == []


async def test_another_owner_answers_and_reports_nothing(
    api: Api, owner: Owner, number: str, code: str
):
    await ask(api, "messages", code)
    (asked,) = await requests_of(api, owner, number)
    other = await an_owner(api, phone=False)
    theirs = await registered(api, other)
    for what, body in (("answer", {"answer": "moved"}), ("report", {"why": "prank"})):
        for car in (number, theirs):
            place = f"/v1/cars/{car}/requests/{asked['id']}/{what}"
            assert (await other.send(api, "POST", place, body)).status == 404


async def test_a_message_reaches_the_owner_and_their_answer_the_stranger(
    api: Api, owner: Owner, number: str, code: str
):
    made = (await ask(api, "messages", code, "blocks-exit")).body
    personal(made["request"])
    await sent_out(api)
    (sms,) = [one for one in await messages(api.sandbox, owner.person.phone) if "挪车" in one]
    assert "挡住了出入口" in sms and owner.plate not in sms and code not in sms
    assert "http" not in sms
    (asked,) = await requests_of(api, owner, number)
    place = f"/v1/cars/{number}/requests/{asked['id']}/answer"
    before = (await api.post("/v1/move-car/state", {"request": made["request"]})).body
    assert before["answer"] is None
    assert (await owner.send(api, "POST", place, {"answer": "five-minutes"})).status == 204
    assert (await owner.send(api, "POST", place, {"answer": "moved"})).status == 204
    after = await api.post("/v1/move-car/state", {"request": made["request"]})
    assert after.body["answer"] == "moved" and after.body["answer_title"]
    over = await owner.send(api, "POST", place, {"answer": "cannot"})
    assert over.code == "car-request-answered"


async def sent_out(api: Api) -> None:
    """The worker's job for every notice that waits."""
    ground = api.parts.ground
    post = NoticePost.opened(ground.vault, ground.outbound, ground.settings)
    for row in await Notice.filter(sent_at__isnull=True, kind__startswith="car-"):
        await post.send({"notice": str(row.id)})


async def test_a_call_is_relayed_and_neither_side_sees_a_number(api: Api, owner: Owner, code: str):
    made = await ask(api, "calls", code)
    assert made.status == 201, made.body
    assert owner.person.phone not in made.raw.decode()
    dialled = {
        "caller": STRANGER, "relay": made.body["relay"], "extension": made.body["extension"]
    }  # fmt: skip
    rung = await api.sandbox.send("POST", "/voice-gateway/play/calls", json=dialled)
    assert rung.body == {"rings": True}
    seen = " ".join(await messages(api.sandbox, owner.person.phone))
    assert made.body["relay"] in seen and STRANGER not in seen
    assert owner.person.phone not in " ".join(await messages(api.sandbox, STRANGER))
    wrong = dialled | {"extension": f"{(int(made.body['extension']) + 1) % 10_000:04d}"}
    silent = await api.sandbox.send("POST", "/voice-gateway/play/calls", json=wrong)
    assert silent.body == {"rings": False}
    assert "car-call" in await told(owner)


async def test_calls_are_not_offered_where_they_are_not_wanted(
    api: Api, owner: Owner, number: str, code: str
):
    assert (await look(api, code, ELSEWHERE)).body["call"] is True
    await owner.send(api, "PUT", f"/v1/cars/{number}/calls", {"calls": False})
    assert (await look(api, code, ELSEWHERE)).body["call"] is False
    assert (await ask(api, "calls", code)).code == "car-call-not-offered"
    silent = await an_owner(api, phone=False)
    theirs = await code_of(api, silent, await registered(api, silent))
    assert (await ask(api, "calls", theirs)).code == "car-call-not-offered"
    assert (await ask(api, "messages", theirs)).status == 201


@pytest.mark.parametrize("fault", ["error", "malformed", "closed"])
async def test_a_gateway_at_fault_counts_nothing(api: Api, owner: Owner, code: str, fault: str):
    await api.sandbox.fault("voice-gateway", fault, times=1)
    away = await ask(api, "calls", code)
    assert (away.status, away.code) == (503, "voice-unavailable")
    assert "car-call" not in await told(owner)  # nobody is told of a call that cannot come
    assert (await ask(api, "calls", code)).status == 201
    assert (await told(owner)).count("car-call") == 1


async def test_a_secret_of_nobody_shows_nothing(api: Api, owner: Owner):
    answer = await api.post("/v1/move-car/state", {"request": "x" * 22})
    assert (answer.status, answer.code) == (404, "car-request-missing")


async def test_a_stale_car_is_looked_after_when_somebody_scans(
    api: Api, owner: Owner, number: str, code: str
):
    from tortoise.connection import get_connection

    count = "SELECT count(*) AS many FROM pgqueuer WHERE entrypoint = 'check-car'"
    (before,) = await get_connection("default").execute_query_dict(count)
    await looked_after_long_ago(number)
    await ask(api, "messages", code)
    (after,) = await get_connection("default").execute_query_dict(count)
    assert after["many"] == before["many"] + 1


async def test_what_a_stranger_is_shown_names_nobody(api: Api, owner: Owner, code: str):
    seen = await look(api, code, ELSEWHERE)
    told = seen.raw.decode()
    for one in (owner.person.name, owner.person.number, owner.person.phone, owner.plate):
        assert one not in told
    assert re.fullmatch(r"粤A\*{3,4}..", seen.body["plate"])


async def test_who_asked_is_kept_as_a_digest_only(api: Api, owner: Owner, code: str):
    made = (await ask(api, "messages", code)).body["request"]
    row = (await CarRequest.all().values())[0]
    assert UUID(str(row["id"]))
    kept = " ".join(map(str, row.values()))
    assert "203.0.113" not in kept and made not in kept and code not in kept
    assert len(row["caller"]) == len(row["secret"]) == 64


async def test_who_has_two_cars_reads_which_one_it_is(api: Api, owner: Owner, code: str):
    """By its place in their list: no plate stands in a message."""
    seller = await an_owner(api, phone=False)
    await change_vehicles(api, seller.person, sold=True, buyer=owner.person.number)
    second = await owner.send(api, "POST", "/v1/cars", {"plate": seller.plate})
    assert second.status == 201, second.body
    theirs = await code_of(api, owner, second.body["number"])
    assert (await ask(api, "messages", theirs)).status == 201
    inbox = (await owner.send(api, "GET", "/v1/me/notices")).body["notices"]
    assert "第 2 辆" in inbox[0]["text"] and inbox[0]["subject"] == f"car:{second.body['number']}"
    assert seller.plate not in inbox[0]["text"]
