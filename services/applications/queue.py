"""The work queue: what waits for members of staff, and who has taken it.

Two windows never hold one case: taking locks its row, and ``take_next`` steps over rows that
somebody else is taking right now.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal
from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.expressions import Q, RawSQL
from tortoise.queryset import QuerySet
from tortoise.transactions import in_transaction

from config.database import reaching_database
from identity.audit import record
from identity.staff.colleagues import LOGIN, Colleague, working_for
from identity.staff.oneself import own_residents
from identity.staff.roles import Member, Role
from services.applications.by import By
from services.applications.ledger import LEAD, STAFF
from services.applications.moves import Moves
from services.applications.numbers import APPLICATION, read
from services.applications.queue_errors import (
    CaseMissing,
    CaseNotHeld,
    CaseNotWaiting,
    CaseTaken,
    ColleagueUnfit,
    LeadMissing,
)
from services.applications.reach import WORKING, Reach, Reaches, is_own
from services.applications.states import FINISHED, State
from services.clocks import today
from services.errors import QuestionInvalid
from services.models import Application

PAGE = 50
SOON = timedelta(days=3)
_HOLDER = RawSQL(LOGIN.format(holder="application.staff_id"))
Due = Literal["", "late", "soon"]
_AUDITED: Mapping[str, str] = {
    "take": "case:taken",
    "give-back": "case:given-back",
    "assign": "case:assigned",
    "escalate": "case:escalated",
}


@dataclass(frozen=True)
class Asked:
    """Which cases somebody wants to see; nothing said: what waits and nobody has."""

    state: str = ""
    mine: bool = False
    department: str = ""
    region: str = ""
    due: Due = ""
    cursor: str = ""


@dataclass(frozen=True)
class Queued:
    """One line of the queue: nothing of the resident's own. ``holder``: a colleague's login;
    ``late``: the promised day has passed and it is not decided.
    """

    row: Application
    holder: str
    mine: bool
    late: bool


@dataclass(frozen=True)
class Queue:
    reaches: Reaches
    moves: Moves

    async def listed(self, member: Member, asked: Asked) -> tuple[list[Queued], str | None]:
        """A page of cases, the one due first leading, and the cursor of the page after; two
        statements whatever its length. Raises StaffRoleMissing or QuestionInvalid.
        """
        with reaching_database():
            reach = await self.reaches.of(member)
            rows = _asked(reach, asked).order_by("promised_on", "id").limit(PAGE + 1)
            found = await rows.annotate(holder=_HOLDER)
        shown, day = found[:PAGE], today()
        following = _cursor(shown[-1]) if len(found) > PAGE else None
        return [_line(row, member, day) for row in shown], following

    async def take_next(self, member: Member, asked: Asked) -> str | None:
        """Take the case that is due first, of those their department decides; its number, or None
        where nothing waits.
        """
        with reaching_database():
            async with in_transaction() as connection:
                reach = await self.reaches.of(member, connection)
                rows = _asked(reach, asked).filter(reach.free(), service__in=list(reach.decided))
                rows = rows.using_db(connection)
                locked = rows.order_by("promised_on", "id").select_for_update(skip_locked=True)
                row = await locked.first()
                if row is None:
                    return None
                await self._hold(connection, reach, row)
                return row.number

    async def take(self, member: Member, number: str) -> None:
        """Take this case; to whom it is theirs already nothing happens.

        Raises CaseMissing, StaffNotOneself, CaseTaken or CaseNotWaiting.
        """
        with reaching_database():
            async with in_transaction() as connection:
                reach, row = await self.locked(connection, member, number)
                if row.staff_id == member.id:
                    return
                if row.staff_id:
                    raise CaseTaken()
                if not reach.waits(row):
                    raise CaseNotWaiting()
                await self._hold(connection, reach, row)

    async def give_back(self, member: Member, number: str) -> None:
        """It waits for anybody again. A lead may take it from somebody who is away.

        Raises CaseMissing, StaffNotOneself, CaseNotHeld or CaseNotWaiting.
        """
        with reaching_database():
            async with in_transaction() as connection:
                reach, row = await self.locked(connection, member, number)
                if row.staff_id is None:
                    raise CaseNotWaiting()
                if row.staff_id != member.id and not reach.leads(row):
                    raise CaseNotHeld()
                row.staff_id = row.taken_at = None
                await self.noted(connection, reach, row, "give-back")

    async def assign(self, member: Member, number: str, colleague: UUID) -> None:
        """A lead of the department that answers for it gives it to a colleague, whoever had it.

        Raises CaseMissing, StaffNotOneself, CaseNotYours, CaseNotWaiting or ColleagueUnfit.
        """
        member.need(Role.LEAD)
        with reaching_database():
            async with in_transaction() as connection:
                reach, row = await self.locked(connection, member, number)
                reach.need_to_decide(row)
                if row.state in FINISHED and row.waits_for not in (STAFF, LEAD):
                    raise CaseNotWaiting()
                chosen = [
                    one for one in await self._fit(row, connection) if one.member.id == colleague
                ]
                if not chosen:
                    raise ColleagueUnfit()
                row.staff_id, row.taken_at = colleague, datetime.now(UTC)
                if row.waits_for == LEAD:
                    row.waits_for = STAFF
                await self.noted(connection, reach, row, "assign")

    async def colleagues(self, member: Member, number: str) -> list[Colleague]:
        """To whom this case may be given. Raises CaseMissing, StaffNotOneself or CaseNotYours."""
        member.need(Role.LEAD)
        with reaching_database():
            reach = await self.reaches.of(member)
            row = reach.check(await Application.get_or_none(number=numbered(number)))
            reach.need_to_decide(row)
            return await self._fit(row)

    async def need_lead(self, connection: BaseDBAsyncClient, row: Application) -> None:
        """Raises LeadMissing where nobody could take it."""
        found = await self._fit(row, connection)
        if not any(Role.LEAD in one.member.roles for one in found):
            raise LeadMissing()

    async def locked(
        self, connection: BaseDBAsyncClient, member: Member, number: str
    ) -> tuple[Reach, Application]:
        """The case in reach, its row locked. Raises CaseMissing or StaffNotOneself."""
        reach = await self.reaches.of(member, connection)
        rows = Application.select_for_update().using_db(connection)
        return reach, reach.check(await rows.get_or_none(number=numbered(number)))

    async def noted(
        self,
        connection: BaseDBAsyncClient,
        reach: Reach,
        row: Application,
        name: str,
        words: str = "",
    ) -> None:
        """An event of the case and the resident's record of it, with the row as it is now."""
        caller = reach.caller(row.service)
        by = By("staff", str(reach.member.id), caller)
        await self.moves.note(connection, row, by, name, words=words)
        await record(
            connection,
            event=_AUDITED[name],
            resident=UUID(str(row.resident_id)),
            caller=caller,
            service=row.service,
            purpose=self.reaches.catalogue.service(row.service).purpose,
        )

    async def _hold(self, connection: BaseDBAsyncClient, reach: Reach, row: Application) -> None:
        row.staff_id, row.taken_at = reach.member.id, datetime.now(UTC)
        await self.noted(connection, reach, row, "take")

    async def _fit(
        self, row: Application, connection: BaseDBAsyncClient | None = None
    ) -> list[Colleague]:
        """Who may decide it: of the department that answers for it, and not their own."""
        department = self.reaches.catalogue.service(row.service).department.id
        vault = self.reaches.vault
        found = await working_for(vault, {department}, WORKING, row.region, connection)
        own = [await own_residents(vault, one.member, connection) for one in found]
        return [one for one, theirs in zip(found, own, strict=True) if not is_own(row, theirs)]


