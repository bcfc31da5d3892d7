"""Partners before whoever decides about them: role ``partnerships``, within their region."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from api.ask import Ask
from api.partners import FieldShown, fields_of
from api.routes import Access, Routes
from api.staff_door import member_of
from api.verifications import Private
from identity.partners.client import ClientKind
from identity.partners.life import By
from identity.partners.metadata import Metadata
from identity.partners.views import View, detail, for_staff
from identity.staff.roles import Role

routes = Routes("staff")

_ROLE = frozenset({Role.PARTNERSHIPS})
_ONE = "/staff/partners/{id}"


class PartnerOnDesk(BaseModel):
    """``waits``: something is to be decided. ``why``: of a suspension or of the last refusal."""

    id: str
    name: str
    organisation: str
    credit_code: str
    purpose: str
    region: str
    kind: str
    environment: str
    state: Literal["pending", "approved", "suspended", "closed"]
    waits: bool
    why: str
    created_at: datetime
    decided_at: datetime | None
    suspended_at: datetime | None

    @classmethod
    def of(cls, view: View, locale: str) -> "PartnerOnDesk":
        row, said = view.row, view.metadata
        return cls(
            id=row.id,
            name=said.name.said(locale),
            organisation=said.organisation.said(locale),
            credit_code=said.credit_code,
            purpose=said.purpose.said(locale),
            region=said.region,
            kind=row.kind,
            environment=row.environment,
            state=row.state,
            waits=view.waits,
            why=row.suspended_why,
            created_at=row.created_at,
            decided_at=row.decided_at,
            suspended_at=row.suspended_at,
        )


class PartnersOnDesk(BaseModel):
    partners: list[PartnerOnDesk]


class ResponsibleShown(BaseModel):
    name: str
    phone: str
    mail: str


class SaidShown(BaseModel):
    """``metadata``: every member by its registered name; ``fields``: what residents are asked."""

    metadata: dict[str, Any]
    fields: list[FieldShown]


class PartnerInDetail(PartnerOnDesk):
    """``revision`` goes back with an approval, so that nothing is approved that was not seen."""

    in_force: SaidShown
    proposed: SaidShown | None
    responsible: ResponsibleShown | None
    sector: str
    rate: int
    quota: int
    revision: str


class InvitationWanted(Private):
    kind: Literal["partner", "department"]
    environment: Literal["sandbox", "production"]


class InvitationGiven(BaseModel):
    """``token``: the initial access token (RFC 7591 §3), told once, for one client."""

    token: str
    expires_at: datetime
    register_at: str


class Approval(Private):
    """``revision`` as it was shown: nothing is approved that was not seen. ``rate`` in requests a
    minute, ``quota`` a day; left out they stay as they are."""

    rate: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    quota: Annotated[int, Field(ge=1, le=1_000_000_000)] | None = None
    revision: Annotated[str, Field(min_length=16, max_length=16)]


class Refusal(Private):
    why: Literal["purpose", "fields", "organisation", "addresses", "keys", "other"]


class Suspension(Private):
    why: Literal["misuse", "complaints", "breach", "keys-lost", "own-wish", "other"]


@routes.get(
    "/staff/partners",
    Access.STAFF,
    "Partners and departments of one's region, what waits first",
    roles=_ROLE,
    answer=PartnersOnDesk,
)
async def listed(ask: Ask[None, None]) -> PartnersOnDesk:
    views = await for_staff(_by(ask))
    return PartnersOnDesk(partners=[PartnerOnDesk.of(view, ask.locale) for view in views])


@routes.get(
    _ONE,
    Access.STAFF,
    "All of one partner, with who answers for it; that it was read is recorded",
    roles=_ROLE,
    answer=PartnerInDetail,
)
async def shown(ask: Ask[None, None]) -> PartnerInDetail:
    parts = ask.parts
    found = await detail(parts.partners.life, parts.ground.vault, _by(ask), ask.path["id"])
    view, who = found.view, found.responsible
    return PartnerInDetail(
        **PartnerOnDesk.of(view, ask.locale).model_dump(),
        in_force=_said(ask, view.metadata),
        proposed=_said(ask, view.proposed) if view.proposed else None,
        responsible=ResponsibleShown(name=who.name, phone=who.phone, mail=who.mail)
        if who
        else None,
        sector=view.row.sector,
        rate=view.row.rate,
        quota=view.row.quota,
        revision=view.revision,
    )


@routes.post(
    "/staff/invitations",
    Access.STAFF,
    "Invite a partner or a department to register",
    roles=_ROLE,
    status=201,
    body=InvitationWanted,
    answer=InvitationGiven,
)
async def invite(ask: Ask[InvitationWanted, None]) -> InvitationGiven:
    kind, environment = ClientKind(ask.body.kind), ask.body.environment
    made = await ask.parts.partners.life.invite(_by(ask), kind, environment)
    at = ask.parts.settings.public_url.rstrip("/") + "/oauth/register"
    return InvitationGiven(token=made.token, expires_at=made.until, register_at=at)


@routes.post(
    f"{_ONE}/approval",
    Access.STAFF,
    "Approve it, or what it proposed; or give it another rate or quota",
    roles=_ROLE,
    status=204,
    body=Approval,
)
async def approve(ask: Ask[Approval, None]) -> None:
    sent = ask.body
    await ask.parts.partners.life.approve(
        _by(ask), ask.path["id"], rate=sent.rate, quota=sent.quota, seen=sent.revision
    )


@routes.post(
    f"{_ONE}/refusal",
    Access.STAFF,
    "Say no to what waits; the partner reads why and may say it better",
    roles=_ROLE,
    status=204,
    body=Refusal,
)
async def refuse(ask: Ask[Refusal, None]) -> None:
    await ask.parts.partners.life.refuse(_by(ask), ask.path["id"], ask.body.why)


@routes.post(
    f"{_ONE}/suspension",
    Access.STAFF,
    "Suspend it: all its tokens and sessions end now",
    roles=_ROLE,
    status=204,
    body=Suspension,
)
async def suspend(ask: Ask[Suspension, None]) -> None:
    await ask.parts.partners.life.suspend(_by(ask), ask.path["id"], ask.body.why)


@routes.post(f"{_ONE}/reinstatement", Access.STAFF, "End a suspension", roles=_ROLE, status=204)
async def reinstate(ask: Ask[None, None]) -> None:
    await ask.parts.partners.life.reinstate(_by(ask), ask.path["id"])


@routes.post(f"{_ONE}/closing", Access.STAFF, "Close it for ever", roles=_ROLE, status=204)
async def close(ask: Ask[None, None]) -> None:
    await ask.parts.partners.life.close(_by(ask), ask.path["id"])


def _by(ask: Ask[Any, None]) -> By:
    member = member_of(ask)
    return By(member.caller, member.region)


def _said(ask: Ask[Any, None], metadata: Metadata) -> SaidShown:
    shown = fields_of(metadata, ask.parts.ground.scopes, ask.locale)
    return SaidShown(metadata=metadata.model_dump(mode="json"), fields=shown)
