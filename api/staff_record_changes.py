"""Records put right at the counter: proposed by one member of staff, decided by a second."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from api.ask import Ask
from api.routes import Access, Routes
from api.staff_door import member_of
from api.verifications import Private
from identity import documents
from identity.record_changes.desk import Listed, Shown
from identity.record_changes.errors import RecordChangeMissing
from identity.record_changes.papers import Typed, Wanted
from identity.staff.roles import Role

routes = Routes("staff")

_SUPERVISOR = frozenset({Role.SUPERVISOR})
_EITHER = _SUPERVISOR | {Role.CLERK}


class DocumentNamed(Private):
    """As it stands on the paper in hand. ``country``: of a passport."""

    document_type: Annotated[str, StringConstraints(max_length=32)] = documents.RESIDENT_ID
    id_number: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    country: Annotated[str, StringConstraints(max_length=2)] = ""


class RecordChangeProposed(Private):
    """``documents``: of a merge the one whose record stays, then the one whose record goes into
    it; else one. ``name``: for a renaming, as the paper shows it.
    """

    kind: Literal["merge", "split", "rename"]
    reason: Literal[
        "one-person",
        "number-changed",
        "anothers-document",
        "added-by-mistake",
        "name-changed",
        "name-mistyped",
    ]
    documents: Annotated[list[DocumentNamed], Field(min_length=1, max_length=2)]
    name: Annotated[str, StringConstraints(max_length=200)] = ""


class RecordChangeShown(BaseModel):
    """``mine``: proposed by whoever asks, who therefore cannot confirm it."""

    id: str
    kind: str
    reason: str
    mine: bool
    created_at: datetime
    expires_at: datetime

    @classmethod
    def of(cls, row: Listed, **more: Any) -> Any:
        return cls(
            id=str(row.id),
            kind=row.kind,
            reason=row.reason,
            mine=row.mine,
            created_at=row.created_at,
            expires_at=row.expires_at,
            **more,
        )


class RecordChangesWaiting(BaseModel):
    changes: list[RecordChangeShown]


class DocumentCompared(BaseModel):
    """``recorded_name``: first and last character of the record's name; empty for who proposed."""

    document_type: str
    country: str
    id_number: str
    recorded_name: str


class RecordChangeOpened(RecordChangeShown):
    """What the second person compares with the papers; that it was read is recorded."""

    documents: list[DocumentCompared]
    name: str

    @classmethod
    def compared(cls, shown: Shown) -> "RecordChangeOpened":
        names = shown.names or ("",) * len(shown.numbers)
        papers = [
            DocumentCompared(
                document_type=number.kind,
                country=number.country,
                id_number=number.value,
                recorded_name=name,
            )
            for number, name in zip(shown.numbers, names, strict=True)
        ]
        opened: RecordChangeOpened = cls.of(shown.listed, documents=papers, name=shown.name)
        return opened


@routes.get(
    "/staff/record-changes",
    Access.STAFF,
    "Changes of records that wait for a second person",
    roles=_EITHER,
    answer=RecordChangesWaiting,
)
async def waiting(ask: Ask[None, None]) -> RecordChangesWaiting:
    found = await ask.parts.staff.record_desk.waiting(member_of(ask))
    return RecordChangesWaiting(changes=[RecordChangeShown.of(row) for row in found])


@routes.post(
    "/staff/record-changes",
    Access.STAFF,
    "Propose that records are merged, a document is split off, or a record is renamed",
    roles=_EITHER,
    body=RecordChangeProposed,
    answer=RecordChangeShown,
    status=201,
)
async def propose(ask: Ask[RecordChangeProposed, None]) -> RecordChangeShown:
    sent = ask.body
    typed = [Typed(one.document_type, one.id_number, one.country) for one in sent.documents]
    wanted = Wanted(sent.kind, sent.reason, typed, sent.name)
    row = await ask.parts.staff.record_desk.propose(member_of(ask), wanted)
    shown: RecordChangeShown = RecordChangeShown.of(row)
    return shown


@routes.get(
    "/staff/record-changes/{id}",
    Access.STAFF,
    "The documents of one proposal, to be compared with the papers",
    roles=_EITHER,
    answer=RecordChangeOpened,
)
async def show(ask: Ask[None, None]) -> RecordChangeOpened:
    found = await ask.parts.staff.record_desk.show(member_of(ask), _named(ask.path["id"]))
    return RecordChangeOpened.compared(found)


@routes.post(
    "/staff/record-changes/{id}/confirm",
    Access.STAFF,
    "Confirm as the second person: it is done at once",
    roles=_SUPERVISOR,
    status=204,
)
async def confirm(ask: Ask[None, None]) -> None:
    await ask.parts.staff.record_desk.confirm(member_of(ask), _named(ask.path["id"]))


@routes.post(
    "/staff/record-changes/{id}/refuse",
    Access.STAFF,
    "Refuse a proposal, or take back one's own",
    roles=_EITHER,
    status=204,
)
async def refuse(ask: Ask[None, None]) -> None:
    await ask.parts.staff.record_desk.refuse(member_of(ask), _named(ask.path["id"]))


def _named(named: str) -> UUID:
    """The id in the address. Raises RecordChangeMissing."""
    try:
        return UUID(named)
    except ValueError:
        raise RecordChangeMissing() from None
