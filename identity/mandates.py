"""Family agents: a resident lets another use named services for them, from a day to a day.

    offer (principal, level 4) → acceptance (agent, level 4) → the agent acts → either ends it

An offer names the agent by name and number and is answered alike whether such a person is known
here or not; only the person whose document that is can see and accept it. An agent acts through a
session of the principal that hangs on the agent's own: when that ends, or the mandate does, so
does this, on every worker. Its tokens name both people (``act``, RFC 8693 §4.1).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.connection import get_connection
from tortoise.expressions import Q
from tortoise.transactions import in_transaction

from config.errors import Conflict, Denied, Invalid, Missing
from identity import ages, notices, release
from identity.caller import Caller
from identity.errors import ResidentMissing
from identity.mandate_rows import keep_in, locked, note, revoke
from identity.models import Mandate
from identity.person import IdNumber, mask
from identity.residents import Residents
from identity.sessions import Sessions
from identity.vault import Vault
from identity.ways import FRESH, SENSITIVE

OFFERED, ACCEPTED, REFUSED = "offered", "accepted", "refused"
LONGEST = timedelta(days=366)
MOST = 20  # living ones a principal may have
_INDEX = "document"


class MandateMissing(Missing):
    code = "mandate-missing"


class MandateDates(Invalid):
    """It ends before it begins, begins in the past or lasts longer than a year."""

    code = "mandate-dates"


class MandateSelf(Invalid):
    code = "mandate-self"


class MandateMinor(Invalid):
    """An agent is of age; for children there are guardians."""

    code = "mandate-minor"


class MandateAnswered(Conflict):
    code = "mandate-answered"


class MandateNotInForce(Denied):
    """Not accepted, over, or not begun; the facts say from when until when it holds."""

    code = "mandate-not-in-force"


class MandatesTooMany(Conflict):
    code = "mandates-too-many"


@dataclass(frozen=True, repr=False)
class Offer:
    """What a principal offers: canonical name and number of the agent, service ids, two days."""

    name: str
    number: IdNumber
    services: Sequence[str]
    starts_on: date
    ends_on: date

    def __repr__(self) -> str:
        return f"Offer({self.starts_on} – {self.ends_on})"


@dataclass(frozen=True)
class MandateView:
    """A mandate as one side sees it: ``other`` is the other side's masked name."""

    id: UUID
    given: bool
    other: str
    services: tuple[str, ...]
    starts_on: date
    ends_on: date
    state: str


@dataclass(frozen=True, repr=False)
class _Named:
    """Somebody who may be meant by an offer."""

    id: UUID
    name: str
    digests: frozenset[str]


def permits(mandate: Mandate, day: date) -> bool:
    """Whether the agent may act on this day (Asia/Shanghai); both named days are included."""
    return mandate.state == ACCEPTED and mandate.starts_on <= day <= mandate.ends_on


