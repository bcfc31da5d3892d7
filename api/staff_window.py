"""The staff's side of a window: a code becomes a request, a document is checked and confirmed."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, StringConstraints

from api.ask import Ask
from api.routes import Access, Routes
from api.staff_door import member_of
from api.verifications import Private
from identity import documents
from identity.staff.roles import Role
from identity.window.errors import WindowRequestMissing
from identity.window.values import Listed, Seen

routes = Routes("staff")

_CLERK = frozenset({Role.CLERK})
_SUPERVISOR = frozenset({Role.SUPERVISOR})
_EITHER = _CLERK | _SUPERVISOR


class CodeTyped(Private):
    """As the resident's device shows it; hyphens, spaces and small letters are understood."""

    code: Annotated[str, StringConstraints(min_length=1, max_length=32)]


class DocumentSeen(Private):
    """What stands on the document in the clerk's hand. ``country``: of a passport."""

    document_type: Annotated[str, StringConstraints(max_length=32)] = documents.RESIDENT_ID
    id_number: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    name: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    country: Annotated[str, StringConstraints(max_length=2)] = ""
    guardian_code: Annotated[str, StringConstraints(max_length=32)] = ""


class WindowRequestShown(BaseModel):
    """``state``: waiting, checked, confirmed; ``mine``: taken by whoever asks."""

    id: str
    state: str
    document_type: str
    device: str
    mine: bool
    created_at: datetime
    expires_at: datetime

    @classmethod
    def of(cls, row: Listed, **more: Any) -> Any:
        return cls(
            id=str(row.id),
            state=row.state,
            document_type=row.kind,
            device=row.device_name,
            mine=row.mine,
            created_at=row.created_at,
            expires_at=row.expires_at,
            **more,
        )


class WindowRequestsShown(BaseModel):
    requests: list[WindowRequestShown]


class WindowRequestOpened(WindowRequestShown):
    """What the second person compares with the document; that it was read is recorded."""

    name: str
    id_number: str
    country: str
    verdict: str


class DocumentChecked(BaseModel):
    """``verdict``: match, not-asked, or what the register found wrong, for staff only."""

    verdict: str


@routes.get(
    "/staff/window-requests",
    Access.STAFF,
    "One's own requests, and those that wait for a second person",
    roles=_EITHER,
    answer=WindowRequestsShown,
)
async def listed(ask: Ask[None, None]) -> WindowRequestsShown:
    found = await ask.parts.staff.window_desk.open_requests(member_of(ask))
    return WindowRequestsShown(requests=[WindowRequestShown.of(row) for row in found])


@routes.post(
    "/staff/window-requests/find",
    Access.STAFF,
    "Take the request that shows this code; the code is used up",
    roles=_CLERK,
    body=CodeTyped,
    answer=WindowRequestShown,
)
async def find(ask: Ask[CodeTyped, None]) -> WindowRequestShown:
    row = await ask.parts.staff.window_desk.take(member_of(ask), ask.body.code)
    shown: WindowRequestShown = WindowRequestShown.of(row)
    return shown


@routes.get(
    "/staff/window-requests/{id}",
    Access.STAFF,
    "Name and number of a checked request",
    roles=_EITHER,
    answer=WindowRequestOpened,
)
async def show(ask: Ask[None, None]) -> WindowRequestOpened:
    found = await ask.parts.staff.window_desk.show(member_of(ask), request_named(ask.path["id"]))
    opened: WindowRequestOpened = WindowRequestOpened.of(
        found.listed,
        name=found.name,
        id_number=found.number.value,
        country=found.number.country,
        verdict=found.verdict,
    )
    return opened


@routes.post(
    "/staff/window-requests/{id}/check",
    Access.STAFF,
    "What stands on the document; answers what the register says of it",
    roles=_CLERK,
    body=DocumentSeen,
    answer=DocumentChecked,
)
async def check(ask: Ask[DocumentSeen, None]) -> DocumentChecked:
    sent = ask.body
    seen = Seen(sent.document_type, sent.id_number, sent.name, sent.country, sent.guardian_code)
    request = request_named(ask.path["id"])
    return DocumentChecked(
        verdict=await ask.parts.staff.window_desk.check(member_of(ask), request, seen)
    )


@routes.post(
    "/staff/window-requests/{id}/confirm",
    Access.STAFF,
    "Confirm as the second person",
    roles=_SUPERVISOR,
    status=204,
)
async def confirm(ask: Ask[None, None]) -> None:
    await ask.parts.staff.window_desk.confirm(member_of(ask), request_named(ask.path["id"]))


@routes.post(
    "/staff/window-requests/{id}/refuse",
    Access.STAFF,
    "End a request without a verification",
    roles=_EITHER,
    status=204,
)
async def refuse(ask: Ask[None, None]) -> None:
    await ask.parts.staff.window_desk.refuse(member_of(ask), request_named(ask.path["id"]))


def request_named(named: str) -> UUID:
    """The id in the address. Raises WindowRequestMissing."""
    try:
        return UUID(named)
    except ValueError:
        raise WindowRequestMissing() from None
