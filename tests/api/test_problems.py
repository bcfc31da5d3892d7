"""Every problem there is, as RFC 9457 wants it and as people read it."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from api import problems
from api.errors import RequestInvalid
from api.problem_pages import known
from config.errors import Problem, Throttled, Unauthenticated, Unavailable
from config.texts import LOCALES
from identity.staff.errors import NotSignedIn
from services.errors import DepartmentClosed
from tests.support.http import Api

LEAVES = sorted(known().values(), key=lambda leaf: leaf.code)
# Every fact that any text asks for, as the code that raises gives it.
FACTS = {"limit_kb": 64, "department": "X", "problems": "X", "opens": "X", "prompt": "front"}
SECRET = "a private cause"


def made(leaf: type[Problem]) -> Problem:
    if leaf is DepartmentClosed:
        now = datetime.now(UTC)
        closed = DepartmentClosed(SECRET, opens=now + timedelta(hours=1), now=now)
        closed.facts |= FACTS  # as the desk does
        return closed
    if leaf is RequestInvalid:
        return RequestInvalid(SECRET, errors=[{"field": "name", "message": "X"}])
    if issubclass(leaf, Throttled | Unavailable):
        return leaf(SECRET, retry_after=7, **FACTS)
    return leaf(SECRET, **FACTS)


@pytest.mark.parametrize("leaf", LEAVES, ids=lambda leaf: leaf.code)
@pytest.mark.parametrize("locale", LOCALES)
def test_every_problem_has_the_shape_of_rfc_9457(leaf: type[Problem], locale: str):
    answer = problems.answer(made(leaf), locale, "an-id")
    body = json.loads(answer.body)
    assert answer.content_type == "application/problem+json"
    assert body["type"] == f"/problems/{leaf.code}" and body["code"] == leaf.code
    assert body["status"] == answer.status == leaf.status
    assert body["title"] and body["detail"] and body["instance"] == "urn:request:an-id"
    assert SECRET not in answer.body.decode()
    assert "{" not in body["title"] + body["detail"]


@pytest.mark.parametrize("leaf", LEAVES, ids=lambda leaf: leaf.code)
def test_every_problem_has_words_of_its_own_in_every_locale(leaf: type[Problem]):
    general = problems.said(Problem.code, "title", "en", {})
    for locale in LOCALES:
        facts = made(leaf).facts
        title = problems.said(leaf.code, "title", locale, facts)
        assert leaf is Problem or title != general
    assert problems.said(leaf.code, "detail", "en", facts) != problems.said(
        leaf.code, "detail", "zh-CN", facts
    )


@pytest.mark.parametrize("leaf", LEAVES, ids=lambda leaf: leaf.code)
def test_headers_say_what_a_program_needs(leaf: type[Problem]):
    answer = problems.answer(made(leaf), "en", "an-id")
    assert answer.headers["cache-control"] == "no-store"
    if issubclass(leaf, Unauthenticated):
        scheme = answer.headers["www-authenticate"].partition(" ")[0]
        assert scheme in {"Bearer", "DPoP"} or (
            scheme == "Cookie" and issubclass(leaf, NotSignedIn)
        )
    if issubclass(leaf, Throttled | Unavailable):
        assert int(answer.headers["retry-after"]) > 0


@pytest.mark.parametrize("code", sorted(known()))
async def test_every_problem_has_a_page(api: Api, code: str):
    for locale in LOCALES:
        page = await api.get(f"/problems/{code}", headers={"Accept-Language": locale})
        assert page.status == 200 and page.headers["Content-Type"].startswith("text/html")
        assert code in page.raw.decode() and f'lang="{locale}"' in page.raw.decode()
        assert "script" not in page.headers["Content-Security-Policy"]


async def test_all_problems_are_listed(api: Api):
    index = (await api.get("/problems")).raw.decode()
    assert all(f'href="/problems/{code}"' in index for code in known())


async def test_what_nobody_foresaw_says_nothing_of_itself(api: Api, monkeypatch):
    async def fails(*_):
        raise ZeroDivisionError(SECRET)

    monkeypatch.setattr(api.parts.ground.keys, "jwks", fails)
    answer = await api.get("/oauth/jwks")
    assert (answer.status, answer.code) == (500, "internal-error")
    assert SECRET.encode() not in answer.raw


def test_a_text_that_lacks_a_fact_is_replaced_by_the_general_one():
    assert problems.said("body-too-large", "detail", "en", {}) == problems.said(
        Problem.code, "detail", "en", {}
    )
