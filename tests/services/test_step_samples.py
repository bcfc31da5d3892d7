"""The contract of every step of an application, over recorded payloads and over real HTTP."""

import importlib
import json
from datetime import datetime
from pathlib import Path
from uuid import UUID

import pytest

from config.errors import Problem
from services import freshness
from services.applications.declaration import Visit
from services.catalogue import Catalogue
from services.hours import SHANGHAI
from services.sandbox.signatures import Gatekeeper, NotSigned
from services.schema import unnamed
from tests.services.counter import NUMBER, Office
from tests.services.test_departments import sandbox_office

FOLDER = Path(__file__).parents[2] / "services" / "departments"
KEY = UUID("5c3a0a36-6a35-4a52-9f0e-5a9c8a2f5d11")
FILES = sorted(FOLDER.glob("*/samples/steps/*.json"))
EVERY_SAMPLE = pytest.mark.parametrize(
    "file", FILES, ids=[f"{file.parents[2].name}-{file.stem}" for file in FILES]
)
APPLICATIONS = [one for one in Catalogue.load().services.values() if one.plan]
ALONE = {"spouse-home", "residence", "endorse", "pay"}  # they need what others found: test_steps


def read_sample(file: Path) -> dict:
    return json.loads(file.read_text(encoding="utf-8"))


async def done(counter, sample: dict) -> tuple[dict | None, str]:
    """What the step found, or the code of the problem that came in its place."""
    plan = counter.catalogue.service(sample["service"]).plan
    step = plan.step(sample["step"])
    form = plan.form.model_validate(sample["form"])
    visit = Visit("ZB2611210000000", KEY, 1, sample.get("region", ""))
    department = counter.departments[step.department.id]
    try:
        finding = await step.function(counter.person, form, department, visit)
    except Problem as problem:
        return None, problem.code
    assert type(finding) is step.finding
    return json.loads(finding.model_dump_json(exclude_none=True)), ""


@EVERY_SAMPLE
async def test_a_payload_leads_to_its_finding_or_problem(opening, file):
    sample = read_sample(file)
    counter = await opening(**{file.parents[2].name: Office(sample["replies"])})
    with freshness.listening():
        finding, problem = await done(counter, sample)
    assert problem == sample.get("problem", "")
    if finding is not None and "day" in finding and "day" not in sample["finding"]:
        assert finding.pop("day") == f"{datetime.now(SHANGHAI):%Y-%m-%d}"
    assert finding == sample.get("finding")


@EVERY_SAMPLE
async def test_the_office_itself_believes_the_signature_of_a_step(opening, file):
    sample, folder = read_sample(file), file.parents[2].name
    office = Office(sample["replies"])
    counter = await opening(**{folder: office})
    department = counter.departments[folder.replace("_", "-")]
    gatekeeper = Gatekeeper(sandbox_office(folder).scheme, department.access.key)
    await done(counter, sample)
    assert office.requests
    for headers, path, body in office.requests:
        lower = {name.lower(): value for name, value in headers.items()}
        with pytest.raises(NotSigned, match="signature"):
            gatekeeper.check("POST", path, lower, body + b" ")
        gatekeeper.check("POST", path, lower, body)
        with pytest.raises(NotSigned, match="nonce"):
            gatekeeper.check("POST", path, lower, body)
        assert json.loads(body)["number"] == NUMBER


async def test_what_changes_something_carries_the_key_of_the_visit(opening):
    sample = read_sample(FOLDER / "market_regulation/samples/steps/registered.json")
    office = Office(sample["replies"])
    counter = await opening(market_regulation=office)
    await done(counter, sample)
    assert [json.loads(body)["key"] for _, _, body in office.requests] == [str(KEY)]


async def test_an_error_is_asked_again_with_the_same_key(opening):
    """The office does it once for a key, so asking again is safe."""
    sample = read_sample(FOLDER / "market_regulation/samples/steps/registered.json")
    office = Office(sample["replies"])
    office.statuses = [500]
    counter = await opening(market_regulation=office)
    finding, _ = await done(counter, sample)
    assert finding == sample["finding"]
    assert {json.loads(body)["key"] for _, _, body in office.requests} == {str(KEY)}
    assert len(office.requests) == 2


@pytest.mark.parametrize("application", APPLICATIONS, ids=[one.id for one in APPLICATIONS])
def test_every_field_of_a_finding_has_words_or_is_never_shown(application):
    """Fields without words serve later steps; one with words has them in every language."""
    for step in (*application.plan.steps, *application.plan.carries_out):
        gaps = [what for _, _, what in unnamed(step.finding)]
        assert {what for what in gaps} <= {'has no shown("…", en="…")'}
        assert len(gaps) < len(step.finding.model_fields)


def test_every_step_that_stands_alone_has_a_sample():
    sampled = {(one["service"], one["step"]) for one in map(read_sample, FILES)}
    for application in APPLICATIONS:
        for step in (*application.plan.steps, *application.plan.carries_out):
            assert step.name in ALONE or (application.id, step.name) in sampled


def test_no_sample_holds_another_kind_of_answer_than_its_office_gives():
    for file in FILES:
        office = importlib.import_module(f"services.sandbox.{file.parents[2].name}")
        assert set(read_sample(file)["replies"]) <= set(
            sandbox_office(office.ID.replace("-", "_")).answers
        )
