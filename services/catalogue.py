"""What is offered: every service and department found, and the pages of it prepared once.

A page is kept as bytes with its ETag, so that a reader of the catalogue costs next to nothing.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any

from services import discovery
from services.department import Department
from services.errors import QuestionInvalid, ServiceUnknown
from services.schema import schema
from services.search import Search
from services.service import DeclarationRefused, Service

Json = dict[str, Any]
PAGE = 200
_KEPT_PAGES = 256


@dataclass(frozen=True)
class Wanted:
    """What a reader of the catalogue asks for; empty means everything.

    ``region`` is a GB/T 2260 code; ``cursor`` the ``next`` of the page before.
    """

    q: str = ""
    department: str = ""
    audience: str = ""
    region: str = ""
    cursor: str = ""


EVERYTHING = Wanted()


@dataclass(frozen=True)
class Page:
    """JSON ready to send and its entity tag, quoted as the header wants it (RFC 9110 §8.8.3)."""

    body: bytes
    etag: str

    @classmethod
    def of(cls, content: Json) -> "Page":
        body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
        return cls(body, f'"{sha256(body).hexdigest()[:32]}"')


@dataclass(frozen=True)
class Needed:
    """``level``: assurance (1-5); ``max_age``: seconds since the last proof, None for any."""

    level: int
    max_age: int | None


class Catalogue:
    """Services by id, in the order of their shelves, and departments by id."""

    def __init__(self, services: Iterable[Service], departments: Iterable[type[Department]]):
        self.departments: Mapping[str, type[Department]] = _once("department", departments)
        shelved = sorted(services, key=_place)
        self.services: Mapping[str, Service] = _once("service", shelved)
        self._check()
        self._search = Search(self.services.values())
        self.page = lru_cache(_KEPT_PAGES)(self._page)
        self.detail = lru_cache(_KEPT_PAGES)(self._detail)

    @classmethod
    def load(cls, *folders: Path) -> "Catalogue":
        """The departments of the house and those in further folders; DeclarationRefused."""
        found = [
            module
            for folder in (discovery.BUILT_IN, *folders)
            for module in discovery.modules(folder)
        ]
        departments = [one for module in found for one in discovery.departments(module)]
        return cls([one for module in found for one in discovery.services(module)], departments)

    def service(self, id: str) -> Service:
        """The service of that id; raises ServiceUnknown."""
        if id not in self.services:
            raise ServiceUnknown()
        return self.services[id]

    def needs(self) -> Mapping[str, Needed]:
        """What every scope of a service asks of whoever uses it, residents and partners alike."""
        return {
            service.scope: Needed(service.level, service.max_age)
            for service in self.services.values()
        }

    def find(self, wanted: Wanted) -> list[Service]:
        """What fits, by relevance where words are searched, otherwise shelf by shelf."""
        found = self._search.find(wanted.q) if wanted.q.strip() else list(self.services.values())
        return [service for service in found if _fits(service, wanted)]

    def _page(self, locale: str, wanted: Wanted = EVERYTHING) -> Page:
        """``{"services", "groups", "next"}`` in one language."""
        found = self.find(wanted)
        first = _after(found, wanted.cursor)
        shown, rest = found[first : first + PAGE], found[first + PAGE :]
        groups = {service.group.id: service.group.title[locale] for service in shown}
        return Page.of(
            {
                "services": [described(service, locale) for service in shown],
                "groups": [{"id": id, "title": title} for id, title in groups.items()],
                "next": shown[-1].id if rest else None,
            }
        )

    def _detail(self, id: str, locale: str) -> Page:
        """One service with the schemas of its question and answer; raises ServiceUnknown."""
        service = self.service(id)
        schemas = {
            "question": schema(service.question, locale),
            "answer": schema(service.answer, locale),
        }
        asked = {
            "level": service.level,
            "max_age": service.max_age,
            "guardian_consent": service.guardian_consent,
        }
        channels = {"channels": list(service.channels)}
        return Page.of(described(service, locale) | asked | schemas | channels)

    def _check(self) -> None:
        groups: dict[str, Any] = {}
        for service in self.services.values():
            if self.departments.get(service.department.id) is not service.department:
                raise DeclarationRefused(f"{service.declared_at}: its department was not found")
            if groups.setdefault(service.group.id, service.group) != service.group:
                raise DeclarationRefused(
                    f"{service.declared_at}: group {service.group.id!r} was declared otherwise"
                )


def described(service: Service, locale: str) -> Json:
    """A service as the catalogue lists it."""
    return {
        "id": service.id,
        "title": service.title[locale],
        "summary": service.summary[locale],
        "department": {"id": service.department.id, "title": service.department.title[locale]},
        "group": {"id": service.group.id, "title": service.group.title[locale]},
        "icon": service.icon,
        "kind": service.kind.value,
        "audience": service.audience,
        "acr": str(service.level),
        "scope": service.scope,
        "signed_in": True,
    }


def _fits(service: Service, wanted: Wanted) -> bool:
    return (
        wanted.department in ("", service.department.id)
        and wanted.audience in ("", service.audience)
        and (
            not (wanted.region and service.regions)
            or any(wanted.region.startswith(region) for region in service.regions)
        )
    )


def _after(found: list[Service], cursor: str) -> int:
    if not cursor:
        return 0
    ids = [service.id for service in found]
    if cursor not in ids:
        raise QuestionInvalid("cursor of another page", fields=["cursor"], messages=[])
    return ids.index(cursor) + 1


def _place(service: Service) -> tuple[int, str, int, str]:
    return service.group.rank, service.group.id, service.rank, service.id


def _once(what: str, found: Iterable[Any]) -> Mapping[str, Any]:
    """By id; one that comes twice stops the start and names both places."""
    known: dict[str, Any] = {}
    for one in found:
        if one.id in known:
            places = " and ".join(str(getattr(x, "declared_at", x)) for x in (known[one.id], one))
            raise DeclarationRefused(f"{what} {one.id!r} is declared twice: {places}")
        known[one.id] = one
    return MappingProxyType(known)
