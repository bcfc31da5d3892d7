"""The catalogue's entries as JSON, in one language: as lists show them, and whole."""

from typing import TYPE_CHECKING, Any

from identity.ways import SENSITIVE
from services.items import regions
from services.items.standard import Edition, Item, at, edition_at
from services.schema import Sensitivity, released, schema
from services.service import Service

if TYPE_CHECKING:
    from services.applications.declaration import Plan, Step
    from services.items.listed import Listed

Json = dict[str, Any]


def described(entry: "Service | Listed", locale: str) -> Json:
    """An entry as the catalogue lists it. What is done at a window asks nobody to sign in."""
    here = entry if isinstance(entry, Service) else None
    return {
        "id": entry.id,
        "title": entry.title[locale],
        "summary": entry.summary[locale],
        "department": {"id": entry.department.id, "title": entry.department.title[locale]},
        "group": {"id": entry.group.id, "title": entry.group.title[locale]},
        "icon": entry.icon,
        "kind": entry.kind.value,
        "audience": entry.audience,
        "acr": str(here.level) if here else None,
        "scope": here.scope if here and not here.page else None,
        "signed_in": here is not None,
    }


def detailed(entry: "Service | Listed", locale: str, region: str) -> Json:
    """An entry whole, as it is offered in ``region`` (empty: as it is everywhere)."""
    item = at(entry.item, region)
    whole = described(entry, locale) | {
        "channels": list(entry.channels),
        "regions": [_place(code, locale) for code in entry.regions],
        "item": _item(entry, item, edition_at(entry.item, region), locale),
    }
    if not isinstance(entry, Service):
        return whole
    whole |= {
        "level": entry.level,
        "max_age": entry.max_age,
        "guardian_consent": entry.guardian_consent,
        "question": schema(entry.question, locale),
        "answer": schema(entry.answer, locale),
        "paper": entry.paper is not None,
        "page": entry.page or None,
    }
    if entry.plan:
        whole |= {"materials": _materials(item, locale), "steps": _steps(entry.plan, locale)}
    return whole


def _item(entry: "Service | Listed", item: Item, edition: Edition | None, locale: str) -> Json:
    """The basic elements (GB/T 39554.1). Days are working days; the fee is in fen."""
    return {
        "code": entry.code,
        "type": item.type.value,
        "promised_days": item.promised_days,
        "statutory_days": item.statutory_days,
        "fee": {
            "fen": item.fee.fen,
            "basis": item.fee.basis[locale] if item.fee.basis else None,
        },
        "legal_basis": [
            {"title": law.title[locale], "article": law.article[locale]} for law in item.legal_basis
        ],
        "materials": _materials(item, locale),
        "complaint": {"phone": item.complaint.phone, "about": item.complaint.about[locale]},
        "range": item.range,
        "visits": item.visits,
        "place": item.place[locale],
        "hours": item.hours[locale] if item.hours else None,
        "phone": item.phone,
        "region": _place(edition.region, locale) if edition else None,
        "channels": list(entry.channels),
        "fields": _fields(entry, locale),
    }


def _materials(item: Item, locale: str) -> list[Json]:
    return [
        {
            "kind": one.kind,
            "title": one.title[locale],
            "required": one.required,
            "sources": list(one.sources),
        }
        for one in item.materials
    ]


def _fields(entry: "Service | Listed", locale: str) -> list[Json]:
    """What departments release: of a query its answer, of an application what its steps find."""
    if not isinstance(entry, Service):
        return []
    usual: Sensitivity = "high" if entry.level >= SENSITIVE else "medium"
    if entry.plan is None:
        return released(entry.answer, locale, usual)
    return [
        {**field, "name": f"{step.name}.{field['name']}"}
        for step in entry.plan.steps
        for field in released(step.finding, locale, usual)
    ]


def _steps(plan: "Plan", locale: str) -> list[Json]:
    """Checks first; those that carry an approval out come ``then``."""
    checks = [_step(one, locale, then=False) for one in plan.steps]
    return checks + [_step(one, locale, then=True) for one in plan.carries_out]


def _step(step: "Step", locale: str, *, then: bool) -> Json:
    return {
        "name": step.name,
        "title": step.title[locale],
        "department": {"id": step.department.id, "title": step.department.title[locale]},
        "days": step.days,
        "after": list(step.after),
        "then": then,
    }


def _place(code: str, locale: str) -> Json:
    """A region as pages name it."""
    region = regions.tree().region(code)
    return {"code": region.code, "title": region.title[locale]}
