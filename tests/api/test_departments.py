"""A department's bad days over HTTP: each has its code, its status and when to come back."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from tests.support.http import Api, SignedIn
from tests.support.sandbox import Sandbox

JSON = {"Content-Type": "application/json"}
BALANCE = "/v1/services/provident-fund-balance/answers"
RECORDS = "/v1/services/provident-fund-records/answers"


@pytest.fixture
async def resident(api: Api) -> SignedIn:
    return await api.registered()


@pytest.fixture
async def fund(
    api: Api, healthy_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Sandbox]:
    """The fund centre, its breaker closed; patience is shortened."""
    centre = api.parts.departments["provident-fund"]
    monkeypatch.setattr(centre, "limits", replace(centre.limits, attempt=0.3, deadline=0.8))
    centre.circuit.succeeded()
    yield healthy_sandbox
    api.parts.departments["provident-fund"].circuit.succeeded()


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ({"fault": "hang", "seconds": 5}, "department-timeout"),
        ({"fault": "error"}, "department-failed"),
        ({"fault": "malformed"}, "department-nonsense"),
        ({"fault": "closed", "opens": "06:00"}, "department-closed"),
    ],
)
async def test_a_department_that_cannot_answer_is_named_and_tried_again_later(
    api: Api, resident: SignedIn, fund: Sandbox, fault: dict[str, Any], code: str
):
    options = {name: value for name, value in fault.items() if name != "fault"}
    await fund.fault("provident-fund", fault["fault"], **options)
    answer = await api.post(BALANCE, {}, resident.access, headers={"Accept-Language": "en"})
    assert (answer.status, answer.code) == (503, code)
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.body["department"] in answer.body["detail"]
    await fund.heal()
    api.parts.departments["provident-fund"].circuit.succeeded()
    assert (await api.post(BALANCE, {}, resident.access)).status == 200


async def test_a_closed_department_says_when_it_opens(api: Api, resident: SignedIn, fund: Sandbox):
    await fund.fault("provident-fund", "closed", opens="06:00")
    answer = await api.post(BALANCE, {}, resident.access)
    assert "06:00" in answer.body["detail"]
    assert "T06:00" in answer.body["opens_at"]


async def test_an_answer_of_the_last_minute_is_given_again_while_the_department_is_away(
    api: Api, resident: SignedIn, fund: Sandbox
):
    first = await api.post(BALANCE, {}, resident.access)
    await fund.fault("provident-fund", "error")
    second = await api.post(BALANCE, {}, resident.access)
    assert second.status == 200 and second.body["answer"] == first.body["answer"]


async def test_somebody_unknown_to_the_department_hears_so(api: Api, fund: Sandbox):
    nobody = await api.sign_in()
    answer = await api.post(BALANCE, {}, nobody.access)
    assert (answer.status, answer.code) == (404, "resident-missing")


@pytest.mark.parametrize(
    "question",
    [{"from": "2026-13"}, {"from": 5}, {"x": 1}, {"from": "2026-02", "to": "2026-01"}],
)
async def test_a_question_that_does_not_fit_names_its_fields(
    api: Api, resident: SignedIn, question: dict[str, Any]
):
    answer = await api.post(RECORDS, question, resident.access)
    assert (answer.status, answer.code) == (422, "question-invalid")
    assert answer.body["fields"] and answer.body["messages"]


@pytest.mark.parametrize("question", [[], "x", None, 5])
async def test_a_question_that_is_no_object_is_a_bad_request(
    api: Api, resident: SignedIn, question: Any
):
    answer = await api.send(
        "POST", BALANCE, resident.access, data=json.dumps(question), headers=JSON
    )
    assert (answer.status, answer.code) == (422, "request-invalid")


async def test_a_service_that_does_not_exist_has_no_answers(api: Api, resident: SignedIn):
    assert (await api.post("/v1/services/nothing/answers", {}, resident.access)).status == 404
    assert (await api.get("/v1/services/nothing")).code == "service-unknown"
