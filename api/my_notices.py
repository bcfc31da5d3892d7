"""What the resident was told, and the telephone number it goes to."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints

from api.ask import Ask
from api.me import resident_of
from api.routes import Access, Routes
from identity import notices
from identity.models import Notice
from identity.notices import NoticeMissing
from identity.vault import Vault

routes = Routes("me")


class NoticeShown(BaseModel):
    """``sent_by``: wechat, sms, or empty while it waits here only; ``subject``: what it is about,
    ``application:<number>``, ``ticket:<number>`` or empty; ``check``: the code of the message that
    was sent, empty where none was.
    """

    id: str
    kind: str
    title: str
    text: str
    at: datetime
    read_at: datetime | None
    sent_by: str
    subject: str
    check: str

    @classmethod
    def of(cls, row: Notice, locale: str, vault: Vault) -> "NoticeShown":
        told = notices.in_words(row, locale)
        sent = row.sent_at is not None and row.check is not None
        return cls(
            id=str(row.id),
            kind=row.kind,
            title=told.title,
            text=told.text.strip(),
            at=row.created_at,
            read_at=row.read_at,
            sent_by=row.sent_by,
            subject=row.subject,
            check=notices.check_code(vault, UUID(str(row.id))) if sent else "",
        )


class NoticeList(BaseModel):
    """The newest first, fifty at most; ``unread`` counts all."""

    notices: list[NoticeShown]
    unread: int


class Nothing(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Private(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"

    __str__ = __repr__


class PhoneWanted(Private):
    phone: Annotated[str, StringConstraints(max_length=32)]


class PhoneCode(Private):
    code: Annotated[str, StringConstraints(max_length=16)]


class PhoneBegun(BaseModel):
    """``phone`` is masked; the code in the message is good until ``expires_at``."""

    phone: str
    expires_at: datetime


class PhoneShown(BaseModel):
    """Masked; null where there is none."""

    phone: str | None


@routes.get("/v1/me/notices", Access.OWN_APP, "What the resident was told", answer=NoticeList)
async def told(ask: Ask[None, None]) -> NoticeList:
    resident = resident_of(ask.caller)
    rows = await notices.told(resident)
    vault = ask.parts.ground.vault
    shown = [NoticeShown.of(row, ask.locale, vault) for row in rows]
    return NoticeList(notices=shown, unread=await notices.unread(resident))


@routes.post(
    "/v1/me/notices/{id}/read", Access.OWN_APP, "Mark a notice as read", status=204, body=Nothing
)
async def read(ask: Ask[Nothing, None]) -> None:
    try:
        named = UUID(ask.path["id"])
    except ValueError:
        raise NoticeMissing() from None
    await notices.mark_read(resident_of(ask.caller), named)


@routes.get("/v1/me/phone", Access.OWN_APP, "The number notices go to", answer=PhoneShown)
async def phone(ask: Ask[None, None]) -> PhoneShown:
    return PhoneShown(phone=await ask.parts.own.phones.shown(resident_of(ask.caller)))


@routes.post(
    "/v1/me/phone",
    Access.OWN_APP,
    "Send a code to a number for notices; changing one needs a fresh proof at level 4",
    status=202,
    body=PhoneWanted,
    answer=PhoneBegun,
)
async def begin(ask: Ask[PhoneWanted, None]) -> PhoneBegun:
    resident = resident_of(ask.caller)
    begun = await ask.parts.own.phones.begin(resident, ask.body.phone, ask.locale, ask.caller)
    return PhoneBegun(phone=begun.phone, expires_at=begun.expires_at)


@routes.post(
    "/v1/me/phone/confirmation",
    Access.OWN_APP,
    "Show by the code that the number is the resident's",
    status=201,
    body=PhoneCode,
    answer=PhoneShown,
)
async def confirm(ask: Ask[PhoneCode, None]) -> PhoneShown:
    resident = resident_of(ask.caller)
    return PhoneShown(phone=await ask.parts.own.phones.confirm(resident, ask.body.code, ask.caller))


@routes.delete(
    "/v1/me/phone", Access.OWN_APP, "Send no more SMS; needs a fresh proof at level 4", status=204
)
async def remove(ask: Ask[None, None]) -> None:
    await ask.parts.own.phones.remove(resident_of(ask.caller), ask.caller)
