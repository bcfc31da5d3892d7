"""What is offered: every service, listed item and department found, staff's edits over them.

What files declare is read once, at the start; what staff publish comes over it while the house
works (``services.items.publication``). Pages are kept as bytes with their ETag, so that a reader
of the catalogue costs next to nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from config import logs
from services import discovery
from services.department import Department
from services.errors import ServiceUnknown
from services.items import listed as listed_items
from services.items.changes import EditInvalid, Published, applied
from services.items.kept import Page
from services.items.listed import Listed
from services.items.pages import described
from services.items.shelves import EVERYTHING, PAGE, Entry, Shelves, Wanted
from services.items.standard import Item, at
from services.licences.declaration import LicenceType
from services.service import DeclarationRefused, Service

__all__ = ["EVERYTHING", "PAGE", "Catalogue", "Entry", "Needed", "Page", "Wanted", "described"]

log = logs.get("services.catalogue")


@dataclass(frozen=True)
class Needed:
    """``level``: assurance (1-5); ``max_age``: seconds since the last proof, None for any."""

    level: int
    max_age: int | None


@dataclass(frozen=True)
class State:
    """What is in force at one moment: the shelves, and the version of each published edit."""

    shelves: Shelves
    services: Mapping[str, Service]
    versions: Mapping[str, int]


class Catalogue:
    """``declared``: every entry as its file has it; ``entries``: as it is now, in order;
    ``licences``: the kinds of licence that departments issue.
    """

    def __init__(
        self,
        services: Iterable[Service],
        departments: Iterable[type[Department]],
        listed: Iterable[Listed] = (),
        licences: Iterable[LicenceType] = (),
    ):
        self.departments: Mapping[str, type[Department]] = _once("department", departments)
        self.licences: Mapping[str, LicenceType] = _once("licence", licences)
        self.declared: Mapping[str, Entry] = _once("item", [*services, *listed])
        _check(self.declared.values(), self.departments)
        self._uses: Mapping[str, int] = {}
        self._state = _state(Shelves(self.declared), {})

    @classmethod
    def load(cls, *folders: Path, items: Path | None = None) -> "Catalogue":
        """The departments of the house and those in further folders, and the listed items of
        ``items``; DeclarationRefused.
        """
        found = [
            module
            for folder in (discovery.BUILT_IN, *folders)
            for module in discovery.modules(folder)
        ]
        departments = [one for module in found for one in discovery.departments(module)]
        services = [one for module in found for one in discovery.services(module)]
        offices: Mapping[str, listed_items.Office] = {one.id: one for one in departments}
        licences = [one for module in found for one in discovery.licences(module)]
        listed = listed_items.load(items, offices) if items else ()
        return cls(services, departments, listed, licences)

    @property
    def entries(self) -> Mapping[str, Entry]:
        return self._state.shelves.entries

    @property
    def services(self) -> Mapping[str, Service]:
        """What can be done here, in the order of the shelves."""
        return self._state.services

    def entry(self, id: str) -> Entry:
        """The service or listed item of that id; raises ServiceUnknown."""
        return self._state.shelves.entry(id)

    def service(self, id: str) -> Service:
        """The service of that id; raises ServiceUnknown."""
        if id not in self.services:
            raise ServiceUnknown()
        return self.services[id]

    def item(self, id: str, region: str = "") -> Item:
        """The item as it is offered in a region; raises ServiceUnknown."""
        return at(self.entry(id).item, region)

    def version(self, id: str) -> int:
        """Of the published edit in force; 0: as its file declares it."""
        return self._state.versions.get(id, 0)

    @property
    def versions(self) -> Mapping[str, int]:
        return self._state.versions

    def needs(self) -> Mapping[str, Needed]:
        """What every scope of a service asks of whoever uses it, residents and partners alike."""
        return {
            service.scope: Needed(service.level, service.max_age)
            for service in self.services.values()
        }

    def find(self, wanted: Wanted) -> list[Entry]:
        """What fits, by relevance where words are searched, otherwise shelf by shelf."""
        return self._state.shelves.find(wanted)

    def page(self, locale: str, wanted: Wanted = EVERYTHING) -> Page:
        """A page of the list. Raises QuestionInvalid for the cursor of another list."""
        return self._state.shelves.page(locale, wanted)

    def detail(self, id: str, locale: str, region: str = "") -> Page:
        """One entry whole, as a region has it; raises ServiceUnknown."""
        return self._state.shelves.detail(id, locale, region)

    def edited(self, changes: Mapping[str, Published]) -> State:
        """The state with these edits in force, still searched by the words of the one shown now.

        An edit that no longer fits what a new release declares is left out, and said so.
        """
        entries, versions = dict(self.declared), {}
        for id, published in changes.items():
            if id not in entries:
                continue
            try:
                entries[id] = applied(entries[id], published.change)
                versions[id] = published.version
            except EditInvalid as fault:
                log.fault("edit-left-out", fault, item=id, version=published.version)
        return _state(Shelves(entries, self._state.shelves.search), versions)

    def indexed(self, state: State) -> State:
        """The same state, searched by its own words. It takes a while: not on the event loop."""
        made = _state(Shelves(state.shelves.entries), state.versions)
        made.shelves.search.used(self._uses)
        return made

    def show(self, state: State) -> None:
        """From now on, in one step."""
        self._state = state

    def used(self, uses: Mapping[str, int]) -> None:
        """How often each item was used lately: the search ranks by it from now on."""
        self._uses = uses
        self._state.shelves.search.used(uses)


def _state(shelves: Shelves, versions: Mapping[str, int]) -> State:
    services = {one.id: one for one in shelves.entries.values() if isinstance(one, Service)}
    return State(shelves, MappingProxyType(services), MappingProxyType(dict(versions)))


def _check(entries: Iterable[Entry], departments: Mapping[str, type[Department]]) -> None:
    groups: dict[str, Any] = {}
    codes: dict[str, str] = {}
    for one in entries:
        if isinstance(one, Service) and departments.get(one.department.id) is not one.department:
            raise DeclarationRefused(f"{one.declared_at}: its department was not found")
        if groups.setdefault(one.group.id, one.group) != one.group:
            raise DeclarationRefused(
                f"{one.declared_at}: group {one.group.id!r} was declared otherwise"
            )
        if (first := codes.setdefault(one.code, one.declared_at)) != one.declared_at:
            raise DeclarationRefused(
                f"{one.declared_at}: its implementation code {one.code} is that of {first}"
            )


def _once(what: str, found: Iterable[Any]) -> Mapping[str, Any]:
    """By id; one that comes twice stops the start and names both places."""
    known: dict[str, Any] = {}
    for one in found:
        if one.id in known:
            places = " and ".join(str(getattr(x, "declared_at", x)) for x in (known[one.id], one))
            raise DeclarationRefused(f"{what} {one.id!r} is declared twice: {places}")
        known[one.id] = one
    return MappingProxyType(known)
