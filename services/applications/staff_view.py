"""What a member of staff may choose from in a case: reasons, and what a supplement may ask for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.applications.declaration import Plan
from services.applications.reasons import in_words
from services.schema import schema
from services.service import Service


@dataclass(frozen=True)
class Choice:
    """A code and its words in the reader's language."""

    code: str
    title: str


@dataclass(frozen=True)
class Choices:
    """``reasons`` whose words are complete: those that want facts are offered only where the rules
    found them. ``materials`` and ``fields``: what a supplement may ask for; ``question``: the JSON
    Schema of the form.
    """

    reasons: tuple[Choice, ...]
    materials: tuple[Choice, ...]
    fields: tuple[Choice, ...]
    question: dict[str, Any]

    @property
    def reason_codes(self) -> frozenset[str]:
        return frozenset(one.code for one in self.reasons)


def choices(service: Service, facts: Mapping[str, str | int], locale: str) -> Choices:
    """For a case of this application service, in one language; ``facts``: what the rules found."""
    plan = service.plan
    assert plan is not None
    question = schema(plan.form, locale)
    return Choices(
        reasons=tuple(
            Choice(code, said)
            for code in plan.reasons
            if (said := _said(plan, code, facts, locale)) is not None
        ),
        materials=tuple(Choice(one.kind, one.title[locale]) for one in service.item.materials),
        fields=tuple(
            Choice(name, said.get("title", name)) for name, said in question["properties"].items()
        ),
        question=question,
    )


def _said(plan: Plan, code: str, facts: Mapping[str, str | int], locale: str) -> str | None:
    """The reason in words; None where they want a fact that nobody has found."""
    try:
        return in_words(plan.reasons, code, facts, locale)
    except KeyError:
        return None
