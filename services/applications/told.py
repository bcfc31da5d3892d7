"""What of an application is said in words: states, events, reasons, findings, supplements."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from config.texts import FALLBACK, text, words
from services.applications.declaration import Plan
from services.applications.reasons import in_words
from services.schema import released, schema
from services.service import Service

Json = dict[str, Any]


def state(code: str, locale: str) -> str:
    return text(f"application.state.{code}", locale)


def event(name: str, step: str, plan: Plan, locale: str) -> str:
    """A transition or a note; one about a step names it."""
    return text(f"application.event.{name}", locale, step=_step(step, plan, locale))


def _step(name: str, plan: Plan, locale: str) -> str:
    try:
        return plan.step(name).title[FALLBACK.get(locale, locale)]
    except KeyError:
        return name


def reasons(
    plan: Plan, codes: Sequence[str], facts: Mapping[str, str | int], locale: str
) -> list[str]:
    """In words; of a code that no release knows any more nothing is said."""
    return [said for code in codes if (said := _reason(plan, code, facts, locale))]


def _reason(plan: Plan, code: str, facts: Mapping[str, str | int], locale: str) -> str:
    own = f"application.reason.{code}"
    if code not in plan.reasons:
        return text(own, locale) if own in words(locale) else ""
    try:
        return in_words(plan.reasons, code, facts, locale)
    except KeyError:  # a release later, whose words want other facts
        return ""


def finding(found: BaseModel, locale: str) -> list[Json]:
    """The fields made for people, each with its title; what is nothing is left out."""
    properties = schema(type(found), locale)["properties"]
    values = found.model_dump(mode="json")
    named = [(one, values[one["name"]]) for one in released(type(found), locale, "medium")]
    return [
        {
            "name": one["name"],
            "title": one["title"],
            "value": _labelled(value, properties[one["name"]]),
            "show": properties[one["name"]].get("x-show"),
        }
        for one, value in named
        if value is not None
    ]


def _labelled(value: Any, described: Mapping[str, Any]) -> Any:
    return described.get("x-labels", {}).get(str(value), value)


def wanted(service: Service, codes: Sequence[str], locale: str) -> list[Json]:
    """What a supplement asks for: kinds of material and fields of the form, with their titles."""
    spoken = FALLBACK.get(locale, locale)
    titles = {one.kind: one.title[spoken] for one in service.item.materials}
    fields = schema(service.question, locale).get("properties", {})
    return [
        {"kind": code, "title": titles.get(code) or fields.get(code, {}).get("title", code)}
        for code in codes
    ]
