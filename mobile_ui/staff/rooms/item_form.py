"""The form of a change of an item: what is in its fields, and what of it differs from the file.

Only what differs is sent, member by member. Members that the form does not show stay as they are.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mobile_ui.staff.page import Visit
from mobile_ui.staff.words import LOCALES

Json = Mapping[str, Any]
SPOKEN = ("title", "summary", "place", "hours")
_FIELDS = ("was", "region", "promised_days", "phone")  # of an edition
_BETWEEN = re.compile(r"[\s,，、]+")
_MOST_DIGITS = 6


@dataclass(frozen=True)
class Row:
    """An edition in the form: what is otherwise in a region. ``was``: the region it was shown with,
    empty for a new one; ``gone``: ticked to be left out."""

    was: str = ""
    region: str = ""
    promised_days: str = ""
    phone: str = ""
    gone: bool = False


@dataclass(frozen=True)
class Typed:
    """All fields with what is in them. ``said``: by member, then language; ``newest``: the version
    that was the youngest when the form was first shown."""

    said: Mapping[str, Mapping[str, str]]
    keywords: str
    promised_days: str
    phone: str
    complaint: str
    note: str
    newest: int | str
    rows: Sequence[Row]
    added: bool = False


def typed(visit: Visit, found: Json) -> Typed:
    """What the form shows: what was typed into it, else what the item says with its draft."""
    now = _now(found)
    if visit.act != "save":
        return _as_said(now, found["newest"])
    added = visit.one("rows") == "add"
    return Typed(
        said={name: {one: visit.one(f"{name}.{one}") for one in LOCALES} for name in SPOKEN},
        **{name: visit.one(name) for name in ("keywords", "promised_days", "phone", "complaint")},
        note=visit.one("note"),
        newest=visit.one("newest"),
        rows=[*_rows(visit), *([Row()] if added else [])],
        added=added,
    )


def change_of(visit: Visit, found: Json) -> dict[str, Any]:
    """What is to be laid over the file. Who may change the editions only leaves the rest of what
    is drafted or published as it is."""
    now, base = _now(found), found["declared"]
    said = {name: one for name, one in _laid(found).items() if name != "editions"}
    given = {**(_words(visit, now) if found["whole"] else {}), "editions": _editions(visit, now)}
    change = {name: one for name, one in given.items() if one is not None and one != base.get(name)}
    return change if found["whole"] else said | change


def laid_over(found: Json, which: str) -> Json:
    """The file with a change over it: the ``draft`` or what is ``published``."""
    return {**found["declared"], **found[which]["change"]}


def number_of(text: str) -> int | str:
    """A number as it was typed; what is none is refused where it is asked for."""
    return int(text) if text.isdecimal() and len(text) <= _MOST_DIGITS else text


def _laid(found: Json) -> Json:
    laid: Json = (found["draft"] or found["published"])["change"]
    return laid


def _now(found: Json) -> Json:
    return laid_over(found, "draft" if found["draft"] else "published")


def _as_said(now: Json, newest: int) -> Typed:
    said = {name: now.get(name) or {} for name in SPOKEN}
    return Typed(
        said={name: {one: words.get(one, "") for one in LOCALES} for name, words in said.items()},
        keywords=" ".join(now.get("keywords") or []),
        promised_days=str(now.get("promised_days", "")),
        phone=now.get("phone") or "",
        complaint=(now.get("complaint") or {}).get("phone", ""),
        note="",
        newest=newest,
        rows=[_row(one) for one in now.get("editions") or []],
    )


def _row(one: Json) -> Row:
    days, phone = str(one.get("promised_days", "")), one.get("phone", "")
    return Row(one["region"], one["region"], days, phone)


def _words(visit: Visit, now: Json) -> dict[str, Any]:
    """All but the editions; None for what is left empty, which is then as the file says."""
    days, phone = visit.one("promised_days"), visit.one("complaint")
    return {
        **{name: _spoken(visit, name, now.get(name) or {}) for name in SPOKEN},
        "keywords": [one for one in _BETWEEN.split(visit.one("keywords")) if one],
        "promised_days": number_of(days) if days else None,
        "phone": visit.one("phone") or None,
        "complaint": {**(now.get("complaint") or {}), "phone": phone} if phone else None,
    }


def _spoken(visit: Visit, name: str, now: Json) -> Json | None:
    """One text in each language; left empty in all of them it is not said."""
    said = {one: visit.one(f"{name}.{one}") for one in LOCALES}
    return {**now, **said} if any(said.values()) else None


def _editions(visit: Visit, now: Json) -> list[dict[str, Any]]:
    """A row that is ticked off, or without a region, is none."""
    known = {one["region"]: one for one in now.get("editions") or []}
    rows = [row for row in _rows(visit) if row.region and not row.gone]
    return [_edition(row, known.get(row.was, {})) for row in rows]


def _edition(row: Row, before: Json) -> dict[str, Any]:
    made = {name: one for name, one in before.items() if name not in ("promised_days", "phone")}
    made["region"] = row.region
    if row.promised_days:
        made["promised_days"] = number_of(row.promised_days)
    return made | ({"phone": row.phone} if row.phone else {})


def _rows(visit: Visit) -> Iterator[Row]:
    at = 0
    while f"edition.{at}.region" in visit.form:
        was, region, days, phone = (
            visit.one(f"edition.{at}.{name}")
            for name in ("was", "region", "promised_days", "phone")
        )
        yield Row(was, region, days, phone, gone=str(at) in visit.each("gone"))
        at += 1
