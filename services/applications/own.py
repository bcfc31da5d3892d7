"""A resident's own applications: who may touch them, found, locked, newly made."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar
from uuid import uuid4

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.exceptions import IntegrityError

from config.database import reaching_database
from identity import release
from identity.caller import Caller
from identity.errors import StepUpNeeded
from identity.ways import ORDINARY
from services.applications import by, numbers, steps
from services.applications.errors import ApplicationMissing
from services.applications.ledger import RESIDENT, id_of
from services.applications.moves import Moves
from services.applications.states import State
from services.clocks import today
from services.models import Application
from services.service import Service

Form = Mapping[str, Any]
Made = TypeVar("Made")
_TRIES = 5


def permit_all(caller: Caller, service: Service) -> None:
    """As the service asks it itself. Raises what ``release.permit`` refuses."""
    release.permit(caller, scope=service.scope, level=service.level, max_age=service.max_age)


def may_read(caller: Caller, service: Service) -> bool:
    """Whether what departments said may be shown, as the service would show it."""
    try:
        permit_all(caller, service)
    except StepUpNeeded:
        return False
    return True


async def numbered(story: Callable[[], Awaitable[Made]]) -> Made:
    """The story again, with another number, where somebody of today has that one."""
    with reaching_database():
        for _ in range(_TRIES - 1):
            try:
                return await story()
            except IntegrityError:
                continue
        return await story()


class Own:
    def __init__(self, moves: Moves):
        self._moves = moves

    def new(self, caller: Caller, service: Service, form: Form, locale: str) -> Application:
        """A draft that is not written yet. Raises FormTooLarge."""
        made, at = uuid4(), self._moves.clock()
        return Application(
            id=made,
            number=numbers.made(numbers.APPLICATION, today(at)),
            resident_id=caller.resident,
            agent_id=by.resident(caller).agent,
            service=service.id,
            region=_region(form, service),
            locale=locale,
            state=State.DRAFT,
            waits_for=RESIDENT,
            form_sealed=self._moves.papers.seal_form(made, form),
            changed_at=at,
        )

    async def locked(
        self, connection: BaseDBAsyncClient, caller: Caller, number: str
    ) -> Application:
        """The row for this transaction alone. Raises ApplicationMissing."""
        rows = Application.select_for_update().using_db(connection)
        found = await rows.get_or_none(number=_read(number), resident_id=caller.resident)
        return self._allowed(caller, found)

    async def drafted(
        self, connection: BaseDBAsyncClient, caller: Caller, number: str, sent: Application
    ) -> Application:
        """The draft, which takes over everything of what is sent instead of it: its region too.

        Raises ApplicationMissing, also for a draft of another service.
        """
        row = await self.locked(connection, caller, number)
        if row.service != sent.service:
            raise ApplicationMissing("of another service")
        form = self._moves.papers.form(sent)
        row.form_sealed = self._moves.papers.seal_form(id_of(row), form)
        row.region, row.locale = sent.region, sent.locale
        return row

    async def found(self, caller: Caller, number: str) -> Application:
        """Raises ApplicationMissing."""
        found = await Application.get_or_none(number=_read(number), resident_id=caller.resident)
        return self._allowed(caller, found)

    async def reform(self, connection: BaseDBAsyncClient, row: Application, form: Form) -> bool:
        """Whether it is another form than before; then the checks that were done count no more."""
        if self._moves.papers.form(row) == dict(form):
            return False
        row.form_sealed = self._moves.papers.seal_form(id_of(row), form)
        row.region = _region(form, self._moves.service(row))
        if row.state == State.SUPPLEMENT_ASKED:
            rows = await steps.present(connection, id_of(row))
            await steps.begin_again(connection, id_of(row), rows, self._moves.plan(row).steps)
        return True

    def _allowed(self, caller: Caller, row: Application | None) -> Application:
        if row is None:
            raise ApplicationMissing()
        release.permit(caller, scope=self._moves.service(row).scope, level=ORDINARY)
        return row


def _region(form: Form, service: Service) -> str:
    """The form's own, else the one the service is offered in, else nowhere in particular."""
    given = form.get("region")
    if isinstance(given, str) and given.isascii() and given.isdigit() and len(given) <= 6:
        return given
    return service.regions[0] if len(service.regions) == 1 else ""


def _read(said: str) -> str:
    number = numbers.read(said, numbers.APPLICATION)
    if number is None:
        raise ApplicationMissing("no number of ours")
    return number
