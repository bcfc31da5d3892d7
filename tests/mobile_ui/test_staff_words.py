"""The words of the staff pages: in both languages, for all that is said, and none too many."""

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import get_args

import pytest
from jinja2 import Environment, nodes
from pydantic import BaseModel

from api.staff_kiosks import KioskSuspension
from api.staff_partners import InvitationWanted, Refusal, Suspension
from identity import attacks, documents, ways
from identity.corrections import REASONS_DECLINED, REASONS_MADE
from identity.partners.client import State
from identity.partners.life import SUSPENSIONS
from identity.record_changes.papers import REASONS, Kind
from identity.register import Verdict
from identity.staff.roles import Role
from mobile_ui.staff import site
from mobile_ui.staff.rooms import corrections, kiosks, partner, partners, records
from mobile_ui.staff.words import LOCALES, in_words, words
from services import service
from services.items.edits import DRAFT, SUPERSEDED
from services.items.publication import PUBLISHED
from tests.support.house import ROOT

STAFF = ROOT / "mobile_ui" / "staff"
KNOWN = words("en")


@dataclass
class Said:
    """What rooms and templates may say: codes that ``say`` is given, all texts that stand there,
    and the beginnings and ends of those that are put together. ``named``: some begin with a text
    that stands elsewhere."""

    codes: set[str] = field(default_factory=set)
    texts: set[str] = field(default_factory=set)
    heads: set[str] = field(default_factory=set)
    tails: set[str] = field(default_factory=set)
    named: bool = False

    def has(self, code: str) -> bool:
        if code in self.texts or any(code.startswith(one) for one in self.heads):
            return True
        if self.named and "." in code and code.partition(".")[0] in self.texts:
            return True
        ended = [code.removesuffix(one) for one in self.tails if code.endswith(one)]
        return any(one in self.texts for one in ended)


def of_rooms() -> Said:
    said = Said()
    for file in STAFF.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                said.texts.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                ends(
                    said,
                    [one.value if isinstance(one, ast.Constant) else None for one in node.values],
                )
            elif isinstance(node, ast.Call) and called(node.func) in {"say", "wrong"} and node.args:
                said.codes |= set(choices(node.args[0]))
    return said


def of_templates() -> Said:
    said, environment = Said(), Environment(autoescape=True)
    for file in (STAFF / "templates").glob("*.html"):
        tree = environment.parse(file.read_text(encoding="utf-8"))
        said.texts |= {
            one.value for one in tree.find_all(nodes.Const) if isinstance(one.value, str)
        }
        for joined in tree.find_all(nodes.Concat):
            ends(said, [getattr(one, "value", None) for one in joined.nodes])
        for call in tree.find_all(nodes.Call):
            name = getattr(call.node, "name", "")
            if name == "say":
                said.codes |= set(chosen(call.args[0]))
            elif name == "table":  # its columns are codes
                said.codes |= {one.value for one in call.args[1].find_all(nodes.Const)}
    return said


def ends(said: Said, parts: list[object]) -> None:
    """``act.`` of what is said as ``act.{code}``, ``-hint`` of ``{code}-hint``."""
    first, last = parts[0], parts[-1]
    said.named |= first is None and "." in parts[1:2]
    if isinstance(first, str) and re.fullmatch(r"[\w-]+[.-]", first):
        said.heads.add(first)
    if isinstance(last, str) and re.fullmatch(r"-[\w-]+", last):
        said.tails.add(last)


