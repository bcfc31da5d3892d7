"""What a client can be given to see, scope by scope: how sensitive it is and what proof it needs.

``openid``, ``profile:<field>`` and ``<service>:read`` are a resident's to give; ``client:read``
and ``kiosk`` are of a client itself. Rooms above register theirs in the same registry. Where a
narrower scope would often do, it is named as ``instead``: an answer in place of raw data.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from config.texts import DEFAULT_LOCALE, text
from identity.ways import FRESH, ORDINARY, SENSITIVE

OPENID = "openid"
CLIENT_READ = "client:read"
KIOSK = "kiosk"
PROFILE = "profile:"
RESIDENT_HERE = f"{PROFILE}resident-here"
_ANY = 1  # level: whoever is signed in


class Sensitivity(StrEnum):
    """``high``: sensitive personal information (PIPL art. 28), or what is asked for at level 4.

    ``low``: nothing that names or finds a person; all that a client without proof of itself gets.
    """

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True)
class Scope:
    """``level``: assurance (1-5); ``max_age``: seconds since the last proof, None for any.

    ``titles`` and ``abouts`` by locale, where the words do not stand in the locale files.
    """

    id: str
    sensitivity: Sensitivity
    level: int = ORDINARY
    max_age: int | None = None
    instead: tuple[str, ...] = ()
    of: Literal["resident", "client"] = "resident"
    titles: Mapping[str, str] | None = field(default=None, compare=False, repr=False)
    abouts: Mapping[str, str] | None = field(default=None, compare=False, repr=False)


def _field(
    name: str, sensitivity: Sensitivity, *, sensitive: bool = False, instead: Iterable[str] = ()
) -> Scope:
    return Scope(
        PROFILE + name,
        sensitivity,
        level=SENSITIVE if sensitive else ORDINARY,
        max_age=FRESH if sensitive else None,
        instead=tuple(PROFILE + one for one in instead),
    )


_LOW, _MEDIUM, _HIGH = Sensitivity
OWN = (
    Scope(OPENID, _LOW, level=_ANY),
    _field("name", _MEDIUM, instead=["name-masked"]),
    _field("name-masked", _LOW),
    _field(
        "id-number",
        _HIGH,
        sensitive=True,
        instead=["id-number-masked", "over-18", "resident-here"],
    ),
    _field("id-number-masked", _MEDIUM),
    _field("birthdate", _MEDIUM, instead=["over-18", "over-60"]),
    _field("gender", _LOW),
    _field("over-18", _LOW),
    _field("over-60", _LOW),
    _field("resident-here", _LOW),
    _field("phone", _MEDIUM),
    Scope(CLIENT_READ, _LOW, level=_ANY, of="client"),
    Scope(KIOSK, _LOW, level=_ANY, of="client"),
)
"""Identity's own. Over sixty: free transport and the like for the elderly."""


class Scopes:
    """The registry, filled when a process starts."""

    def __init__(self, own: Iterable[Scope] = OWN) -> None:
        self._all: dict[str, Scope] = {}
        for scope in own:
            self.register(scope)

    def register(self, scope: Scope) -> None:
        """Raises ValueError for an id that is taken."""
        if scope.id in self._all:
            raise ValueError(f"scope {scope.id} is registered already")
        self._all[scope.id] = scope

    def get(self, id: str) -> Scope | None:
        return self._all.get(id)

    def __contains__(self, id: str) -> bool:
        return id in self._all

    def __iter__(self) -> Iterator[Scope]:
        """In the order in which people are shown them."""
        return iter(self._all.values())

    def of(self, ids: Iterable[str]) -> tuple[Scope, ...]:
        """Those of ``ids`` that there are, in the order in which people are shown them."""
        wanted = set(ids)
        return tuple(scope for scope in self if scope.id in wanted)

    def needs(self, ids: Iterable[str]) -> tuple[int, int | None]:
        """Level and ``max_age`` that all of ``ids`` together ask for."""
        found = self.of(ids)
        ages = [scope.max_age for scope in found if scope.max_age is not None]
        return max((scope.level for scope in found), default=_ANY), min(ages, default=None)

    def title(self, id: str, locale: str) -> str:
        """A few words for a scope there is; raises KeyError for another."""
        scope = self._all[id]
        return _said(scope.titles, locale) or text(f"scope.{id}.title", locale)

    def about(self, id: str, locale: str) -> str:
        """What exactly is seen, in a sentence; raises KeyError for a scope that there is not."""
        scope = self._all[id]
        return _said(scope.abouts, locale) or text(f"scope.{id}.about", locale)


def _said(by_locale: Mapping[str, str] | None, locale: str) -> str:
    if by_locale is None:
        return ""
    return by_locale.get(locale) or by_locale[DEFAULT_LOCALE]
