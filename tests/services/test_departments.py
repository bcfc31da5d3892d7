"""The contract of every department, run over its recorded samples and over real HTTP."""

import json
from pathlib import Path

import pytest

from config.errors import Problem
from services.departments.provident_fund.department import ProvidentFund
from services.question import read
from services.sandbox.signatures import Gatekeeper, NotSigned, by_authorization, by_headers
from services.schema import schema
from tests.services.counter import NAME, NUMBER, Office, samples
from tests.services.test_catalogue import guide

SAMPLES = samples()
SCHEMES = {"provident_fund": by_headers, "social_insurance": by_authorization}


def read_sample(file: Path) -> dict:
    return json.loads(file.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("name", "file"), SAMPLES, ids=[f"{name}-{file.stem}" for name, file in SAMPLES]
)
async def test_a_sample_leads_to_its_answer_or_problem(opening, name, file):
    sample = read_sample(file)
    counter = await opening(**{name: Office(sample["replies"])})
    service = counter.catalogue.service(sample["service"])
    question = read(service, sample["question"], "en")
    department = counter.departments[service.department.id]
    try:
        answer = await service.function(counter.person, question, department)
    except Problem as problem:
        assert problem.code == sample.get("problem")
        return
    shown = json.loads(answer.model_dump_json(by_alias=True, exclude_none=True))
    assert shown == sample.get("answer")
    described = schema(service.answer, "en")
    assert set(described["required"]) <= shown.keys() <= described["properties"].keys()


def test_every_service_has_a_sample_that_succeeds(catalogue_services):
    answered = {
        sample["service"] for sample in (read_sample(file) for _, file in SAMPLES)
        if "answer" in sample
    }  # fmt: skip
    assert set(catalogue_services) <= answered


@pytest.mark.parametrize(
    ("name", "file"), SAMPLES, ids=[f"{name}-{file.stem}" for name, file in SAMPLES]
)
async def test_the_office_itself_believes_the_signature(opening, name, file):
    sample = read_sample(file)
    office = Office(sample["replies"])
    counter = await opening(**{name: office})
    service = counter.catalogue.service(sample["service"])
    department = counter.departments[service.department.id]
    gatekeeper = Gatekeeper(SCHEMES[name], department.access.key)
    question = read(service, sample["question"], "en")
    try:
        await service.function(counter.person, question, department)
    except Problem as problem:
        assert problem.code == sample["problem"]
    for headers, path, body in office.requests:
        lower = {name.lower(): value for name, value in headers.items()}
        gatekeeper.check("POST", path, lower, body)
        with pytest.raises(NotSigned, match="nonce"):
            gatekeeper.check("POST", path, lower, body)
        assert json.loads(body)["number"] == NUMBER


def test_no_field_code_is_visible_outside_its_folder(catalogue_services):
    for service in catalogue_services.values():
        told = json.dumps([schema(service.answer, "en"), schema(service.question, "en")])
        assert not {"GRZH", "AAC001", "AAE140", "GRJCJS"} & set(told.split('"'))


async def test_the_guides_department_answers_its_sample_as_printed(opening, tmp_path):
    folder = guide(tmp_path)
    sample = read_sample(folder / "library" / "samples" / "loans.json")
    counter = await opening(folder, library=Office(sample["replies"]))
    answered = await counter.ask(sample["service"], **sample["question"])
    told = json.loads(answered.as_json("en"))
    assert told["answer"] == sample["answer"]
    assert told["answered_by"] == {"id": "library", "title": "City Library"}


async def test_what_is_said_of_a_person_is_not_in_its_repr(opening):
    office = Office(read_sample(dict(SAMPLES_BY_NAME)["balance"])["replies"])
    counter = await opening(provident_fund=office)
    assert NUMBER not in repr(counter.person) and NAME not in repr(counter.person)
    assert counter.departments["provident-fund"].access.key.hex() not in repr(
        counter.departments["provident-fund"].access
    )
    assert isinstance(counter.departments["provident-fund"], ProvidentFund)


SAMPLES_BY_NAME = [(file.stem, file) for name, file in SAMPLES if name == "provident_fund"]


@pytest.fixture
def catalogue_services():
    from services.catalogue import Catalogue

    return Catalogue.load().services
