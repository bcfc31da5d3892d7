"""How a service describes its fields: words in every locale, and how a screen shows them.

A field of a Question or Answer is ``Annotated[type, shown("余额", en="Balance", show="money")]``.
``schema(model, locale)`` turns a model into the JSON Schema from which any screen can be drawn:
no references to follow, every property with a title in the reader's language.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, GetJsonSchemaHandler, StringConstraints, WithJsonSchema
from pydantic_core import CoreSchema

from config.texts import FALLBACK, LOCALES, Spoken

Words = Mapping[str, str]
Show = Literal["money", "date", "month", "percent", "state", "number", "text", "table"]
Sensitivity = Literal["low", "medium", "high"]
"""As identity.scopes means it: ``low`` names nobody, ``high`` is sensitive (PIPL art. 28)."""
Json = dict[str, Any]
_SPOKEN = "x-words"
_NULL = {"type": "null"}

Month = Annotated[
    str,
    StringConstraints(pattern=r"^(19|20)[0-9]{2}-(0[1-9]|1[0-2])$"),
    WithJsonSchema({"type": "string", "format": "month"}),
]
"""A calendar month, ``2026-11``."""


def words(zh: str, *, en: str, **others: str) -> Words:
    """The same words in every locale of the house; an empty one raises ValueError."""
    spoken = Spoken({"zh-CN": zh, "en": en, **others})
    if empty := [locale for locale, said in spoken.items() if not said.strip()]:
        raise ValueError(f"no words in {', '.join(empty)}")
    return MappingProxyType(spoken)


@dataclass(frozen=True)
class Chart:
    """Which properties of a table's rows make its chart: ``x`` along, ``y`` up."""

    x: str
    y: Sequence[str]


@dataclass(frozen=True)
class Shown:
    """The annotation ``shown`` makes; it writes itself into the JSON Schema."""

    title: Words
    show: Show | None = None
    headline: bool = False
    chart: Chart | None = None
    labels: Mapping[str, Words] = field(default_factory=dict)
    description: Words | None = None
    sensitivity: Sensitivity | None = None

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> Json:
        plain = handler(core)
        spoken: Json = {"title": dict(self.title), "description": dict(self.description or {})}
        spoken["x-labels"] = {value: dict(label) for value, label in self.labels.items()}
        plain[_SPOKEN] = {name: value for name, value in spoken.items() if value}
        plain |= {"x-show": self.show} if self.show else {}
        plain |= {"x-headline": True} if self.headline else {}
        if self.chart:
            plain["x-chart"] = {"x": self.chart.x, "y": list(self.chart.y)}
        return plain


def shown(
    zh: str,
    *,
    en: str,
    show: Show | None = None,
    headline: bool = False,
    chart: Chart | None = None,
    labels: Mapping[str, Words] | None = None,
    description: Words | None = None,
    sensitivity: Sensitivity | None = None,
) -> Shown:
    """Name a field for people and say how it is shown.

    ``headline`` is the one big figure on top; ``chart`` belongs to a list of rows;
    ``labels`` names each value of an enumeration; ``sensitivity``: where it is not what
    ``released`` takes it for. Raises ValueError for a sensitivity that there is not.
    """
    if sensitivity is not None and sensitivity not in get_args(Sensitivity):
        raise ValueError(f"sensitivity is not one of {', '.join(get_args(Sensitivity))}")
    named = words(zh, en=en)
    return Shown(named, show, headline, chart, labels or {}, description, sensitivity)


def released(model: type[BaseModel], locale: str, usual: Sensitivity) -> list[Json]:
    """The fields of an answer, each with its name, title and sensitivity.

    Unless its declaration says otherwise, an amount of money is ``high`` (financial accounts, PIPL
    art. 28), a table is as sensitive as the most sensitive of its columns, the rest is ``usual``.
    """
    marks = ((name, info, _mark(info.metadata)) for name, info in model.model_fields.items())
    return [
        {
            "name": name,
            "title": mark.title[locale],
            "sensitivity": mark.sensitivity or _sensitivity(mark, info.annotation, usual),
        }
        for name, info, mark in marks
        if mark
    ]


