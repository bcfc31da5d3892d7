"""Applications with their events, steps and supplements."""

import json
from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.models import Model

from identity.holdings import Coded, Record, Value
from identity.vault import Vault
from services.applications.papers import Papers
from services.models import Application, ApplicationEvent, ApplicationStep, Supplement


class Filed:
    """The applications themselves, with their forms."""

    name = "applications"
    tables = ("application",)

    def __init__(self, vault: Vault):
        self._papers = Papers(vault)

    async def export(self, resident: UUID) -> list[Record]:
        rows = await Application.filter(resident_id=resident).order_by("created_at")
        return [
            {
                "number": row.number,
                "service": Coded("service", row.service),
                "state": Coded("application.state", row.state),
                "form": _readable(self._papers.form(row)),
                "decision": row.decision or None,
                "region": row.region or None,
                "created_at": row.created_at,
                "submitted_at": row.submitted_at,
                "promised_on": row.promised_on,
                "finished_at": row.finished_at,
            }
            for row in rows
        ]

    async def erase(self, connection: BaseDBAsyncClient, resident: UUID) -> None:
        await Application.filter(resident_id=resident).using_db(connection).delete()
        acted = Application.filter(agent_id=resident).using_db(connection)
        await acted.update(agent_id=None)


class Belonging:
    """Rows that hang on applications. They are erased before them, being found through them."""

    table: ClassVar[type[Model]]
    name: ClassVar[str]
    order: ClassVar[str] = "id"

    def __init__(self, vault: Vault):
        self._papers = Papers(vault)

    @property
    def tables(self) -> Sequence[str]:
        return (str(self.table._meta.db_table),)

    async def export(self, resident: UUID) -> list[Record]:
        mine = await Application.filter(resident_id=resident).values_list("id", "number")
        numbers = {UUID(str(id)): str(number) for id, number in mine}
        rows = self.table.filter(application_id__in=list(numbers)).order_by(self.order)
        return [{"number": numbers[_application(row)], **self.fields(row)} for row in await rows]

    async def erase(self, connection: BaseDBAsyncClient, resident: UUID) -> None:
        mine = Application.filter(resident_id=resident).using_db(connection)
        ids = list(await mine.values_list("id", flat=True))
        await self.table.filter(application_id__in=ids).using_db(connection).delete()

    def fields(self, row: Any) -> dict[str, Value]:
        raise NotImplementedError


class Events(Belonging):
    table, name = ApplicationEvent, "application-events"

    def fields(self, row: Any) -> dict[str, Value]:
        return {
            "at": row.at,
            "state": Coded("application.state", row.state),
            "by": Coded("application.by", row.actor_kind),
            "step": row.step or None,
            "reason": row.reason or None,
            "words": _words(self._papers, row),
        }


class Steps(Belonging):
    table, name, order = ApplicationStep, "application-steps", "ready_at"

    def fields(self, row: Any) -> dict[str, Value]:
        return {
            "step": row.name,
            "department": row.department,
            "state": Coded("application.step", row.state),
            "finding": _readable(self._papers.plain_finding(row)) if row.finding_sealed else None,
            "finished_at": row.finished_at,
        }


class Supplements(Belonging):
    table, name, order = Supplement, "supplements", "asked_at"

    def fields(self, row: Any) -> dict[str, Value]:
        return {
            "wanted_kinds": row.wanted,
            "reason": row.reason or None,
            "words": _words(self._papers, row),
            "asked_at": row.asked_at,
            "due_on": row.due_on,
            "answered_at": row.answered_at,
        }


def _application(row: Any) -> UUID:
    return UUID(str(row.application_id))


def _words(papers: Papers, row: Any) -> str | None:
    return papers.words(_application(row), row.words_sealed) or None


def _readable(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, indent=1)
