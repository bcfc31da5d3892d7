"""Rounds of the desks: a case is left lying on none.

``round-of-desks`` gives back what is held by somebody who no longer may work on it (the account was
disabled, or its departments changed), and passes to a lead what is late and nobody has taken. Each
in a transaction of its own, looked at again under its lock: safe to repeat, also twice at once.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping
from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.queryset import QuerySet
from tortoise.transactions import in_transaction

from config import logs
from config.database import reaching_database
from config.jobs import Payload
from identity.staff.colleagues import working
from identity.staff.oneself import own_residents
from identity.staff.roles import Member, Role
from identity.vault import Vault
from services.applications import by
from services.applications.ledger import LEAD, STAFF
from services.applications.moves import Moves
from services.applications.reach import WORKING, is_own, leads_on, works_on
from services.applications.states import State
from services.catalogue import Catalogue
from services.clocks import today
from services.models import Application

log = logs.get("services.applications")
JOB = "round-of-desks"
_RUNNING = (State.SUBMITTED, State.ACCEPTED, State.IN_REVIEW)
_AT_ONCE = 500
Act = Callable[[BaseDBAsyncClient, Application], Awaitable[bool]]


class Rounds:
    def __init__(self, vault: Vault, catalogue: Catalogue, moves: Moves):
        self._vault, self._catalogue, self._moves = vault, catalogue, moves

    async def walk(self, _payload: Payload) -> None:
        """The handler of ``round-of-desks``."""
        with reaching_database():
            members = {one.id: one for one in await working(WORKING)}
            left = await self._each(await self._left(members), self._give_back)
            leads = [one for one in members.values() if Role.LEAD in one.roles]

            async def pass_on(connection: BaseDBAsyncClient, row: Application) -> bool:
                return await self._pass_on(connection, row, leads)

            passed = await self._each(self._late(), pass_on)
        log.info("desks-walked", given_back=left, passed_on=passed)

    async def _left(self, members: Mapping[UUID, Member]) -> QuerySet[Application]:
        held = Application.filter(
            staff_id__isnull=False, service__in=list(self._catalogue.services)
        )
        rows = await held.only("id", "service", "region", "staff_id")
        left = [
            row.id for row in rows if not self._works(members.get(UUID(str(row.staff_id))), row)
        ]
        return held.filter(id__in=left)

    def _works(self, member: Member | None, row: Application) -> bool:
        return member is not None and works_on(member, row, self._catalogue.service(row.service))

    def _late(self) -> QuerySet[Application]:
        rows = Application.filter(waits_for=STAFF, staff_id__isnull=True, state__in=_RUNNING)
        rows = rows.filter(service__in=list(self._catalogue.services))
        return rows.filter(promised_on__lt=today(self._moves.clock()))

    async def _give_back(self, connection: BaseDBAsyncClient, row: Application) -> bool:
        row.staff_id = row.taken_at = None
        await self._note(connection, row, "give-back")
        return True

    async def _pass_on(
        self, connection: BaseDBAsyncClient, row: Application, leads: Collection[Member]
    ) -> bool:
        """Where nobody leads it stays with the caseworkers: nothing waits for nobody."""
        if not await self._has_lead(connection, row, leads):
            return False
        row.waits_for = LEAD
        await self._note(connection, row, "escalate")
        return True

    async def _has_lead(
        self, connection: BaseDBAsyncClient, row: Application, leads: Collection[Member]
    ) -> bool:
        service = self._catalogue.service(row.service)
        for one in leads:
            fit = leads_on(one, row, service)
            if fit and not is_own(row, await own_residents(self._vault, one, connection)):
                return True
        return False

    async def _note(self, connection: BaseDBAsyncClient, row: Application, name: str) -> None:
        department = self._catalogue.service(row.service).department.id
        await self._moves.note(connection, row, by.clock(department), name)

    async def _each(self, rows: QuerySet[Application], act: Act) -> int:
        """How many it was done to; one that somebody works on is left for the next round."""
        done = 0
        for id in await rows.order_by("promised_on").limit(_AT_ONCE).values_list("id", flat=True):
            async with in_transaction() as connection:
                locked = rows.filter(id=id).using_db(connection)
                row = await locked.select_for_update(skip_locked=True).first()
                done += row is not None and await act(connection, row)
        return done
