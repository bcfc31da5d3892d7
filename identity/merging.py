"""Two records that are one person become one; a document that was another person's leaves.

Merging needs a fresh level 4 on both sides, or two members of staff; splitting needs the two.
What was recorded of both stays readable; the record that goes is closed and leads to the other.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from uuid import UUID, uuid4

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from config.errors import Conflict, Denied
from identity import closing, documents, grant_moves, release
from identity.assurance import LAPSED, effective
from identity.audit import record
from identity.caller import OWN_APP, Caller
from identity.document_store import DocumentStore, clashing, is_lifelong
from identity.documents import PROVEN
from identity.documents.errors import DocumentMissing, LastDocument
from identity.errors import ResidentClosed, SignInNeeded, StepUpNeeded
from identity.freeze import IdentityFrozen
from identity.models import (
    BoundDevice,
    Consent,
    Contact,
    Correction,
    Document,
    Guardianship,
    Mandate,
    Notice,
    OutsideIdentity,
    Passkey,
    Resident,
    Session,
)
from identity.notices import tell
from identity.sessions import Sessions
from identity.tokens import Tokens
from identity.two_staff import TwoStaff, callers
from identity.ways import FRESH, SENSITIVE

Move = Callable[[BaseDBAsyncClient, UUID, UUID], Awaitable[None]]
_THEIRS = (Document, Consent, OutsideIdentity, Correction, Contact, Notice)


class MergeImpossible(Conflict):
    """Their documents say that they are two people."""

    code = "merge-impossible"


class OtherProofNeeded(Denied):
    """The other record was not proven on this device, at level 4, within 15 minutes."""

    code = "other-proof-needed"


class Merging:
    """``moves`` are told (connection, from, into) in the transaction: rooms above keep rows too."""

    def __init__(
        self, store: DocumentStore, sessions: Sessions, tokens: Tokens, moves: Sequence[Move] = ()
    ):
        self._store = store
        self._sessions = sessions
        self._tokens = tokens
        self._moves = tuple(moves)

    async def by_token(self, caller: Caller, other_token: str) -> None:
        """Join the resident of ``other_token`` into the caller's record.

        Raises StepUpNeeded, OtherProofNeeded, MergeImpossible, ResidentClosed or IdentityFrozen.
        """
        release.permit(caller, scope="", level=SENSITIVE, max_age=FRESH)
        other = await self._tokens.read(other_token)
        _judge_other(caller, other)
        if caller.resident is None or other.resident is None:
            raise SignInNeeded()
        async with in_transaction() as connection:
            ended = await self._merge(connection, caller.resident, other.resident, [caller])
        await self._sessions.announce(ended)

    async def by_staff(self, into: UUID, other: UUID, staff: TwoStaff) -> None:
        """Two members of staff saw the papers: they may also join what the numbers keep apart."""
        async with in_transaction() as connection:
            ended = await self.join(connection, into, other, staff)
        await self._sessions.announce(ended)

    async def join(
        self, connection: BaseDBAsyncClient, into: UUID, other: UUID, staff: TwoStaff
    ) -> Sequence[UUID]:
        """``by_staff`` within a story's transaction. Returns the sessions that ended:
        ``sessions.announce`` them after the commit.
        """
        actors = await callers(connection, staff, into, other)
        return await self._merge(connection, into, other, actors, papers_seen=True)

    async def split(self, document: UUID, staff: TwoStaff) -> UUID:
        """Give a document that was another person's a record of its own; returns that resident.

        Nobody can say which device was whose, so all sessions, devices, passkeys, telephone
        numbers and outside identities of the old record end. Raises TwoStaffNeeded,
        DocumentMissing or LastDocument.
        """
        async with in_transaction() as connection:
            new, ended = await self.part(connection, document, staff)
        await self._sessions.announce(ended)
        return new

    async def part(
        self, connection: BaseDBAsyncClient, document: UUID, staff: TwoStaff
    ) -> tuple[UUID, Sequence[UUID]]:
        """``split`` within a story's transaction. Returns the new resident, and the sessions that
        ended: ``sessions.announce`` them after the commit.
        """
        rows = Document.filter(id=document, ended_at__isnull=True).using_db(connection)
        row = await rows.first()
        if row is None:
            raise DocumentMissing()
        old, new = UUID(str(row.resident_id)), uuid4()
        actors = await callers(connection, staff, old)
        await self._store.lock(connection, self._store.number(row))
        await _residents(connection, old)
        await self._move_out(connection, row, old, new)
        ended = await self._sessions.end_all(connection, old, "split")
        await _disconnect(connection, old)
        for actor in actors:
            for resident in (old, new):
                await record(connection, event="identity:split", resident=resident, caller=actor)
        await tell(connection, old, "document-moved")
        return new, ended

    async def _merge(
        self,
        connection: BaseDBAsyncClient,
        into: UUID,
        other: UUID,
        actors: Sequence[Caller],
        *,
        papers_seen: bool = False,
    ) -> Sequence[UUID]:
        if into == other:
            raise MergeImpossible("the same")
        kept, gone = await self._both(connection, into, other)
        mine, theirs = [await self._store.of(connection, one) for one in (into, other)]
        if not papers_seen:
            self._judge_one_person(mine, theirs)
        await self._renew(connection, mine, theirs)
        for move in self._moves:  # first: who works on their rows still writes notices of them
            await move(connection, other, into)
        await _move(connection, other, into)
        await grant_moves.join(connection, other, into)
        ended = await self._sessions.end_all(connection, other, "merged")
        await closing.end_returns(connection, other)
        await _bequeath(connection, other, into)
        await _proof(connection, kept, gone)
        await _lead_on(connection, gone, into)
        for actor in actors:
            await record(connection, event="identity:merged", resident=into, caller=actor)
        await tell(connection, into, "records-joined")
        return ended

    async def _both(
        self, connection: BaseDBAsyncClient, into: UUID, other: UUID
    ) -> tuple[Resident, Resident]:
        """Both rows, locked after their documents, as everywhere."""
        rows = await self._store.of(connection, into, other)
        await self._store.lock(connection, *(self._store.number(row) for row in rows))
        found = await _residents(connection, into, other)
        return found[into], found[other]

    def _judge_one_person(self, mine: list[Document], theirs: list[Document]) -> None:
        """Raise MergeImpossible where documents say two people: another birth or sex, or two
        numbers of a kind that is kept for life. Their form alone says nothing.
        """
        proven = [
            [self._store.number(row) for row in rows if row.level >= PROVEN]
            for rows in (mine, theirs)
        ]
        for carried in (documents.born, documents.is_male):
            said = {value for rows in proven for row in rows if (value := carried(row)) is not None}
            if len(said) > 1:
                raise MergeImpossible("birth or sex")
        if any(is_lifelong(row) for row, _ in clashing(mine, theirs)):
            raise MergeImpossible("two for life")

    async def _renew(
        self, connection: BaseDBAsyncClient, mine: list[Document], theirs: list[Document]
    ) -> None:
        """Of two of a kind the better proven stays, of equal ones the younger."""
        for pair in clashing(mine, theirs):
            older = min(pair, key=lambda row: (row.level, row.created_at))
            await self._store.end(connection, older, "renewed")

    async def _move_out(
        self, connection: BaseDBAsyncClient, row: Document, old: UUID, new: UUID
    ) -> None:
        rows = await self._store.of(connection, old)
        if not any(one.id == row.id for one in rows):
            raise DocumentMissing()
        if not any(one.id != row.id and one.level >= PROVEN for one in rows):
            raise LastDocument()
        now = datetime.now(UTC)
        await Resident.create(
            using_db=connection, id=new, proofed=LAPSED, proofed_at=now, proofed_until=now
        )
        row.resident_id = new
        await row.save(using_db=connection, update_fields=["resident_id"])


def _judge_other(caller: Caller, other: Caller) -> None:
    """The other token must be as good as the caller's own, and of the same device key."""
    if other.client != OWN_APP or other.key != caller.key:
        raise OtherProofNeeded("another client or key")
    if other.actor != str(other.resident) or caller.actor != str(caller.resident):
        raise OtherProofNeeded("an agent")
    try:
        release.permit(other, scope="", level=SENSITIVE, max_age=FRESH)
    except StepUpNeeded:
        raise OtherProofNeeded("weak or old") from None


