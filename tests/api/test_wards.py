"""Guardians and their wards over HTTP."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from identity import consent
from identity.models import BoundDevice
from tests.support import faces as pictures
from tests.support.http import CONSENT, Api, SignedIn
from tests.support.log_capture import personal
from tests.support.minors import born_years_ago, number_of
from tests.support.people import admit
from tests.support.sandbox import SandboxResident

GUARDIAN = {"purpose": consent.GUARDIAN, "version": consent.VERSIONS[consent.GUARDIAN]}
_orders = iter(range(1, 400))


async def signed(api: Api) -> SignedIn:
    number = number_of(born_years_ago(44), next(_orders)).value
    return await api.sign_in(resident=(await admit(api.settings, "欧阳修远", number)).resident)


async def family(api: Api, years: int) -> tuple[SignedIn, SandboxResident]:
    """A guardian who is signed in here, and their child in the outside world."""
    portrait = pictures.portrait(pictures.OBAMA)
    parent = await api.sandbox.new_resident(portrait, born="1984-08-04")
    born = f"{born_years_ago(years):%Y-%m-%d}"
    child = await api.sandbox.new_resident(portrait, born=born, guardian=parent.number)
    for one in (parent, child):
        personal(one.name), personal(one.number)
    here = await admit(api.settings, parent.name, parent.number)
    return await api.sign_in(resident=here.resident), child


def named(child: SandboxResident, **changed: Any) -> dict[str, Any]:
    return {"name": child.name, "id_number": child.number, "consent": GUARDIAN} | changed


@pytest.mark.parametrize("changed", [{"consent": CONSENT}, {"id_number": "1"}, {"more": 1}])
async def test_a_malformed_ward_is_refused(api: Api, changed: dict[str, Any]) -> None:
    guardian, child = await family(api, 10)
    answer = await api.post("/v1/me/wards", named(child, **changed), guardian.access)
    assert answer.status == 422


async def test_a_stranger_and_an_unknown_child_are_answered_alike(api: Api) -> None:
    guardian, _ = await family(api, 10)
    _, others_child = await family(api, 10)
    unknown = number_of(born_years_ago(10), next(_orders)).value
    answers = [
        await api.post("/v1/me/wards", named(others_child), guardian.access),
        await api.post("/v1/me/wards", named(others_child, name="别人"), guardian.access),
        await api.post("/v1/me/wards", named(others_child, id_number=unknown), guardian.access),
    ]
    said = [{**one.body, "instance": ""} for one in answers]
    assert said[0]["code"] == "guardianship-not-confirmed"
    assert said == [said[0]] * 3


async def test_a_child_verifies_with_the_code_and_is_signed_out_when_it_is_withdrawn(
    api: Api,
) -> None:
    guardian, child = await family(api, 10)
    refused = await api.verify(child)
    assert (refused.status, refused.code) == (403, "guardian-consent-needed")
    ward = await api.post("/v1/me/wards", named(child), guardian.access)
    assert (ward.status, ward.body["admitted"], ward.body["codes"]) == (201, False, True)
    path = f"/v1/me/wards/{ward.body['id']}"
    given = await api.send("POST", f"{path}/code", guardian.access)
    assert given.status == 201
    wrong = await api.verify(child, guardian_code="ABCD2345")
    assert {**wrong.body, "instance": ""} == {**refused.body, "instance": ""}
    done = await api.verify(child, guardian_code=given.body["code"])
    assert done.status == 201, done.body
    small = await api.remember(done.body)
    bound = await BoundDevice.create(
        id=uuid4(), resident_id=small.resident, kind="key", mark="m" * 64, device="d" * 64,
        device_name="", last_used_at=datetime.now(UTC),
    )  # fmt: skip
    listed = (await api.get("/v1/me/wards", guardian.access)).body
    assert [one["admitted"] for one in listed["wards"]] == [True] and listed["guardians"] == []
    seen_by_child = (await api.get("/v1/me/wards", small.access)).body
    assert seen_by_child["wards"] == [] and len(seen_by_child["guardians"]) == 1
    seen = await api.get(f"{path}/activity", guardian.access, headers={"Accept-Language": "en"})
    assert "Identity verified" in [one["title"] for one in seen.body["events"]]
    given_for = (await api.get("/v1/me/consents", small.access)).body["consents"]
    assert {"guardian"} == {
        one["given_by"] for one in given_for if one["purpose"] == consent.GUARDIAN
    }
    assert (await api.send("DELETE", path, guardian.access)).status == 204
    assert (await api.get("/v1/me", small.access)).code == "session-ended"
    assert (await BoundDevice.get(id=bound.id)).ended_at, "nor does a device bring the child back"
    assert (await api.get("/v1/me/wards", guardian.access)).body["wards"] == []


@pytest.mark.parametrize("path", ["", "/code", "/activity"])
async def test_the_ward_of_somebody_else_is_missing(api: Api, path: str) -> None:
    guardian, child = await family(api, 15)
    ward = await api.post("/v1/me/wards", named(child), guardian.access)
    other = await signed(api)
    method = {"": "DELETE", "/code": "POST", "/activity": "GET"}[path]
    for named_ward in (ward.body["id"], str(uuid4()), "nonsense"):
        answer = await api.send(method, f"/v1/me/wards/{named_ward}{path}", other.access)
        assert (answer.status, answer.code) == (404, "ward-missing")
