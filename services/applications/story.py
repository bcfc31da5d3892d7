"""Applications as their residents move them: drafted, submitted, answered, withdrawn, collected.

Each story is one transaction with the row locked: state, event, audit row, notice and job, or
nothing. What is repeated with the same Idempotency-Key is answered again and done once.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from tortoise.transactions import in_transaction

from config.database import reaching_database
from identity import guardians, release
from identity.caller import Caller
from identity.residents import Residents, stay
from identity.vault import Vault
from identity.ways import ORDINARY
from services.applications import by, listing
from services.applications.bringing import with_answer, with_submission
from services.applications.case_file import Reader
from services.applications.declaration import Receipt
from services.applications.errors import ApplicationChanged
from services.applications.moves import Moves
from services.applications.own import Form, Own, may_read, numbered, permit_all
from services.applications.states import Event, State, TransitionIllegal, after
from services.catalogue import Catalogue
from services.errors import ChannelClosed, ServiceUnknown
from services.idempotency import Idempotency, Once
from services.materials.taking import Taking
from services.models import Application
from services.question import read
from services.service import Service

Json = dict[str, Any]


class Applications:
    """``moves`` writes; ``materials`` keeps documents (``services.materials``)."""

    def __init__(
        self,
        vault: Vault,
        catalogue: Catalogue,
        residents: Residents,
        materials: Taking,
        *,
        moves: Moves | None = None,
    ):
        self.moves = moves or Moves(vault, catalogue)
        self.reader = Reader(self.moves, materials)
        self._own = Own(self.moves)
        self._catalogue, self._residents, self._materials = catalogue, residents, materials
        self._idempotency = Idempotency(vault)

    async def draft(self, caller: Caller, service_id: str, form: Form, locale: str) -> Receipt:
        """Begin one; the form may be incomplete. Raises ServiceUnknown, FormTooLarge,
        ResidentClosed, and what ``release.permit`` refuses at the ordinary level.
        """
        service = self._offered(service_id)
        release.permit(caller, scope=service.scope, level=ORDINARY)
        resident = caller.resident
        assert resident is not None  # permit has refused everybody else

        async def begin() -> Receipt:
            async with in_transaction() as connection:
                await stay(connection, resident)
                row = self._own.new(caller, service, form, locale)
                await self.moves.note(connection, row, by.resident(caller), "draft")
                return _receipt(row)

        return await numbered(begin)

    async def change(
        self, caller: Caller, number: str, form: Form, version: int | None = None
    ) -> Receipt:
        """Another form, while nobody works on it; ``version``: the one that was read.

        What was submitted is changed only by who may submit it. Raises ApplicationMissing,
        ApplicationChanged, TransitionIllegal, FormTooLarge and what ``release.permit`` refuses.
        """
        with reaching_database():
            async with in_transaction() as connection:
                row = await self._own.locked(connection, caller, number)
                if row.state not in (State.DRAFT, State.SUPPLEMENT_ASKED):
                    raise TransitionIllegal("change", state=row.state)
                if version is not None and version != row.version:
                    raise ApplicationChanged(version=row.version)
                if row.state == State.SUPPLEMENT_ASKED:
                    permit_all(caller, self.moves.service(row))
                await self._own.reform(connection, row, form)
                await self.moves.note(connection, row, by.resident(caller), "change")
                return _receipt(row)

    async def submit(
        self,
        caller: Caller,
        service_id: str,
        form: Form,
        materials: Sequence[UUID],
        locale: str,
        *,
        draft: str = "",
        once: Once | None = None,
    ) -> Receipt:
        """Ask for it: with the whole form and what documents nobody holds yet; ``draft``: the
        number of the one that becomes it.

        Raises QuestionInvalid, MaterialsMissing, ApplicationMissing, TransitionIllegal,
        ServiceUnknown, ChannelClosed, GuardianConsentNeeded, ApplicationOpen, what
        ``release.permit`` refuses, what ``Taking.attach`` refuses, IdempotencyKeyReused or
        IdempotencyInFlight.
        """
        service = await self._admitted(caller, service_id)
        read(service, form, locale)

        async def send() -> Receipt:
            row = self._own.new(caller, service, form, locale)
            async with (
                in_transaction() as connection,
                self._idempotency.kept(connection, once, alone=self.moves.alone_by(row)) as slot,
            ):
                if slot.known is not None:
                    return Receipt.model_validate_json(slot.known)
                if draft:
                    row = await self._own.drafted(connection, caller, draft, row)
                made = Receipt(number=row.number, state=after(State(row.state), Event.SUBMIT))
                await with_submission(connection, self._materials, row, service, materials)
                kept = slot.hand_over(made.model_dump_json().encode())
                await self.moves.submit(connection, row, by.resident(caller), beside=kept)
                return made

        return await numbered(send)

    async def send_draft(
        self,
        caller: Caller,
        number: str,
        materials: Sequence[UUID],
        locale: str,
        *,
        once: Once | None = None,
    ) -> Receipt:
        """Submit a draft with the form it has. Raises as ``submit`` does."""
        with reaching_database():
            row = await self._own.found(caller, number)
        form = self.moves.papers.form(row)
        return await self.submit(
            caller, row.service, form, materials, locale, draft=number, once=once
        )

    async def answer(
        self,
        caller: Caller,
        number: str,
        form: Form | None,
        materials: Sequence[UUID],
        locale: str,
        *,
        once: Once | None = None,
    ) -> Receipt:
        """Bring what a supplement asks for. Another form begins every check again; documents alone
        leave what the departments have said as it is, and the rules decide anew.

        Raises ApplicationMissing, TransitionIllegal, QuestionInvalid, SupplementIncomplete, what
        ``Taking.attach`` and ``release.permit`` refuse, IdempotencyKeyReused, IdempotencyInFlight.
        """
        with reaching_database():
            async with (
                in_transaction() as connection,
                self._idempotency.kept(connection, once) as slot,
            ):
                if slot.known is not None:
                    return Receipt.model_validate_json(slot.known)
                row = await self._own.locked(connection, caller, number)
                service = self.moves.service(row)
                if form is not None:
                    permit_all(caller, service)
                reformed = (
                    await self._own.reform(connection, row, form) if form is not None else False
                )
                read(service, self.moves.papers.form(row), locale)
                if row.state == State.SUPPLEMENT_ASKED:  # else the move says what it is
                    await with_answer(connection, self._materials, row, service, materials)
                await self.moves.answer(connection, row, by.resident(caller), reformed=reformed)
                made = _receipt(row)
                slot.keep(made.model_dump_json().encode())
                return made

    async def withdraw(self, caller: Caller, number: str) -> Receipt:
        """Ask for it no more. Raises ApplicationMissing or, once decided, TransitionIllegal."""
        with reaching_database():
            async with in_transaction() as connection:
                row = await self._own.locked(connection, caller, number)
                await self.moves.withdraw(connection, row, by.resident(caller))
                return _receipt(row)

    async def collect(self, caller: Caller, number: str) -> Receipt:
        """The resident has what was given. Raises ApplicationMissing or TransitionIllegal."""
        with reaching_database():
            async with in_transaction() as connection:
                row = await self._own.locked(connection, caller, number)
                await self.moves.collect(connection, row, by.resident(caller))
                return _receipt(row)

    async def case_file(self, caller: Caller, number: str, locale: str) -> Json:
        """The case as its resident sees it. What departments said is there for who may read it in
        the service itself: else ``findings_locked`` is true. Raises ApplicationMissing.
        """
        with reaching_database():
            row = await self._own.found(caller, number)
            open_to = may_read(caller, self.moves.service(row))
            file = await self.reader.file(row, locale, findings=open_to)
        return file | {"findings_locked": not open_to}

    async def listed(
        self,
        caller: Caller,
        locale: str,
        *,
        state: str = "",
        cursor: str = "",
        waiting: bool = False,
    ) -> Json:
        """A page of the caller's applications (``listing.page``)."""
        release.permit(caller, scope=min(caller.scopes, default=""), level=ORDINARY)
        assert caller.resident is not None  # permit has refused everybody else
        services = None
        if caller.acting:
            all_of_them = self._catalogue.services.values()
            services = [one.id for one in all_of_them if one.scope in caller.scopes]
        with reaching_database():
            return await listing.page(
                self._catalogue,
                caller.resident,
                locale,
                state=state,
                cursor=cursor,
                services=services,
                waiting=waiting,
            )

    def _offered(self, id: str) -> Service:
        service = self._catalogue.service(id)
        if service.plan is None:
            raise ServiceUnknown("no application")
        if "mobile" not in service.channels:
            raise ChannelClosed()
        return service

    async def _admitted(self, caller: Caller, id: str) -> Service:
        service = self._offered(id)
        permit_all(caller, service)
        if service.guardian_consent and caller.resident:
            await guardians.require(await self._residents.reveal(caller.resident))
        return service


def _receipt(row: Application) -> Receipt:
    return Receipt(number=row.number, state=str(row.state))
