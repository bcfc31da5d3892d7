"""The contract of every department, run over its recorded samples and over real HTTP.

Whatever department the catalogue holds is held to it: nothing here names one.
"""

import importlib
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import BaseModel

from config.errors import Problem
from services import freshness
from services.catalogue import Catalogue
from services.department import Department
from services.question import read
from services.sandbox.database import Database
from services.sandbox.deeds import Deeds
from services.sandbox.office import Office as SandboxOffice
from services.sandbox.premises import Premises
from services.sandbox.sealing import Seal
from services.sandbox.signatures import Gatekeeper, NotSigned
from services.schema import schema
from tests.services.counter import NAME, NUMBER, Office, samples
from tests.services.test_catalogue import guide

SAMPLES = samples()
EVERY_SAMPLE = pytest.mark.parametrize(
    ("name", "file"), SAMPLES, ids=[f"{name}-{file.stem}" for name, file in SAMPLES]
)
CATALOGUE = Catalogue.load()
QUERIES = {id: one for id, one in CATALOGUE.services.items() if one.function}
FOLDERS = sorted(kind.__module__.split(".")[-2] for kind in CATALOGUE.departments.values())


def read_sample(file: Path) -> dict:
    return json.loads(file.read_text(encoding="utf-8"))


def sandbox_office(folder: str) -> SandboxOffice:
    """The office that plays this department, connected to nothing."""
    deeds = Deeds(Database(""), Seal(b"s" * 32, b"i" * 32))
    made: SandboxOffice = importlib.import_module(f"services.sandbox.{folder}").office(
        Premises(b"k" * 32, deeds)
    )
    return made


async def asked(counter, sample: dict) -> tuple[BaseModel | None, str]:
    """The answer, or the code of the problem that came in its place."""
    service = counter.catalogue.service(sample["service"])
    question = read(service, sample["question"], "en")
    department = counter.departments[service.department.id]
    try:
        return await service.function(counter.person, question, department), ""
    except Problem as problem:
        return None, problem.code


@EVERY_SAMPLE
async def test_a_sample_leads_to_its_answer_or_problem(opening, name, file):
    sample = read_sample(file)
    counter = await opening(**{name: Office(sample["replies"])})
    with freshness.listening() as fresh:
        answer, problem = await asked(counter, sample)
    assert problem == sample.get("problem", "")
    if answer is None:
        return
    shown = json.loads(answer.model_dump_json(by_alias=True, exclude_none=True))
    assert shown == sample["answer"]
    described = schema(type(answer), "en")
    assert set(described["required"]) <= shown.keys() <= described["properties"].keys()
    assert fresh.as_of < datetime(2026, 11, 21, tzinfo=UTC)  # the office's own moment, not ours


@EVERY_SAMPLE
async def test_an_answer_that_does_not_say_how_fresh_it_is_is_nonsense(opening, name, file):
    """Every department says it: a good envelope without its moment is not taken."""
    sample = read_sample(file)
    if "answer" not in sample:
        return
    counter = await opening(**{name: Office(sample["replies"])})
    department = counter.departments[counter.catalogue.service(sample["service"]).department.id]
    assert type(department).as_of is not Department.as_of
    stale = {path: _without_moments(reply) for path, reply in sample["replies"].items()}
    bare = await opening(**{name: Office(stale)})
    assert await asked(bare, sample) == (None, "department-nonsense")


def _without_moments(envelope: dict) -> dict:
    """The envelope without whatever stands beside the answer itself."""
    bare = {}
    for key, value in envelope.items():
        if isinstance(value, dict):
            bare[key] = {k: v for k, v in value.items() if not _is_moment(k, v)}
        elif not _is_moment(key, value):
            bare[key] = value
    return bare


def _is_moment(key: str, value: object) -> bool:
    """A time of day stands in it: dates of records have none."""
    named = any(part in key.lower() for part in ("time", "sj", "gxs", "asof", "as_of", "upd"))
    return named and isinstance(value, (str, int)) and len(str(value)) >= 13


@pytest.mark.parametrize("service", QUERIES)
def test_every_service_has_a_sample_that_succeeds_and_every_department_one_that_fails(service):
    mine = [(name, read_sample(file)) for name, file in SAMPLES]
    assert any(sample["service"] == service and "answer" in sample for _, sample in mine)
    folder = QUERIES[service].department.__module__.split(".")[-2]
    assert {"no-record", "department-closed"} <= {
        sample.get("problem") for name, sample in mine if name == folder
    }


@EVERY_SAMPLE
async def test_the_office_itself_believes_the_signature(opening, name, file):
    sample = read_sample(file)
    office = Office(sample["replies"])
    counter = await opening(**{name: office})
    department = counter.departments[counter.catalogue.service(sample["service"]).department.id]
    gatekeeper = Gatekeeper(sandbox_office(name).scheme, department.access.key)
    await asked(counter, sample)
    assert office.requests
    for headers, path, body in office.requests:
        lower = {name.lower(): value for name, value in headers.items()}
        with pytest.raises(NotSigned, match="signature"):
            gatekeeper.check("POST", path + "/other", lower, body)
        with pytest.raises(NotSigned, match="signature"):
            gatekeeper.check("POST", path, lower, body + b" ")
        gatekeeper.check("POST", path, lower, body)
        with pytest.raises(NotSigned, match="nonce"):
            gatekeeper.check("POST", path, lower, body)
        assert json.loads(body)["number"] == NUMBER


async def test_the_guides_department_answers_its_sample_as_printed(opening, tmp_path):
    folder = guide(tmp_path)
    sample = read_sample(folder / "library" / "samples" / "loans.json")
    counter = await opening(folder, library=Office(sample["replies"]))
    answered = await counter.ask(sample["service"], **sample["question"])
    told = json.loads(answered.as_json("en"))
    assert told["answer"] == sample["answer"]
    assert told["answered_by"] == {"id": "library", "title": "City Library"}
    assert told["as_of"] == "2026-11-20T15:00:00Z"


@pytest.mark.parametrize("folder", FOLDERS)
async def test_what_is_said_of_a_person_is_not_in_its_repr(opening, folder):
    counter = await opening()
    assert NUMBER not in repr(counter.person) and NAME not in repr(counter.person)
    access = counter.departments[folder.replace("_", "-")].access
    assert access.key.hex() not in repr(access) and str(access.key) not in repr(access)
