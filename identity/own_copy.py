"""A resident's own copy of everything held about them (PIPL art. 45), in plain words.

The record that a copy was taken is committed before anything is read: no audit, no copy.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from uuid import UUID

from tortoise.transactions import in_transaction

from config.texts import text, words
from identity import release
from identity.audit import record
from identity.caller import Caller
from identity.errors import SignInNeeded
from identity.holdings import Coded, Holdings, Value

Shown = str | int | bool | datetime | date | None


@dataclass(frozen=True)
class Field:
    """``name`` for programs, ``title`` for people."""

    name: str
    title: str
    value: Shown = field(repr=False)


@dataclass(frozen=True)
class Section:
    """One kind of thing that is held; ``about`` says what for and how long."""

    name: str
    title: str
    about: str
    records: Sequence[Sequence[Field]] = field(repr=False)


@dataclass(frozen=True)
class Copy:
    made_at: datetime
    resident: UUID
    locale: str
    sections: Sequence[Section] = field(repr=False)


Say = Callable[[Coded, str], str]


def in_words(coded: Coded, locale: str) -> str:
    """The text of a code, or the code where there is none."""
    return words(locale).get(f"{coded.prefix}.{coded.code}", coded.code)


async def take(caller: Caller, holdings: Holdings, locale: str, say: Say = in_words) -> Copy:
    """Everything, in the order of the registry. ``say`` knows the words of rooms above too.

    Raises SignInNeeded, StepUpNeeded or ScopeMissing: the copy is for the resident alone.
    """
    release.permit_copy(caller)
    if caller.resident is None:
        raise SignInNeeded()
    async with in_transaction() as connection:
        await record(connection, event="copy:taken", resident=caller.resident, caller=caller)
    sections = []
    for holding in holdings:
        records = [
            [
                _field(holding.name, name, value, locale, say)
                for name, value in release.copied(one).items()
            ]
            for one in await holding.export(caller.resident)
        ]
        title, about = (text(f"held.{holding.name}.{part}", locale) for part in ("title", "about"))
        sections.append(Section(holding.name, title, about, records))
    return Copy(datetime.now(UTC), caller.resident, locale, sections)


def _field(holding: str, name: str, value: Value, locale: str, say: Say) -> Field:
    """A field is called the same in all holdings, unless one calls it otherwise."""
    known = words(locale)
    title = known.get(f"held.{holding}.{name}") or known[f"held.field.{name}"]
    shown: Shown = say(value, locale) if isinstance(value, Coded) else value  # type: ignore[assignment]
    return Field(name, title, shown)