def _asked(reach: Reach, asked: Asked) -> QuerySet[Application]:
    rows = reach.rows()
    if asked.department:
        rows = rows.filter(service__in=[
            id for id, department in reach.services.items() if department == asked.department
        ])  # fmt: skip
    if asked.region:
        rows = rows.filter(region__startswith=asked.region)
    if asked.mine:
        rows = rows.filter(staff_id=reach.member.id)
    if asked.state:
        rows = rows.filter(state=asked.state)
    elif asked.due:
        rows = rows.exclude(state__in=[state.value for state in FINISHED])
    elif not asked.mine:
        rows = rows.filter(reach.free())
    rows = _due(rows, asked.due)
    return _after(rows, asked.cursor)


def _due(rows: QuerySet[Application], due: Due) -> QuerySet[Application]:
    day = today()
    if due == "late":
        return rows.filter(promised_on__lt=day, state__not=State.SUPPLEMENT_ASKED)
    if due == "soon":
        return rows.filter(promised_on__lte=day + SOON, state__not=State.SUPPLEMENT_ASKED)
    return rows


def _after(rows: QuerySet[Application], cursor: str) -> QuerySet[Application]:
    if not cursor:
        return rows
    try:
        named, _, identity = cursor.partition(".")
        day, last = date.fromisoformat(named), UUID(identity)
    except ValueError:
        raise QuestionInvalid("cursor of another page", fields=["cursor"], messages=[]) from None
    return rows.filter(Q(promised_on__gt=day) | Q(promised_on=day, id__gt=last))


def numbered(said: str) -> str:
    """A case's number as it is kept. Raises CaseMissing for what cannot be one."""
    number = read(said, APPLICATION)
    if number is None:
        raise CaseMissing()
    return number


def _cursor(row: Application) -> str:
    return f"{row.promised_on}.{row.id}"


def _line(row: Application, member: Member, day: date) -> Queued:
    over = row.promised_on is not None and row.promised_on < day
    runs = row.state not in FINISHED and row.paused_at is None
    return Queued(row, getattr(row, "holder", None) or "", row.staff_id == member.id, over and runs)