@dataclass(frozen=True)
class Mandates:
    """The parts of the story, put together in ``api/wiring``."""

    vault: Vault
    residents: Residents
    sessions: Sessions

    async def offer(self, caller: Caller, offer: Offer) -> MandateView:
        """The principal is told, and with the word of that message can disown it.

        Raises StepUpNeeded, MandateDates, MandateSelf, MandateMinor, MandatesTooMany, or
        SessionEnded for one that ended meanwhile.
        """
        principal = _proven(caller)
        _check_days(offer)
        if ages.is_under(offer.number, ages.OF_AGE):
            raise MandateMinor()
        if await self.residents.find(offer.number) == principal:
            raise MandateSelf()
        async with in_transaction() as connection:
            await keep_in(connection, principal, caller)
            row = await self._make(connection, principal, offer)
            await note(connection, "mandate:offered", caller, row)
            await notices.tell(connection, principal, "mandate-offered", session=caller.session)
        return _view(row, given=True, other=mask(offer.name))

    async def list(self, caller: Caller) -> list[MandateView]:
        """Those given and those received, newest first; offers only to the person they name."""
        me = await self._me(resident_of(caller))
        mine = Q(principal_id=me.id) | Q(agent_id=me.id)
        named = Q(agent__in=list(me.digests), agent_id__isnull=True)
        rows = await Mandate.filter(mine | named).order_by("-offered_at").limit(100)
        return [await self._seen_by(me.id, row) for row in rows if self._concerns(me, row)]

    async def accept(self, caller: Caller, mandate: UUID) -> MandateView:
        """By the agent, freshly proven. Raises StepUpNeeded, MandateMissing, MandateAnswered."""
        agent = _proven(caller)
        return await self._answer(caller, mandate, agent, ACCEPTED)

    async def refuse(self, caller: Caller, mandate: UUID) -> MandateView:
        """By the person it was offered to. Raises MandateMissing or MandateAnswered."""
        return await self._answer(caller, mandate, resident_of(caller), REFUSED)

    async def revoke(self, caller: Caller, mandate: UUID) -> None:
        """By either side, at any time; what is done under it ends on every worker.

        Raises MandateMissing.
        """
        me = resident_of(caller)
        async with in_transaction() as connection:
            row = await locked(connection, mandate)
            if row is None or me not in _sides(row) or row.state not in (OFFERED, ACCEPTED):
                raise MandateMissing()
            ended = await revoke(connection, self.sessions, [row])
            await note(connection, "mandate:revoked", caller, row)
        await self.sessions.announce(ended)

    async def _make(self, connection: BaseDBAsyncClient, principal: UUID, offer: Offer) -> Mandate:
        living = Mandate.filter(principal_id=principal, state__in=[OFFERED, ACCEPTED])
        if await living.filter(ends_on__gte=ages.today()).using_db(connection).count() >= MOST:
            raise MandatesTooMany(most=MOST)
        made = uuid4()
        return await Mandate.create(
            using_db=connection,
            id=made,
            principal_id=principal,
            agent=self.vault.digest(_INDEX, offer.number.canonical),
            agent_name_sealed=self.vault.seal(offer.name.encode(), _context(made)),
            services=" ".join(sorted(set(offer.services))),
            starts_on=offer.starts_on,
            ends_on=offer.ends_on,
            state=OFFERED,
        )

    async def _answer(self, caller: Caller, mandate: UUID, agent: UUID, state: str) -> MandateView:
        me = await self._me(agent)
        async with in_transaction() as connection:
            row = await locked(connection, mandate)
            if row is None or not self._names(row, me):
                raise MandateMissing()
            if row.state != OFFERED or row.ends_on < ages.today():
                raise MandateAnswered()
            row.agent_id = agent
            await _change(connection, row, state)
            await note(connection, f"mandate:{state}", caller, row)
            if state == ACCEPTED:  # no session: it was done in one of the agent's
                await notices.tell(connection, row.principal_id, "mandate-accepted")
        return await self._seen_by(agent, row)

    async def _me(self, resident: UUID) -> _Named:
        """The resident's name, and what each document they have proven is found by."""
        person = await self.residents.reveal(resident)
        digests = self.residents.documents.digests_of(get_connection("default"), resident)
        return _Named(resident, person.name, await digests)

    def _concerns(self, me: _Named, row: Mandate) -> bool:
        return me.id in _sides(row) or self._names(row, me)

    def _names(self, row: Mandate, me: _Named) -> bool:
        """Whether an offer means this person: a number of theirs, and the name."""
        return row.agent in me.digests and self._agent_name(row) == me.name

    def _agent_name(self, row: Mandate) -> str:
        return self.vault.open(bytes(row.agent_name_sealed), _context(row.id)).decode()

    async def _seen_by(self, me: UUID, row: Mandate) -> MandateView:
        given = UUID(str(row.principal_id)) == me
        if given:
            return _view(row, given=True, other=mask(self._agent_name(row)))
        return _view(row, given=False, other=await self._principal(row))

    async def _principal(self, row: Mandate) -> str:
        """Masked; of one who died or left, no more than that there was somebody."""
        try:
            return mask((await self.residents.reveal(row.principal_id)).name)
        except ResidentMissing:
            return "*"


def _proven(caller: Caller) -> UUID:
    """The caller, if freshly proven at level 4. Raises StepUpNeeded."""
    release.permit(caller, scope="", level=SENSITIVE, max_age=FRESH)
    return resident_of(caller)


def resident_of(caller: Caller) -> UUID:
    """The caller as themselves. Raises MandateMissing for somebody who acts for another."""
    if caller.resident is None or caller.acting:  # the gate lets nobody else here
        raise MandateMissing()
    return caller.resident


def _check_days(offer: Offer) -> None:
    late = offer.ends_on - offer.starts_on > LONGEST
    if offer.starts_on < ages.today() or offer.ends_on < offer.starts_on or late:
        raise MandateDates(days=LONGEST.days)


def _view(row: Mandate, *, given: bool, other: str) -> MandateView:
    over = row.state in (OFFERED, ACCEPTED) and row.ends_on < ages.today()
    return MandateView(
        UUID(str(row.id)),
        given,
        other,
        tuple(row.services.split()),
        row.starts_on,
        row.ends_on,
        "over" if over else row.state,
    )


def _sides(row: Mandate) -> set[UUID]:
    return {UUID(str(side)) for side in (row.principal_id, row.agent_id) if side}


async def _change(connection: BaseDBAsyncClient, row: Mandate, state: str) -> None:
    now = datetime.now(UTC)
    row.state = state
    if state == ACCEPTED:
        row.accepted_at = now
    else:
        row.ended_at = now
    await row.save(using_db=connection)


def _context(mandate: UUID | object) -> str:
    return f"mandate.agent_name:{mandate}"
