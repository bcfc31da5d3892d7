"""Nobody learns from a refusal who exists: not by status, headers or body, nor by when it closes.

The time of a refusal is measured by ``python -m tests.benchmarks oracle``.
"""

from collections.abc import Mapping
from typing import Any

import pytest

from identity.documents.citizen_number import check_character
from identity.models import Try
from tests.support import faces as pictures
from tests.support.http import Answer, Api

_OWN = {"x-request-id", "date"}  # of every answer, whatever it says
_people = 0


def nobody() -> str:
    """A number that nobody has been given."""
    global _people  # noqa: PLW0603
    _people += 1
    seventeen = f"44052418800101{_people:03d}"
    return seventeen + check_character(seventeen)


def seen(answer: Answer) -> tuple[int, Mapping[str, str], Mapping[str, Any]]:
    """All that a stranger sees of it. Waits differ by the second they were told in."""
    headers = {name.lower(): value for name, value in answer.headers.items()}
    for name in _OWN:
        headers.pop(name, None)
    headers["retry-after"] = str(int(headers.get("retry-after", 0)) // 20)
    body = dict(answer.body)
    body.pop("instance")
    if "retry_after" in body:
        body["retry_after"] //= 20
        body.pop("detail")  # names the seconds
        headers.pop("content-length")
    return answer.status, headers, body


async def claims(api: Api) -> dict[str, dict[str, Any]]:
    """The same refusal for five reasons; two of them about somebody who is a resident here."""
    stranger, resident = await api.new_resident(), await api.new_resident()
    done = await api.verify(resident)
    assert done.status == 201, done.body
    await api.remember(done.body)
    return {
        "unknown": await api.claim(stranger, pictures.OBAMA, id_number=nobody()),
        "wrong name": await api.claim(stranger, pictures.OBAMA, name="欧阳无名"),
        "other face": await api.claim(stranger, pictures.BIDEN),
        "wrong name of a resident": await api.claim(resident, pictures.OBAMA, name="欧阳无名"),
        "other face than a resident's": await api.claim(resident, pictures.BIDEN),
    }


@pytest.mark.parametrize("language", ["zh-CN", "en"])
async def test_five_reasons_are_one_answer(api: Api, language: str):
    headers = {"Accept-Language": language}
    answers = {
        why: seen(await api.post("/v1/verifications", sent, headers=headers))
        for why, sent in (await claims(api)).items()
    }
    status, _, body = answers["unknown"]
    assert (status, body["code"]) == (403, "identity-not-matched")
    for why, answer in answers.items():
        assert answer == answers["unknown"], why


async def test_the_face_closes_for_nobodys_number_as_for_a_residents(api: Api):
    """Two looks each, then the same wait in the same words."""
    resident = await api.new_resident()
    await api.remember((await api.verify(resident)).body)
    unknown = nobody()
    told = {}
    for why, others in (("unknown", {"id_number": unknown}), ("resident", {})):
        for _ in range(2):
            miss = await api.verify(resident, pictures.BIDEN, **others)
            assert miss.code == "identity-not-matched", miss.body
        told[why] = seen(await api.verify(resident, pictures.BIDEN, **others))
    status, _, body = told["unknown"]
    assert (status, body["code"]) == (429, "try-too-soon")
    assert told["resident"] == told["unknown"]


async def test_a_refusal_costs_the_same_rows_whoever_it_was(api: Api):
    counts = []
    for sent in (await claims(api)).values():
        await Try.all().delete()
        await api.post("/v1/verifications", sent)
        counts.append(sorted(await Try.filter(spent=True).values_list("kind", flat=True)))
    assert counts == [["account", "device", "network", "number"]] * len(counts)
