"""What the work queue asks of PostgreSQL: as much for fifty cases as for one."""

from tests.support.cases import FUND, a_case, an_applicant
from tests.support.http import Api
from tests.support.staff import Desk, at_work, room_of
from tests.support.statements import counted


async def listing(desk: Desk, path: str, shown: int) -> int:
    """Statements of one page, without those of finding out who is signed in."""
    with counted() as door:
        assert (await desk.send("GET", "/staff/me")).status == 200
    with counted() as said:
        answer = await desk.send("GET", path)
    assert len(answer.body["cases"]) == shown
    return len(said) - len(door)


async def test_a_page_of_cases_is_two_statements_whatever_its_length(api: Api):
    applicant, mine = await an_applicant(api), await an_applicant(api)
    hired = await room_of(api).hire("caseworker", document=mine.number, departments=[FUND])
    desk = await Desk(api).sign_in(hired)
    other = await at_work(api, "caseworker", departments=[FUND])
    assert await listing(desk, "/staff/cases", 0) == 2
    for _ in range(3):
        await a_case(api, applicant)
    assert await listing(desk, "/staff/cases", 3) == 2
    for _ in range(48):
        await a_case(api, applicant)
    for _ in range(4):
        await other.post("/staff/cases/next", {})
    assert await listing(desk, "/staff/cases?state=in-review", 50) == 2