def called(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def choices(node: ast.expr) -> Iterator[str]:
    """The codes that an argument may be."""
    if isinstance(node, ast.Constant):
        yield str(node.value)
    elif isinstance(node, ast.IfExp):
        yield from choices(node.body)
        yield from choices(node.orelse)


def chosen(node: nodes.Node) -> Iterator[str]:
    if isinstance(node, nodes.Const):
        yield node.value
    elif isinstance(node, nodes.CondExpr):
        yield from chosen(node.expr1)
        if node.expr2:
            yield from chosen(node.expr2)


def test_both_languages_have_the_same_words() -> None:
    chinese = words("zh-CN")
    assert len(chinese) > 100
    assert chinese.keys() == KNOWN.keys()
    for code, text in chinese.items():
        assert set(re.findall(r"\{\d\}", text)) == set(re.findall(r"\{\d\}", KNOWN[code])), code
        assert text.strip() and KNOWN[code].strip(), code


@pytest.mark.parametrize("locale", LOCALES)
def test_no_word_is_there_twice(locale: str) -> None:
    for file in (STAFF / "words" / locale).glob("*.json"):
        pairs = json.loads(file.read_text(encoding="utf-8"), object_pairs_hook=list)
        codes = [code for code, _ in pairs]
        assert len(codes) == len(set(codes)), file.name


def test_a_word_that_is_missing_stops_the_page_and_facts_fill_its_places() -> None:
    say = in_words("en")
    with pytest.raises(KeyError):
        say("nothing of the kind")
    assert say("approve-title", "{1}", "x") == "Approve “x”?" or "{1}" in say(
        "approve-title", "{1}"
    )


def test_every_word_a_page_says_is_there() -> None:
    said = of_rooms().codes | of_templates().codes
    assert len(said) > 100
    assert not said - KNOWN.keys()


def test_every_title_and_all_that_was_done_has_words() -> None:
    for page in site.PAGES:
        done = {word for pair in page.done.items() for word in pair if word}
        assert not {page.title, *done} - KNOWN.keys(), page.path


def test_no_word_is_kept_that_nothing_says() -> None:
    rooms, templates = of_rooms(), of_templates()
    assert not [code for code in KNOWN if not rooms.has(code) and not templates.has(code)]


def family(head: str) -> set[str]:
    return {code.removeprefix(head) for code in KNOWN if code.startswith(head)}


def test_roles_documents_and_verdicts_have_words() -> None:
    assert family("role.") == family("role-does.") == set(Role)
    assert family("document.") == set(documents.KINDS)
    assert set(attacks.ALARMS) == family("alarms.")
    assert set(attacks.SOURCES) == family("sources.")
    assert {way.id for way in ways.WAYS} == family("way.")
    assert {*REASONS_MADE, *REASONS_DECLINED} == family("reason.")
    assert corrections.REASONS == {"made": REASONS_MADE, "declined": REASONS_DECLINED}
    assert family("verdict.") == {one for one in Verdict if one is not Verdict.MATCH}
    assert family("register.") == {"match", "not-asked"}


def test_kinds_of_services_and_states_of_drafts_have_words() -> None:
    assert family("kind.") == set(service.Kind)
    assert family("edit.") == {DRAFT, PUBLISHED, SUPERSEDED}
    assert family("language.") == set(LOCALES)


def test_changes_of_records_and_their_reasons_have_words() -> None:
    assert family("change.") == family("change-about.") == set(Kind)
    assert family("why.") == {one for reasons in REASONS.values() for one in reasons}
    assert records.REASONS == REASONS


def allowed(model: type[BaseModel], name: str) -> tuple[str, ...]:
    """What a route takes in one field."""
    return get_args(model.model_fields[name].annotation)


def test_what_is_decided_about_partners_and_kiosks_has_words_and_is_offered() -> None:
    assert family("refusal.") == set(partner.REFUSALS)
    assert family("suspension.") == set(partner.SUSPENSIONS)
    assert family("kiosk-why.") == set(kiosks.REASONS)
    assert family("state.") == {*State, "waits"}
    assert allowed(Refusal, "why") == partner.REFUSALS
    assert partner.SUSPENSIONS == allowed(Suspension, "why") == tuple(SUSPENSIONS)
    assert allowed(KioskSuspension, "why") == kiosks.REASONS
    assert allowed(InvitationWanted, "kind") == partners.KINDS
    assert allowed(InvitationWanted, "environment") == partners.ENVIRONMENTS
    assert set(partners.ENVIRONMENTS) == family("environment.")
    assert set(partners.KINDS) == family("client.")
