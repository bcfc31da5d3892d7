"""The register's bad days: no fault of the resident, so nothing of theirs is spent."""

from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from config.errors import Problem
from config.outbound import Outbound
from config.settings import Settings
from identity import documents, errors
from identity.faces.client import Faces
from identity.faces.errors import FacesUnavailable
from identity.models import AuditEvent, Resident, Session, Try
from identity.register import Register
from tests.support import faces as pictures
from tests.support.faces_service import face_settings
from tests.support.verification_parts import Counter, in_sandbox

OFFICE = "population-register"
NUMBER = documents.parse("resident-id", "11010519491231002X")
remotely = pytest.mark.parametrize("register_mode", ["remote"])


@pytest.mark.parametrize("register_mode", ["portrait", "remote"])
@pytest.mark.parametrize(
    ("kind", "options"),
    [("error", {}), ("malformed", {}), ("closed", {}), ("hang", {"times": 1, "seconds": 20})],
)
async def test_a_register_fault_costs_no_try(
    counter: Counter, kind: str, options: dict[str, object]
) -> None:
    claim = await counter.claim(await counter.resident())
    await counter.sandbox.fault(OFFICE, kind, **options)
    with pytest.raises(errors.RegisterUnavailable):
        await counter.story.verify(claim)
    for table in (Try, Resident, Session, AuditEvent):
        assert not await table.exists()


@pytest.mark.parametrize(
    ("others", "cause"),
    [
        ({"register_url": "http://127.0.0.1:1/population-register"}, "refused"),
        ({"register_key": SecretStr("another key")}, "status 401"),
        ({"register_url": "http://169.254.169.254/latest"}, "address-not-allowed"),
    ],
)
async def test_a_register_that_cannot_be_asked_is_unavailable(
    settings: Settings, counter: Counter, others: dict[str, object], cause: str
) -> None:
    wrong = in_sandbox(settings, counter.sandbox).model_copy(update=others)
    async with Outbound(wrong) as outbound:
        with pytest.raises(errors.RegisterUnavailable) as caught:
            await Register(outbound, wrong).portrait("张三", NUMBER)
    assert caught.value.cause == cause


async def test_a_face_process_that_is_gone_costs_no_try(counter: Counter, tmp_path: Path) -> None:
    claim = await counter.claim(await counter.resident())
    async with Faces(face_settings(tmp_path)) as nobody:
        with pytest.raises(FacesUnavailable):
            await replace(counter.story, faces=nobody).verify(claim)
    assert not await Try.exists()


@remotely
@pytest.mark.parametrize(
    ("face", "change", "cause"),
    [
        (pictures.BIDEN, {}, "face-differs"),
        (pictures.OBAMA, {"name": "李四"}, "name-differs"),
        (pictures.OBAMA, {"number": "440524188001010014"}, "unknown"),
    ],
)
async def test_the_register_s_own_refusal_is_the_same_answer(
    counter: Counter, face: str, change: dict[str, object], cause: str
) -> None:
    resident = await counter.resident(name="张三")
    with pytest.raises(errors.IdentityNotMatched) as caught:
        await counter.story.verify(await counter.claim(resident, face, **change))
    assert caught.value.cause == cause
    assert (caught.value.facts, caught.value.headers) == ({}, {})
    spent = await Try.filter(spent=True).values_list("kind", flat=True)
    assert set(spent) == {"number", "account", "device", "network"}


@remotely
async def test_the_register_s_own_match_is_enough(counter: Counter) -> None:
    resident = await counter.resident()
    verified = await counter.story.verify(await counter.claim(resident))
    assert verified.acr == "4"


async def test_no_problem_of_the_register_quotes_a_person(counter: Counter) -> None:
    resident = await counter.resident()
    number = documents.parse("resident-id", resident.number)
    for kind in ("error", "malformed", "closed"):
        await counter.sandbox.fault(OFFICE, kind)
        with pytest.raises(Problem) as caught:
            await counter.story.register.portrait(resident.name, number)
        said = f"{caught.value!r} {caught.value.cause} {caught.value.facts}"
        assert resident.number not in said
        assert resident.name not in said
