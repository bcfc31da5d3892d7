"""From what was sent to a service's Question, or to words about each field that does not fit."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from config.texts import text, words
from services.errors import QuestionInvalid
from services.schema import schema
from services.service import Service


def read(service: Service, sent: Mapping[str, Any], locale: str) -> BaseModel:
    """The question as its model; QuestionInvalid with ``fields`` and their ``messages``."""
    try:
        return service.question.model_validate(dict(sent), by_alias=True, by_name=False)
    except ValidationError as wrong:
        faults = wrong.errors(include_url=False, include_input=False)
    titles = schema(service.question, locale).get("properties", {})
    fields = [_field(fault) for fault in faults]
    messages = [
        _message(fault, titles.get(field.split(".")[0], {}).get("title", ""), locale)
        for field, fault in zip(fields, faults, strict=True)
    ]
    kinds = ", ".join(sorted({str(fault["type"]) for fault in faults}))
    raise QuestionInvalid(kinds, fields=fields, messages=messages, problems="; ".join(messages))


def _field(fault: Any) -> str:
    """Where the fault is, in names of the schema; names that are not ours are not repeated."""
    if fault["type"] == "extra_forbidden":
        return "?"
    return ".".join(map(str, fault["loc"])) or str(fault.get("ctx", {}).get("field", ""))


def _message(fault: Any, title: str, locale: str) -> str:
    known = f"question.{fault['type']}"
    code = known if known in words(locale) else "question.other"
    said = text(code, locale, **fault.get("ctx", {}))
    return text("question.field", locale, title=title, said=said) if title else said
