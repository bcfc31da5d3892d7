"""Records put right by two members of staff, over HTTP."""

from typing import Any
from uuid import UUID

import pytest
from tortoise.transactions import in_transaction

from identity.models import RecordChange
from identity.person import IdNumber
from tests.support.http import Api
from tests.support.log_capture import personal
from tests.support.records import card, permit
from tests.support.staff import FROM_OUR_PAGE, Desk, at_work

NOBODYS = "3f2a8c1e-9b7d-4e6f-8a1b-2c3d4e5f6a7b"

PATH = "/staff/record-changes"
_orders = iter(range(100, 900, 2))


async def admitted(api: Api, number: IdNumber, name: str = "欧阳修远") -> UUID:
    async with in_transaction() as connection:
        row = await api.parts.residents.admit(connection, number, personal(name), 4)
    return UUID(str(row.id))


async def two_records(api: Api) -> tuple[IdNumber, IdNumber]:
    """A card and a permit nobody else in this file has, each with a record."""
    order = next(_orders)
    papers = card(order), permit(order)
    for number in papers:
        await admitted(api, number)
    return papers


def paper(number: IdNumber) -> dict[str, str]:
    return {"document_type": number.kind, "id_number": number.value}


def merge(*numbers: IdNumber, **changed: Any) -> dict[str, Any]:
    documents = [paper(one) for one in numbers]
    return {"kind": "merge", "reason": "one-person", "documents": documents} | changed


async def proposed(desk: Desk, body: dict[str, Any]) -> str:
    answer = await desk.post(PATH, body)
    assert answer.status == 201, answer.body
    return str(answer.body["id"])


@pytest.mark.parametrize("role", ["administrator", "operator"])
async def test_another_role_neither_sees_nor_proposes(api: Api, role: str) -> None:
    desk = await at_work(api, role)
    assert (await desk.send("GET", PATH)).code == "staff-role-missing"
    body = merge(card(), permit())
    assert (await desk.post(PATH, body)).code == "staff-role-missing"


async def test_a_clerk_confirms_nothing_and_nobody_confirms_their_own(api: Api) -> None:
    clerk, both = await at_work(api, "clerk"), await at_work(api, "clerk", "supervisor")
    named = await proposed(both, merge(*await two_records(api)))
    assert (await clerk.post(f"{PATH}/{named}/confirm")).code == "staff-role-missing"
    answer = await both.post(f"{PATH}/{named}/confirm")
    assert (answer.status, answer.code) == (403, "two-staff-needed")


async def test_another_region_does_not_decide(api: Api) -> None:
    named = await proposed(await at_work(api, "clerk"), merge(*await two_records(api)))
    stranger = await at_work(api, "supervisor", region="45")
    for act in ("confirm", "refuse"):
        answer = await stranger.post(f"{PATH}/{named}/{act}")
        assert (answer.status, answer.code) == (404, "record-change-missing")


@pytest.mark.parametrize(
    "changed",
    [
        {"kind": "erase"},
        {"reason": "because"},
        {"documents": []},
        {"documents": [{}]},
        {"documents": [{"id_number": "x"}] * 3},
        {"more": 1},
        {"reason": "name-changed"},
        {"name": "欧阳修原"},
    ],
)
async def test_a_malformed_proposal_is_refused(api: Api, changed: dict[str, Any]) -> None:
    desk = await at_work(api, "clerk")
    body = merge(card(), permit()) | changed
    assert (await desk.post(PATH, body)).status == 422


@pytest.mark.parametrize("named", ["nonsense", NOBODYS])
async def test_what_nobody_proposed_is_missing(api: Api, named: str) -> None:
    desk = await at_work(api, "supervisor")
    for method, act in (("GET", ""), ("POST", "/confirm"), ("POST", "/refuse")):
        answer = await desk.send(method, f"{PATH}/{named}{act}")
        assert (answer.status, answer.code) == (404, "record-change-missing")


