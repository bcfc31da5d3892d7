"""Services are found by folder; a wrong declaration stops the start and says where."""

import json
import re
from pathlib import Path
from textwrap import dedent

import pytest

from config.texts import LOCALES
from services.catalogue import Catalogue, Wanted
from services.errors import QuestionInvalid, ServiceUnknown
from services.service import DeclarationRefused

GUIDE = Path(__file__).parents[2] / "docs" / "adding-a-service.md"
PRINTED = re.compile(r"^`(library/[\w./]+)`\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)

GOOD = dedent('''
    """Provident fund: interest."""
    from typing import Annotated
    from pydantic import BaseModel
    from identity.person import Person
    from services.departments.provident_fund.department import REGULATIONS, ProvidentFund
    from services.groups import HOUSING
    from services.items.standard import query
    from services.schema import shown, words
    from services.service import service


    class Question(BaseModel):
        pass


    class Answer(BaseModel):
        interest: Annotated[int, shown("利息", en="Interest", show="money", headline=True)]


    @service(
        id="provident-fund-interest",
        title=words("公积金利息", en="Provident fund interest"),
        summary=words("今年的利息", en="This year's interest"),
        group=HOUSING,
        icon="coin",
        purpose="own-record",
        item=query("2070100098001", REGULATIONS),
    )
    async def interest(person: Person, question: Question, department: ProvidentFund) -> Answer:
        return Answer(interest=0)
''').lstrip()


def guide(folder: Path) -> Path:
    """The files of the guide, as printed there."""
    for name, text in PRINTED.findall(GUIDE.read_text(encoding="utf-8")):
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder


def dropped(folder: Path, source: str, name: str = "interest.py") -> Path:
    file = folder / "provident_fund" / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(source, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("old", "new", "line", "why"),
    [
        ('words("公积金利息", en="Provident fund interest")', 'words("利息")', 22, "en"),
        ('words("公积金利息", en="Provident fund interest")', 'words("利息", en="")', 22, "en"),
        ('shown("利息", en="Interest", show="money", headline=True)', "1", 17, "interest"),
        ("question: Question,", "question,", 20, "question"),
        ("async def", "def", 20, "async"),
        ('"provident-fund-interest"', '"Interest!"', 20, "Interest!"),
        ("purpose=", "level=9, purpose=", 20, "level"),
        ('    purpose="own-record",\n', "", 20, "purpose"),
        ("return Answer", "return return", 30, "invalid syntax"),
        ("from services.groups import HOUSING", "from services.groups import HAUS", 6, "HAUS"),
    ],
)
def test_a_wrong_declaration_stops_the_start_with_file_and_line(tmp_path, old, new, line, why):
    assert old in GOOD
    folder = dropped(tmp_path, GOOD.replace(old, new))
    with pytest.raises(DeclarationRefused) as refused:
        Catalogue.load(folder)
    assert f"interest.py:{line}:" in str(refused.value)
    assert why in str(refused.value)


def test_an_unlabelled_choice_stops_the_start(tmp_path):
    source = GOOD.replace("interest: Annotated[int", 'interest: Annotated[Literal["up", "down"]')
    source = source.replace("import Annotated", "import Annotated, Literal")
    with pytest.raises(DeclarationRefused, match=r"interest\.py:17: .* label for down, up"):
        Catalogue.load(dropped(tmp_path, source))


def test_an_id_that_is_taken_stops_the_start_and_names_both_places(tmp_path):
    folder = dropped(tmp_path, GOOD.replace("provident-fund-interest", "provident-fund-balance"))
    with pytest.raises(DeclarationRefused, match=r"(?s)declared twice: .*py:\d+ and .*py:\d+"):
        Catalogue.load(folder)


def test_a_file_that_declares_nothing_stops_the_start(tmp_path):
    with pytest.raises(DeclarationRefused, match="declares no service"):
        Catalogue.load(dropped(tmp_path, "X = 1\n"))


def test_a_group_declared_in_two_ways_stops_the_start(tmp_path):
    source = GOOD.replace("group=HOUSING", 'group=Group("housing", words("房", en="House"))')
    source = source.replace("import HOUSING", "import Group")
    with pytest.raises(DeclarationRefused, match="group 'housing'"):
        Catalogue.load(dropped(tmp_path, source))


def test_a_folder_that_is_not_there_stops_the_start(tmp_path):
    with pytest.raises(DeclarationRefused, match="no such folder"):
        Catalogue.load(tmp_path / "nowhere")


def test_a_service_dropped_as_one_file_is_listed_described_and_found(tmp_path):
    assert "provident-fund-interest" not in Catalogue.load().services
    catalogue = Catalogue.load(dropped(tmp_path, GOOD))
    for locale, title in {"zh-CN": "公积金利息", "en": "Provident fund interest"}.items():
        listed = json.loads(catalogue.page(locale).body)["services"]
        assert title in [service["title"] for service in listed]
        detail = json.loads(catalogue.detail("provident-fund-interest", locale).body)
        assert detail["answer"]["properties"]["interest"]["x-headline"] is True
        assert detail["scope"] == "provident-fund-interest:read"
    assert catalogue.find(Wanted(q="gjjlx"))[0].id == "provident-fund-interest"


def test_the_department_of_the_guide_is_found_as_printed(tmp_path):
    catalogue = Catalogue.load(guide(tmp_path))
    assert catalogue.departments["library"].title["en"] == "City Library"
    assert catalogue.find(Wanted(q="图书"))[0].id == "library-loans"
    groups = json.loads(catalogue.page("en").body)["groups"]
    assert {"id": "culture", "title": "Culture"} in groups


def test_an_unknown_service_is_missing():
    with pytest.raises(ServiceUnknown):
        Catalogue.load().detail("divination", "en")


@pytest.mark.parametrize("locale", LOCALES)
def test_the_listing_has_every_member_that_readers_rely_on(locale):
    page = json.loads(Catalogue.load().page(locale).body)
    assert page["next"] is None
    for service in page["services"]:
        assert service.keys() == {
            "id", "title", "summary", "department", "group", "icon", "kind", "audience", "acr",
            "scope", "signed_in",
        }  # fmt: skip
        assert service["acr"] in "12345"


def test_a_page_keeps_its_tag_and_another_language_has_another():
    first, again = Catalogue.load(), Catalogue.load()
    assert first.page("en").etag == again.page("en").etag != first.page("zh-CN").etag


def test_readers_narrow_the_listing():
    catalogue = Catalogue.load()
    fund = catalogue.find(Wanted(department="provident-fund"))
    ours = [one for one in catalogue.services.values() if one.department.id == "provident-fund"]
    assert [one.id for one in fund] == [one.id for one in ours]
    assert {"provident-fund-balance", "provident-fund-records"} <= {one.id for one in fund}
    assert catalogue.find(Wanted(audience="organisation")) == []
    assert len(catalogue.find(Wanted(region="440300"))) == len(catalogue.services)


def test_a_regional_service_is_not_offered_elsewhere(tmp_path):
    source = GOOD.replace("icon=", 'regions=("4403",), icon=')
    catalogue = Catalogue.load(dropped(tmp_path, source))
    offered = [service.id for service in catalogue.find(Wanted(region="440100"))]
    assert "provident-fund-interest" not in offered
    assert "provident-fund-interest" in [s.id for s in catalogue.find(Wanted(region="440305"))]


def test_a_cursor_of_nowhere_is_refused():
    with pytest.raises(QuestionInvalid):
        Catalogue.load().page("en", Wanted(cursor="divination"))
