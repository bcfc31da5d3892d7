"""A resident's wallet: licences brought in from departments, listed, and read whole."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tortoise.transactions import in_transaction

from config.database import reaching_database
from config.texts import text
from identity import release
from identity.audit import Audit
from identity.caller import Caller
from identity.errors import SignInNeeded, StepUpNeeded
from identity.person import mask
from identity.residents import Residents
from identity.ways import FRESH, ORDINARY, SENSITIVE
from services.errors import NoRecord
from services.licences.asking import Offices
from services.licences.declaration import PORTRAIT, Held, LicenceType
from services.licences.errors import LicenceMissing, LicenceNotInForce, LicenceTypeUnknown
from services.licences.ledger import EXPIRED, PURPOSE, Ledger, past
from services.models import Licence
from services.youngest_first import after, cursor_of

Json = dict[str, Any]
PAGE = 20
SCOPE = "licences"


@dataclass(frozen=True)
class Wallet:
    ledger: Ledger
    kinds: Mapping[str, LicenceType]
    offices: Offices
    residents: Residents
    audit: Audit

    async def listed(self, caller: Caller, locale: str, cursor: str = "") -> Json:
        """``{"licences", "types", "next"}``: the youngest first, and every kind there is.

        Raises what ``owner`` refuses, and QuestionInvalid for a cursor of another page.
        """
        resident = owner(caller)
        with reaching_database():
            rows = Licence.filter(after(cursor, "issued_at"), resident_id=resident)
            found = await rows.order_by("-issued_at", "-id").limit(PAGE + 1)
        shown = [row for row in found[:PAGE] if row.type in self.kinds]
        return {
            "licences": [self.line(row, locale) for row in shown],
            "types": [self._kind(one, locale) for one in self.kinds.values()],
            "next": cursor_of(found[PAGE - 1].issued_at, found[PAGE - 1].id)
            if len(found) > PAGE
            else None,
        }

    async def read(self, caller: Caller, id: str, locale: str) -> Json:
        """One licence whole; sensitive facts are masked for whoever has not just proven who they
        are. Raises what ``owner`` and ``permit`` refuse, and LicenceMissing.
        """
        row, kind = await self.own(caller, id)
        permit(caller, kind)
        await self._recorded(caller, kind, owner(caller))
        content = self.ledger.content(row)
        hidden = frozenset() if _fresh(caller) else kind.sensitive

        def hide(name: str) -> str:
            return mask(content.facts[name]) if name in hidden else content.facts[name]

        facts = [
            {"name": name, "title": kind.title_of(name, locale), "value": hide(name)}
            for name in kind.names
            if name in content.facts
        ]
        usual = [*kind.usual, PORTRAIT] if kind.portrait else list(kind.usual)
        more = {"number": content.number, "facts": facts, "usual": usual, "portrait": kind.portrait}
        return self.line(row, locale) | more

    async def bring_in(self, caller: Caller, type: str, locale: str) -> Json:
        """Ask the department for the licence and keep what it says, whatever was kept before.

        Asking twice changes nothing more. Raises what ``owner`` refuses, LicenceTypeUnknown,
        NoRecord, LicenceNotInForce, ResidentClosed and the problems of ``Department.call``.
        """
        resident, kind = owner(caller), self.kind(type)
        person = await self.residents.reveal(resident)
        await self._recorded(caller, kind, resident)
        try:
            held = await self.offices.held(kind, person, locale)
        except NoRecord:
            await self._gone(kind, resident)
            raise
        row = await self._kept(kind, resident, held, caller)
        if row is None:
            raise not_in_force(EXPIRED if held.standing != "ended" else "withdrawn", locale)
        return self.line(row, locale)

    def kind(self, type: str) -> LicenceType:
        """Raises LicenceTypeUnknown."""
        if type not in self.kinds:
            raise LicenceTypeUnknown()
        return self.kinds[type]

    async def own(self, caller: Caller, id: str) -> tuple[Licence, LicenceType]:
        """One's own licence with its kind. Raises what ``owner`` refuses, and LicenceMissing."""
        resident = owner(caller)
        try:
            wanted = UUID(id)
        except ValueError:
            raise LicenceMissing("not an id") from None
        with reaching_database():
            row = await Licence.get_or_none(id=wanted, resident_id=resident)
        if row is None or row.type not in self.kinds:
            raise LicenceMissing()
        return row, self.kinds[row.type]

    def line(self, row: Licence, locale: str) -> Json:
        """What a card shows without being opened: nobody's name and no number."""
        kind, state = self.kinds[row.type], standing(row)
        return {
            "id": str(row.id),
            "type": self._kind(kind, locale),
            "state": state,
            "state_title": text(f"licence.state.{state}", locale),
            "living": row.ended_at is None and state != EXPIRED,
            "until": row.until_on.isoformat() if row.until_on else None,
            "issued_at": row.issued_at.isoformat(timespec="seconds"),
        }

    async def _kept(
        self, kind: LicenceType, resident: UUID, held: Held[Any], caller: Caller
    ) -> Licence | None:
        with reaching_database():
            async with in_transaction() as connection:
                return await self.ledger.settle(connection, kind, resident, held, caller)

    async def _gone(self, kind: LicenceType, resident: UUID) -> None:
        """The department keeps nothing of it any more, so it counts no more."""
        with reaching_database():
            async with in_transaction() as connection:
                await self.ledger.drop(connection, kind, resident)

    async def _recorded(self, caller: Caller, kind: LicenceType, resident: UUID) -> None:
        await self.audit.record_read(
            caller, event="record:read", resident=resident, service=kind.id, purpose=PURPOSE
        )

    def _kind(self, kind: LicenceType, locale: str) -> Json:
        office = kind.department
        return {
            "id": kind.id,
            "title": kind.title[locale],
            "icon": kind.icon,
            "department": {"id": office.id, "title": office.title[locale]},
        }


def owner(caller: Caller) -> UUID:
    """Whose wallet it is: the resident's own, in person. Raises what ``release.permit`` refuses."""
    release.permit(caller, scope=SCOPE, level=ORDINARY)
    if caller.resident is None:
        raise SignInNeeded()
    return caller.resident


def permit(caller: Caller, kind: LicenceType, chosen: Sequence[str] = ()) -> None:
    """The proof it takes to see this kind, or to show what was chosen of it. Raises what
    ``release.permit`` refuses.
    """
    if kind.sensitive & set(chosen):
        release.permit(caller, scope=SCOPE, level=SENSITIVE, max_age=FRESH)
    release.permit(caller, scope=SCOPE, level=kind.level, max_age=kind.max_age)


def _fresh(caller: Caller) -> bool:
    try:
        release.permit(caller, scope=SCOPE, level=SENSITIVE, max_age=FRESH)
    except StepUpNeeded:
        return False
    return True


def standing(row: Licence) -> str:
    """Its state today: past its last day it is over, whether a job has written that down or not."""
    return EXPIRED if row.ended_at is None and past(row.until_on) else str(row.state)


def in_force(row: Licence, locale: str) -> None:
    """Raises LicenceNotInForce."""
    if (state := standing(row)) != "valid":
        raise not_in_force(state, locale)


def not_in_force(state: str, locale: str) -> LicenceNotInForce:
    return LicenceNotInForce(state=state, standing=text(f"licence.state.{state}", locale))
