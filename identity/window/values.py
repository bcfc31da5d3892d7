"""What passes over the staff's side of a window: a document seen, a request listed or shown."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from identity.models import WindowRequest
from identity.person import IdNumber
from identity.staff.roles import Member
from identity.window.states import State, state_of


@dataclass(frozen=True, repr=False)
class Seen:
    """What a clerk read on the document in their hand."""

    document_type: str
    number: str
    name: str
    country: str = ""
    guardian_code: str = ""

    def __repr__(self) -> str:
        return f"Seen({self.document_type})"


@dataclass(frozen=True, repr=False)
class Read:
    """A document as the rules read it, and the register's word on it."""

    name: str
    number: IdNumber
    verdict: str


@dataclass(frozen=True)
class Listed:
    """A request without anything of the person. ``mine``: this member took it."""

    id: UUID
    state: State
    kind: str
    device_name: str
    mine: bool
    created_at: datetime
    expires_at: datetime

    @classmethod
    def of(cls, row: WindowRequest, member: Member) -> "Listed":
        mine = row.checked_by is not None and UUID(str(row.checked_by)) == member.id
        return cls(
            UUID(str(row.id)), state_of(row), row.kind, row.device_name, mine,
            row.created_at, row.expires_at,
        )  # fmt: skip


@dataclass(frozen=True)
class Shown:
    """What the second person compares with the document. ``verdict``: the register's word."""

    listed: Listed
    name: str = field(repr=False)
    number: IdNumber
    verdict: str
