"""What every change of an application leaves behind: its row, the event, the audit row, the notice
and the job that goes on. In the caller's transaction, on a row that the caller has locked.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient

from config.jobs import enqueue
from identity import notices
from identity.audit import record
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
        await self._write(connection, row)
        await self._write_event(connection, row, by, name, words=words, reason=reason, step=step)

    async def go_on(self, connection: BaseDBAsyncClient, row: Application) -> None:
        """The job that starts what is ready and decides what can be decided."""
        await enqueue(connection, ADVANCE, {"application": str(row.id)})

    async def move(
        self,
        connection: BaseDBAsyncClient,
        row: Application,
        event: Event,
        by: By,
        *,
        reasons: Sequence[str] = (),
        words: str = "",
    ) -> None:
        """To the state that ``event`` leads to. Raises TransitionIllegal."""
        row.state = after(State(row.state), event)
        await self._write(connection, row)
        reason = " ".join(reasons)
        await self._write_event(connection, row, by, event, words=words, reason=reason)
        if event in _AUDITED:
            await record(
                connection,
                event=_AUDITED[event],
                resident=UUID(str(row.resident_id)),
                caller=by.caller,
                purpose=self.service(row).purpose,
                service=row.service,
                other=by.agent,
            )

    async def _write(self, connection: BaseDBAsyncClient, row: Application) -> None:
        row.version += 1
        row.changed_at = self.clock()
        await row.save(using_db=connection)

    async def _write_event(
        self,
        connection: BaseDBAsyncClient,
        row: Application,
        by: By,
        name: str,
        *,
        words: str,
        reason: str,
        step: str = "",
    ) -> None:
        await ApplicationEvent.create(
            using_db=connection,
            application_id=row.id,
            at=row.changed_at,
            name=name,
            state=row.state,
            actor_kind=by.kind,
            actor=by.actor,
            step=step,
            reason=reason,
            words_sealed=self.papers.seal_words(id_of(row), words),
        )

    async def tell(
        self, connection: BaseDBAsyncClient, row: Application, kind: str, **facts: str
    ) -> None:
        """The notice ``application-<kind>``."""
        told: notices.Facts = {"service": self.service(row).title, "number": row.number, **facts}
        await notices.tell(
            connection,
            UUID(str(row.resident_id)),
            f"application-{kind}",
            told,
            subject=f"application:{row.number}",
        )