def _sensitivity(mark: Shown, annotation: Any, usual: Sensitivity) -> Sensitivity:
    if mark.show == "money" or usual == "high":
        return "high"
    for part in _models(annotation, set()):
        if any(one["sensitivity"] == "high" for one in released(part, LOCALES[0], usual)):
            return "high"
    return usual


def _mark(metadata: Sequence[Any]) -> Shown | None:
    return next((one for one in metadata if isinstance(one, Shown)), None)


def schema(model: type[BaseModel], locale: str) -> Json:
    """The JSON Schema of ``model`` in one language, whole in itself."""
    found: Json = _told(_raw(model), FALLBACK.get(locale, locale))
    return found


@cache
def _raw(model: type[BaseModel]) -> Json:
    draft = model.model_json_schema(by_alias=True)
    parts: Json = draft.pop("$defs", {})
    whole: Json = _inlined(_unspoken(draft), parts)
    return whole


def _inlined(node: Any, parts: Json) -> Any:
    """References replaced by what they name; ``X or null`` becomes an X that may be absent."""
    if isinstance(node, list):
        return [_inlined(item, parts) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        named = _unspoken(parts[node["$ref"].rpartition("/")[2]])
        node = {**named, **{key: value for key, value in node.items() if key != "$ref"}}
    if "anyOf" in node:
        node = _without_null(node)
    if "required" in node:
        node = node | {"required": _always_there(node)}
    return {
        key: value if key == _SPOKEN else _inlined(value, parts)
        for key, value in node.items()
        if not (key == "default" and value is None)
    }


def _unspoken(model: Json) -> Json:
    """A model without its name and docstring: they are for programmers and in one language."""
    return {key: value for key, value in model.items() if key not in {"title", "description"}}


def _always_there(node: Json) -> list[str]:
    """What is null is left out of an answer, so nobody may rely on it."""
    return [
        name for name in node["required"] if _NULL not in node["properties"][name].get("anyOf", [])
    ]


def _without_null(node: Json) -> Json:
    kinds = [kind for kind in node["anyOf"] if kind != _NULL]
    if len(kinds) != 1:
        return node
    return {**kinds[0], **{key: value for key, value in node.items() if key != "anyOf"}}


def _told(node: Any, locale: str) -> Any:
    """The same schema with its words in one locale only."""
    if isinstance(node, list):
        return [_told(item, locale) for item in node]
    if not isinstance(node, dict):
        return node
    spoken = node.get(_SPOKEN, {})
    rest = {key: _told(value, locale) for key, value in node.items() if key != _SPOKEN}
    return rest | {key: _in(locale, value) for key, value in spoken.items()}


def _in(locale: str, said: Any) -> Any:
    if locale in said:
        return said[locale]
    return {value: label[locale] for value, label in said.items()}


def unnamed(model: type[BaseModel]) -> Iterator[tuple[type[BaseModel], str, str]]:
    """Each field that a screen could not show: (model, field, what is missing)."""
    for part in _models(model, set()):
        for name, info in part.model_fields.items():
            marks = [mark for mark in info.metadata if isinstance(mark, Shown)]
            if not marks:
                yield part, name, 'has no shown("…", en="…")'
                continue
            if silent := [one for one in LOCALES if one not in marks[0].title]:
                yield part, name, f"has no title in {', '.join(silent)}"
            if gaps := _choices(info.annotation) - marks[0].labels.keys():
                yield part, name, f"has no label for {', '.join(sorted(gaps))}"


def _choices(annotation: Any) -> set[str]:
    parts = [annotation, *get_args(annotation)]
    literal = [part for part in parts if getattr(part, "__origin__", None) is Literal]
    return {str(value) for part in literal for value in get_args(part)}


def _models(annotation: Any, seen: set[Any]) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        if annotation in seen:
            return
        seen.add(annotation)
        yield annotation
        inner = [info.annotation for info in annotation.model_fields.values()]
    else:
        inner = list(get_args(annotation))
    for part in inner:
        yield from _models(part, seen)
