"""The copy as one page: nothing to load, nothing that runs, readable on a phone and on paper."""

import base64
from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from hashlib import sha256
from html import escape
from string import Template
from zoneinfo import ZoneInfo

from api.erasures import Kept
from api.static import FOLDER
from config.texts import text
from identity.own_copy import Copy, Field, Section, Shown

_CHINA = ZoneInfo("Asia/Shanghai")
_FEW = 3  # records up to here are shown as cards, more of them as a table


def page(copy: Copy, keeps: Sequence[Kept]) -> str:
    """A whole document. Every value is escaped."""
    locale = copy.locale
    filled = [one for one in copy.sections if one.records]
    empty = [escape(one.title) for one in copy.sections if not one.records]
    return _frame().substitute(
        lang=locale,
        style=_style(),
        policy=escape(policy()),
        title=_text("title", locale),
        lead=_text("lead", locale),
        made=_text("made", locale),
        made_at=_time(copy.made_at),
        warning=_text("warning", locale),
        contents=_text("contents", locale),
        links="".join(f'<li><a href="#{one.name}">{escape(one.title)}</a></li>' for one in filled),
        sections="".join(_section(one, locale) for one in filled),
        empty=_nothing_of(empty, locale),
        kept=_text("kept", locale),
        keeps="".join(f"<li>{escape(one.text)}</li>" for one in keeps),
    )


def _nothing_of(titles: Sequence[str], locale: str) -> str:
    if not titles:
        return ""
    listed = _text("comma", locale).join(titles)
    return f"<section><h2>{_text('nothing', locale)}</h2><p>{listed}</p></section>"


def _section(one: Section, locale: str) -> str:
    shown = _cards(one, locale) if len(one.records) <= _FEW else _table(one, locale)
    return (
        f'<section id="{one.name}"><h2>{escape(one.title)}</h2>'
        f'<p class="about">{escape(one.about)}</p>{shown}</section>'
    )


def _cards(one: Section, locale: str) -> str:
    return "".join(f"<dl>{_pairs(record, locale)}</dl>" for record in one.records)


def _pairs(record: Sequence[Field], locale: str) -> str:
    return "".join(
        f"<div><dt>{escape(field.title)}</dt><dd>{_value(field.value, locale)}</dd></div>"
        for field in record
        if field.value not in (None, "")
    )


def _table(one: Section, locale: str) -> str:
    """Every cell names its column, so that a narrow screen can stack them."""
    used = [
        at
        for at, _ in enumerate(one.records[0])
        if any(record[at].value not in (None, "") for record in one.records)
    ]
    head = "".join(f'<th scope="col">{escape(one.records[0][at].title)}</th>' for at in used)
    rows = "".join(_row([record[at] for at in used], locale) for record in one.records)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _row(fields: Sequence[Field], locale: str) -> str:
    cells = "".join(
        f'<td data-title="{escape(field.title)}">{_value(field.value, locale)}</td>'
        for field in fields
    )
    return f"<tr>{cells}</tr>"


def _value(value: Shown, locale: str) -> str:
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return _text("yes" if value else "no", locale)
    if isinstance(value, datetime):
        return _time(value)
    if isinstance(value, date):
        return f"{value:%Y-%m-%d}"
    return escape(str(value))


def _time(at: datetime) -> str:
    return f'<time datetime="{at.isoformat()}">{at.astimezone(_CHINA):%Y-%m-%d %H:%M}</time>'


def _text(what: str, locale: str) -> str:
    return escape(text(f"copy.{what}", locale))


def policy() -> str:
    """Content-Security-Policy: the page's own style and nothing else."""
    digest = base64.b64encode(sha256(_style().encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'"


@cache
def _frame() -> Template:
    return Template((FOLDER / "copy.html").read_text(encoding="utf-8"))


@cache
def _style() -> str:
    return (FOLDER / "copy.css").read_text(encoding="utf-8")