async def test_unknown_people_and_impossible_changes_sound_the_same(api: Api) -> None:
    mine, _ = await two_records(api)
    clerk = await at_work(api, "clerk")
    nobody = card(next(_orders))
    split = {"kind": "split", "reason": "anothers-document"}
    said = [
        (await clerk.post(PATH, body)).body
        for body in (
            merge(mine, nobody),
            merge(nobody, card(next(_orders))),
            merge(mine, mine),
            split | {"documents": [paper(nobody)]},
            split | {"documents": [paper(mine)]},
        )
    ]
    assert said[0]["code"] == "record-change-not-possible"
    assert len({one.pop("instance") for one in said}) == len(said)  # a number for each request
    assert all(one == said[0] for one in said)


async def test_a_story_of_two_records_two_members_of_staff_and_one_resident(api: Api) -> None:
    """Proposed by a clerk, compared and confirmed by a supervisor, read by the resident."""
    order = next(_orders)
    mine, theirs = card(order), permit(order)
    keeps = await api.sign_in(resident=await admitted(api, mine))
    goes = await api.sign_in(resident=await admitted(api, theirs, "欧阳远"))
    clerk, supervisor = await at_work(api, "clerk"), await at_work(api, "supervisor")
    named = await proposed(clerk, merge(mine, theirs))
    (own,) = (await clerk.send("GET", PATH)).body["changes"]
    assert (own["id"], own["kind"], own["mine"]) == (named, "merge", True)
    listed = (await supervisor.send("GET", PATH)).body["changes"]
    (row,) = [one for one in listed if one["id"] == named]
    assert row.keys() == {"id", "kind", "reason", "mine", "created_at", "expires_at"}
    opened = (await supervisor.send("GET", f"{PATH}/{named}")).body
    assert [(one["id_number"], one["recorded_name"]) for one in opened["documents"]] == [
        (mine.value, "欧**远"),
        (theirs.value, "欧*远"),
    ]
    assert (await supervisor.post(f"{PATH}/{named}/confirm")).status == 204
    assert (await supervisor.post(f"{PATH}/{named}/confirm")).code == "record-change-over"
    assert (await api.get("/v1/me", goes.access)).code == "session-ended"
    held = (await api.get("/v1/me/documents", keeps.access)).body
    assert {one["document_type"] for one in held["documents"]} == {mine.kind, theirs.kind}
    english = {"Accept-Language": "en"}
    events = (await api.get("/v1/me/activity", keeps.access, headers=english)).body["events"]
    titles = {one["event"]: one for one in events}
    assert {"record-change:proposed", "record:read", "identity:merged"} <= titles.keys()
    notices = (await api.get("/v1/me/notices", keeps.access, headers=english)).body["notices"]
    assert "Two of your records were joined" in {one["title"] for one in notices}
    assert (await RecordChange.get(id=named)).papers_sealed is None


async def test_a_story_of_a_new_name_that_is_refused_and_proposed_again(api: Api) -> None:
    mine = card(next(_orders))
    signed = await api.sign_in(resident=await admitted(api, mine))
    clerk, supervisor = await at_work(api, "clerk"), await at_work(api, "supervisor")
    wanted = {"kind": "rename", "reason": "name-changed", "documents": [paper(mine)]}
    first = await proposed(clerk, wanted | {"name": personal("欧阳修原")})
    assert (await supervisor.post(f"{PATH}/{first}/refuse")).status == 204
    assert (await supervisor.post(f"{PATH}/{first}/confirm")).code == "record-change-over"
    assert (await api.get("/v1/me", signed.access)).body["name"] == "欧**远"
    again = await proposed(clerk, wanted | {"name": "欧阳修原"})
    headers = {**FROM_OUR_PAGE, "Accept-Language": "en"}
    opened = (await supervisor.send("GET", f"{PATH}/{again}", headers=headers)).body
    assert opened["name"] == "欧阳修原"
    assert (await supervisor.post(f"{PATH}/{again}/confirm")).status == 204
    assert (await api.get("/v1/me", signed.access)).body["name"] == "欧**原"
