"""docs/adding-an-application.md: the file printed there is an application, by itself."""

import json
import re
from pathlib import Path

import pytest

from config.settings import Settings
from services.catalogue import Catalogue
from services.models import Supplement
from tests.services.applications.bench import Bench
from tests.services.applications.worker import working
from tests.services.counter import Office

ROOT = Path(__file__).parents[3]
GUIDE = ROOT / "docs" / "adding-an-application.md"
PRINTED = re.compile(r"`(housing/\w+\.py)`\n\n```python\n(.*?)```", re.DOTALL)
SAMPLES = ROOT / "services" / "departments"


def replies(path: str) -> dict:
    return json.loads((SAMPLES / path).read_text(encoding="utf-8"))["replies"]


@pytest.fixture
async def printed(settings: Settings, database: object, opening, tmp_path: Path) -> Bench:
    """The guide's application before two offices: no home, no marriage."""
    [(name, text)] = PRINTED.findall(GUIDE.read_text(encoding="utf-8"))
    file = tmp_path / name
    file.parent.mkdir()
    file.write_text(text, encoding="utf-8")
    counter = await opening(
        tmp_path,
        housing=Office(replies("housing/samples/steps/nothing.json")),
        civil_affairs=Office(replies("civil_affairs/samples/single.json")),
    )
    return working(settings, counter, "no-home-certificate")


def test_without_the_file_there_is_no_such_application():
    assert "no-home-certificate" not in Catalogue.load().services


async def test_the_printed_application_is_submitted_looked_into_and_approved(printed):
    number = await printed.submit({"purpose": "school"})
    await printed.work()
    assert not printed.faults
    assert await printed.state(number) == "approved"
    told = await printed.story.case_file(printed.who, number, "en")
    assert told["decision"]["reasons"][0].startswith("No home is registered.")
    assert "Article 27" in told["decision"]["reasons"][0]
    findings = {one["name"]: one["finding"] for one in told["steps"]}
    assert [one["title"] for one in findings["homes"]] == ["Homes owned"]
    assert "status" not in str(findings["family"])


async def test_the_printed_rules_refuse_with_words_and_ask_for_a_supplement(
    settings, database, opening, tmp_path, printed
):
    divorced = replies("civil_affairs/samples/married.json")
    divorced["marriage"]["data"]["HYZK"] = "40"
    for homes, family, state in (
        ("home_owned", divorced, "refused"),
        ("nothing", divorced, "supplement-asked"),
    ):
        counter = await opening(
            tmp_path,
            housing=Office(replies(f"housing/samples/steps/{homes}.json")),
            civil_affairs=Office(family),
        )
        desk = working(settings, counter, "no-home-certificate")
        number = await desk.submit({"purpose": "subsidy"})
        await desk.work()
        assert not desk.faults
        assert await desk.state(number) == state
    [asked] = await Supplement.all()
    assert asked.wanted == "divorce-agreement"
