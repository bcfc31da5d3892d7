"""Kiosks on an operator's desk: codes for new ones, the list, suspension and its end."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints

from api.ask import Ask
from api.routes import Access, Routes
from api.staff_door import member_of
from identity.kiosks.codes import Place
from identity.kiosks.errors import KioskMissing
from identity.models import Kiosk
from identity.staff.roles import Role

routes = Routes("staff")

_OPERATOR = frozenset({Role.OPERATOR})
_Words = StringConstraints(strip_whitespace=True, min_length=1, pattern=r"^[^\x00-\x1f\x7f]+$")


class KioskCodeWanted(BaseModel):
    """Where the kiosk will stand, as residents will read it on their phones. ``region``: GB/T 2260
    prefix of two, four or six digits within one's own."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    site: Annotated[str, _Words, StringConstraints(max_length=80)]
    address: Annotated[str, _Words, StringConstraints(max_length=160)]
    region: Annotated[str, StringConstraints(max_length=6)]


class KioskCodeGiven(BaseModel):
    """``code`` is told once: say it to whoever stands at the kiosk."""

    code: str
    expires_at: datetime

    def __repr__(self) -> str:
        return "KioskCodeGiven(…)"

    __str__ = __repr__


class KioskListed(BaseModel):
    id: str
    client_id: str
    site: str
    address: str
    region: str
    enrolled_at: datetime
    last_seen_at: datetime | None
    suspended_at: datetime | None
    suspended_why: str

    @classmethod
    def of(cls, row: Kiosk) -> "KioskListed":
        return cls(
            id=str(row.id),
            client_id=row.client,
            site=row.site,
            address=row.address,
            region=row.region,
            enrolled_at=row.enrolled_at,
            last_seen_at=row.last_seen_at,
            suspended_at=row.suspended_at,
            suspended_why=row.suspended_why,
        )


class KiosksListed(BaseModel):
    """Of one's region and below, youngest first."""

    kiosks: list[KioskListed]


class KioskSuspension(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    why: Literal["lost", "tampered", "broken", "moved", "retired"]


@routes.post(
    "/staff/kiosks/codes",
    Access.STAFF,
    "A one-time code to enrol a kiosk with",
    roles=_OPERATOR,
    status=201,
    body=KioskCodeWanted,
    answer=KioskCodeGiven,
)
async def give_code(ask: Ask[KioskCodeWanted, None]) -> KioskCodeGiven:
    wanted = Place(**ask.body.model_dump())
    given = await ask.parts.kiosks.codes.give(member_of(ask), wanted)
    return KioskCodeGiven(code=given.code, expires_at=given.expires_at)


@routes.get(
    "/staff/kiosks",
    Access.STAFF,
    "The kiosks of one's region and below",
    roles=_OPERATOR,
    answer=KiosksListed,
)
async def listed(ask: Ask[None, None]) -> KiosksListed:
    found = await ask.parts.kiosks.terminals.listed(member_of(ask))
    return KiosksListed(kiosks=[KioskListed.of(row) for row in found])


@routes.post(
    "/staff/kiosks/{id}/suspension",
    Access.STAFF,
    "Suspend a kiosk: at once, with its visitor",
    roles=_OPERATOR,
    body=KioskSuspension,
    status=204,
)
async def suspend(ask: Ask[KioskSuspension, None]) -> None:
    await ask.parts.kiosks.terminals.suspend(member_of(ask), _named(ask), ask.body.why)


@routes.post(
    "/staff/kiosks/{id}/reinstatement",
    Access.STAFF,
    "Let a suspended kiosk in again",
    roles=_OPERATOR,
    status=204,
)
async def reinstate(ask: Ask[None, None]) -> None:
    await ask.parts.kiosks.terminals.reinstate(member_of(ask), _named(ask))


def _named(ask: Ask[Any, Any]) -> UUID:
    try:
        return UUID(ask.path["id"])
    except ValueError:
        raise KioskMissing() from None
