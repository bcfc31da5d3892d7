"""What staff may change of an item without a release: words, days, places, telephones.

A change is laid over what the item's file declares; what it does not name stays as declared.
Codes, legal basis, materials, fees and the form of a service stay in the files.
"""

import json
from dataclasses import dataclass, replace
from typing import Annotated, Any

from pydantic import Field

from config.errors import Invalid
from services.items import regions
from services.items.form import (
    ComplaintForm,
    Days,
    EditionForm,
    Editions,
    Form,
    Phone,
    Said,
    Text,
    json_of,
    spoken,
)
from services.items.shelves import Entry
from services.items.standard import Item, lint, lint_regions

_ITEM = ("promised_days", "place", "hours", "phone", "complaint", "editions")
_ENTRY = ("title", "summary", "keywords")


class EditInvalid(Invalid):
    """The change breaks a rule of the item standard. Fact ``fields``: where."""

    code = "edit-invalid"


class Change(Form):
    """Every member is optional; one that is null or absent changes nothing."""

    title: Said | None = None
    summary: Said | None = None
    keywords: Annotated[tuple[Text, ...], Field(max_length=40)] | None = None
    promised_days: Days | None = None
    place: Said | None = None
    hours: Said | None = None
    phone: Phone | None = None
    complaint: ComplaintForm | None = None
    editions: Editions | None = None

    def as_json(self) -> dict[str, Any]:
        """Without what changes nothing."""
        made: dict[str, Any] = self.model_dump(mode="json", exclude_none=True)
        return made

    def text(self) -> str:
        return json.dumps(self.as_json(), ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True)
class Published:
    """A change that is in force, and its version."""

    version: int
    change: Change


def applied(entry: Entry, change: Change) -> Entry:
    """The entry with the change over it. Raises EditInvalid."""
    own = {name: _made(name, getattr(change, name)) for name in _ITEM if _named(change, name)}
    words = {name: _made(name, getattr(change, name)) for name in _ENTRY if _named(change, name)}
    made = replace(entry, item=replace(entry.item, **own), **words)
    if faults := [*lint(made.item), *lint_regions(made.regions, made.item)]:
        fields = [fault.split(maxsplit=1)[0].rstrip(":").removeprefix("item.") for fault in faults]
        raise EditInvalid("; ".join(faults), fields=sorted(set(fields)))
    return made


def editable(entry: Entry) -> Change:
    """What the entry says now, as a change could say it."""
    item: Item = entry.item
    return Change.model_validate(
        {
            "title": dict(entry.title),
            "summary": dict(entry.summary),
            "keywords": list(entry.keywords),
            "promised_days": item.promised_days,
            "place": dict(item.place),
            "hours": dict(item.hours) if item.hours else None,
            "phone": item.phone,
            "complaint": {"phone": item.complaint.phone, "about": dict(item.complaint.about)},
            "editions": [json_of(one) for one in item.editions],
        }
    )


def reach(entry: Entry, before: Change, after: Change) -> frozenset[str] | None:
    """The regions whose edition differs between two changes of an entry as its file declares it;
    None where anything else differs too.
    """
    if before.model_copy(update={"editions": None}) != after.model_copy(update={"editions": None}):
        return None
    old, new = _by_region(entry, before), _by_region(entry, after)
    return frozenset(one for one in old.keys() | new.keys() if old.get(one) != new.get(one))


def _by_region(entry: Entry, change: Change) -> dict[str, EditionForm]:
    editions = change.editions
    if editions is None:
        editions = tuple(EditionForm.model_validate(json_of(one)) for one in entry.item.editions)
    return {regions.prefix(one.region): one for one in editions}


def _named(change: Change, name: str) -> bool:
    return getattr(change, name) is not None


def _made(name: str, value: Any) -> Any:
    if name == "editions":
        return tuple(one.made() for one in value)
    if name == "complaint":
        return value.made()
    return spoken(value) if isinstance(value, dict) else value
