"""A wrong field is told to the department that owns it, and the resident follows it to its end."""

from uuid import uuid4

import pytest

from tests.support.http import Answer, Api, SignedIn
from tests.support.staff import Desk, at_work

WORDS = "单位名称不对，我去年就换了工作"
EVERY_SOME = 8  # reports of one resident that may be open at once, and some to spare


@pytest.fixture(scope="module")
async def resident(api: Api) -> SignedIn:
    return await api.sign_in()


async def report(
    api: Api, who: SignedIn, service: str, said: dict[str, str], key: str = ""
) -> Answer:
    headers = {"Idempotency-Key": key or uuid4().hex}
    return await api.post(f"/v1/services/{service}/reports", said, who.access, headers=headers)


def about(field: str, words: str = WORDS) -> dict[str, str]:
    return {"field": field, "words": words}


def queries(api: Api) -> dict[str, tuple[str, str]]:
    """Service → its department and a field of its answer."""
    found = api.parts.catalogue.services.items()
    return {
        id: (one.department.id, next(iter(one.answer.model_fields)))
        for id, one in found
        if one.function
    }


@pytest.mark.parametrize(
    ("service", "said", "refused"),
    [
        ("tax-income", about("salary"), (422, "field-unknown")),
        ("tax-income", about(""), (422, "request-invalid")),
        ("tax-income", about("income", ""), (422, "request-invalid")),
        ("tax-income", about("income", "x" * 1001), (422, "request-invalid")),
        ("provident-fund-withdrawal", about("amount"), (404, "service-unknown")),
        ("nothing-of-the-kind", about("income"), (404, "service-unknown")),
    ],
)
async def test_what_no_answer_holds_is_not_reported(
    api: Api, resident: SignedIn, service: str, said: dict[str, str], refused: tuple[int, str]
) -> None:
    answer = await report(api, resident, service, said)
    assert (answer.status, answer.code) == refused
    assert (await api.get("/v1/tickets", resident.access)).body == {"tickets": []}


async def test_a_field_of_every_service_is_reported_to_the_department_that_answered(
    api: Api,
) -> None:
    asked = list(queries(api).items())
    for place in range(0, len(asked), EVERY_SOME):
        who, some = await api.sign_in(), dict(asked[place : place + EVERY_SOME])
        for service, (_, field) in some.items():
            answer = await report(api, who, service, about(field))
            assert answer.status == 201, (service, answer.body)
        listed = (await api.get("/v1/tickets", who.access)).body["tickets"]
        told = {one["service"]["id"]: (one["department"]["id"], one["field"]) for one in listed}
        assert told == some
        assert {one["kind"] for one in listed} == {"field"}


async def test_the_owner_answers_and_the_resident_follows_it_to_the_end(
    api: Api, resident: SignedIn
) -> None:
    key = uuid4().hex
    sent = [await report(api, resident, "tax-income", about("payers"), key) for _ in range(2)]
    assert [one.status for one in sent] == [201, 201]
    number = sent[0].body["number"]
    assert sent[1].body["number"] == number
    again = await report(api, resident, "tax-income", about("payers"))
    assert (again.status, again.code) == (409, "ticket-open-already")
    other = (await report(api, resident, "social-insurance-status", about("last"))).body["number"]
    stranger = await api.sign_in()
    assert (await api.get(f"/v1/tickets/{number}", stranger.access)).code == "ticket-missing"

    await _answered(await at_work(api, "listener", departments=["tax"]), number, other)
    seen = (await api.get(f"/v1/tickets/{number}", resident.access)).body
    assert (seen["state"], seen["answer"]) == ("answered", "put-right")
    assert (seen["words"], seen["answer_words"]) == (WORDS, "已更正")
    assert seen["department"]["id"] == "tax" and seen["may"] == ["satisfaction"]
    done = await api.post(f"/v1/tickets/{number}/satisfaction", {"settled": True}, resident.access)
    assert done.status == 204
    after = (await api.get(f"/v1/tickets/{number}", resident.access)).body
    assert (after["state"], after["may"]) == ("settled", [])
    events = (await api.get("/v1/me/activity", resident.access)).body["events"]
    assert {"ticket:opened", "ticket:read", "ticket:answered"} <= {one["event"] for one in events}


async def _answered(listener: Desk, number: str, others: str) -> None:
    """By the department that owns the field; it sees none of another's. Nobody need be called."""
    listed = (await listener.send("GET", "/staff/tickets")).raw.decode()
    assert number in listed and others not in listed
    assert (await listener.send("GET", f"/staff/tickets/{others}")).code == "ticket-missing"
    opened = await listener.send("GET", f"/staff/tickets/{number}")
    assert (opened.body["words"], opened.body["field"]) == (WORDS, "按扣缴义务人")
    assert not opened.body["must_call"]
    taken = await listener.post(f"/staff/tickets/{number}/taking")
    said = {"answer": "put-right", "words": "已更正"}
    answered = await listener.post(f"/staff/tickets/{number}/answer", said)
    assert (taken.status, answered.status) == (204, 204), (taken.body, answered.body)