async def _residents(connection: BaseDBAsyncClient, *residents: UUID) -> dict[UUID, Resident]:
    """The rows, locked in one order for everybody. Raises ResidentClosed or IdentityFrozen."""
    rows = Resident.filter(id__in=residents, closed_at__isnull=True).order_by("id")
    found = {row.id: row for row in await rows.using_db(connection).select_for_update()}
    if len(found) != len(residents):
        raise ResidentClosed()
    if any(row.frozen_at for row in found.values()):
        raise IdentityFrozen()
    return found


async def _move(connection: BaseDBAsyncClient, other: UUID, into: UUID) -> None:
    """Everything held of the one is held of the other now; between the two nothing is owed."""
    for table in _THEIRS:
        await table.filter(resident_id=other).using_db(connection).update(resident_id=into)
    both, now = [other, into], datetime.now(UTC)
    owed = Mandate.filter(principal_id__in=both, agent_id__in=both, ended_at__isnull=True)
    await owed.using_db(connection).update(state="ended", ended_at=now)
    wards = Guardianship.filter(guardian_id__in=both, ward_id__in=both, ended_at__isnull=True)
    await wards.using_db(connection).update(ended_at=now, ended_why="merged")
    for column in ("principal_id", "agent_id"):
        rows = Mandate.filter(**{column: other}).using_db(connection)
        await rows.update(**{column: into})
    for column in ("guardian_id", "ward_id"):
        kin = Guardianship.filter(**{column: other}).using_db(connection)
        await kin.update(**{column: into})


async def _bequeath(connection: BaseDBAsyncClient, other: UUID, into: UUID) -> None:
    """What has just ended goes along too: a copy shows it, and an erasure reaches it."""
    for table in (Session, BoundDevice, Passkey):
        await table.filter(resident_id=other).using_db(connection).update(resident_id=into)
    await Session.filter(actor_id=other).using_db(connection).update(actor_id=into)


async def _proof(connection: BaseDBAsyncClient, kept: Resident, gone: Resident) -> None:
    """The better proofing holds, for as long as it would have."""
    levels = [
        (effective(row.proofed, row.proofed_until), row.proofed_until) for row in (kept, gone)
    ]
    if levels[1] > levels[0]:
        kept.proofed, kept.proofed_at = gone.proofed, gone.proofed_at
        kept.proofed_until = gone.proofed_until
        await kept.save(using_db=connection)


async def _lead_on(connection: BaseDBAsyncClient, gone: Resident, into: UUID) -> None:
    gone.closed_at, gone.closed_why, gone.merged_into = datetime.now(UTC), "merged", into
    await gone.save(using_db=connection)
    before = Resident.filter(merged_into=gone.id).using_db(connection)
    await before.update(merged_into=into)


async def _disconnect(connection: BaseDBAsyncClient, resident: UUID) -> None:
    await closing.end_returns(connection, resident)
    for table in (Contact, OutsideIdentity):
        await table.filter(resident_id=resident).using_db(connection).delete()
    await closing.end_acting(connection, resident, "split")
    await grant_moves.part(connection, resident)
