"""What every change of an application leaves behind: its row, the event, the audit row, the notice
and the job that goes on. In the caller's transaction, on a row that the caller has locked, by one
statement.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient

from config.jobs import enqueue, queued
from config.writing import Rows, Write, insert, insert_into, update, write
from identity import audit, notices
from identity.vault import Vault
from services.applications.by import By
from services.applications.declaration import Plan
from services.applications.papers import Papers
from services.applications.states import Event, State, after
from services.catalogue import Catalogue
from services.errors import ServiceUnknown
from services.items.standard import Item
from services.models import Application, ApplicationEvent
from services.service import Service

ADVANCE = "advance-application"
RULES, STAFF, LEAD, RESIDENT, NOBODY = "rules", "staff", "lead", "you", ""
"""Whom an application waits for (``Application.waits_for``)."""
_AUDITED: Mapping[Event, str] = {
    Event.SUBMIT: "application:submitted",
    Event.ACCEPT: "application:accepted",
    Event.ASK_SUPPLEMENT: "application:supplement-asked",
    Event.ANSWER: "application:answered",
    Event.APPROVE: "application:approved",
    Event.REFUSE: "application:refused",
    Event.WITHDRAW: "application:withdrawn",
    Event.COLLECT: "application:collected",
}
Facts = Mapping[str, str | int]


def now() -> datetime:
    return datetime.now(UTC)


async def locked(connection: BaseDBAsyncClient, application: UUID) -> Application | None:
    """The row, for this transaction alone. Everybody locks it before its steps: no deadlock."""
    rows = Application.select_for_update().using_db(connection)
    return await rows.get_or_none(id=application)


def id_of(row: Application) -> UUID:
    return UUID(str(row.id))


class Ledger:
    """``clock`` tells the time; ``papers`` opens what is sealed."""

    def __init__(
        self, vault: Vault, catalogue: Catalogue, *, clock: Callable[[], datetime] = now
    ) -> None:
        self.papers = Papers(vault)
        self.clock = clock
        self._catalogue = catalogue

    def service(self, row: Application) -> Service:
        """Raises ServiceUnknown for one that is offered no more."""
        return self._catalogue.service(row.service)

    def item(self, row: Application) -> Item:
        """As it is offered where the application is made."""
        return self._catalogue.item(row.service, row.region)

    def version(self, row: Application) -> int:
        """Of the catalogue's published entry; 0 as it was declared."""
        return self._catalogue.version(row.service)

    def plan(self, row: Application) -> Plan:
        """Raises ServiceUnknown for what is no application."""
        plan = self.service(row).plan
        if plan is None:
            raise ServiceUnknown(f"{row.service} is no application")
        return plan

    async def note(
        self,
        connection: BaseDBAsyncClient,
        row: Application,
        by: By,
        name: str,
        *,
        words: str = "",
        reason: str = "",
        step: str = "",
    ) -> None:
        """What happened without leading to another state."""
        event = _Happened(name, by, words, reason, step)
        await self._write(connection, row, event)

    async def move(
        self,
        connection: BaseDBAsyncClient,
        row: Application,
        event: Event,
        by: By,
        *,
        reasons: Sequence[str] = (),
        words: str = "",
        beside: Sequence[Write] = (),
    ) -> Rows:
        """To the state that ``event`` leads to, with what is written ``beside`` it in the same
        statement; answers what the last of it selects. Raises TransitionIllegal.
        """
        row.state = after(State(row.state), event)
        happened = _Happened(event, by, words, " ".join(reasons))
        if event in _AUDITED:
            beside = [self._audited(row, _AUDITED[event], by), *beside]
        return await self._write(connection, row, happened, beside)

    async def go_on(self, connection: BaseDBAsyncClient, row: Application) -> None:
        """The job that starts what is ready and decides what can be decided."""
        await enqueue(connection, ADVANCE, {"application": str(row.id)})

    async def tell(
        self, connection: BaseDBAsyncClient, row: Application, kind: str, **facts: str
    ) -> None:
        """The notice ``application-<kind>``."""
        await write(connection, *self.telling(row, kind, **facts))

    def going_on(self, row: Application) -> Sequence[Write]:
        """``go_on``, beside something."""
        return queued(ADVANCE, {"application": str(row.id)})

    def telling(self, row: Application, kind: str, **facts: str) -> Sequence[Write]:
        """``tell``, beside something."""
        told: notices.Facts = {"service": self.service(row).title, "number": row.number, **facts}
        resident, subject = UUID(str(row.resident_id)), f"application:{row.number}"
        return notices.telling(resident, f"application-{kind}", told, subject=subject)[1]

    async def _write(
        self,
        connection: BaseDBAsyncClient,
        row: Application,
        happened: "_Happened",
        beside: Sequence[Write] = (),
    ) -> Rows:
        row.version += 1
        row.changed_at = self.clock()
        itself = update(row) if row._saved_in_db else insert(row)
        found = await write(connection, itself, self._event(row, happened), *beside)
        row._saved_in_db = True  # as its own save() would
        return found

    def _event(self, row: Application, happened: "_Happened") -> Write:
        return insert_into(
            ApplicationEvent,
            application_id=row.id,
            at=row.changed_at,
            name=happened.name,
            state=row.state,
            actor_kind=happened.by.kind,
            actor=happened.by.actor,
            step=happened.step,
            reason=happened.reason,
            words_sealed=self.papers.seal_words(id_of(row), happened.words),
        )

    def _audited(self, row: Application, event: str, by: By) -> Write:
        resident, purpose = UUID(str(row.resident_id)), self.service(row).purpose
        entry = audit.Entry(
            event, resident, by.caller, purpose, row.service, audit.OK, now(), by.agent
        )
        return audit.written(entry.seen_by_both)


@dataclass(frozen=True)
class _Happened:
    name: str
    by: By
    words: str = field(default="", repr=False)
    reason: str = ""
    step: str = ""
