"""Sessions: opened by a proof, kept by rotating refresh tokens, ended by anyone entitled to.

Rotation follows CONTRACTS: however many present one refresh token at once, there is one
successor; for ten seconds the same proof key is given that same successor again (a lost
answer must not sign anybody out); later, or with another key, the session is over.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.expressions import Q
from tortoise.transactions import in_transaction

from config.settings import Settings
from identity import assurance
from identity.audit import record
from identity.caller import NOBODY, OWN_APP, Caller
from identity.errors import (
    RefreshTokenInvalid,
    RefreshTokenReused,
    SessionEnded,
    SessionMissing,
)
from identity.models import BoundDevice, RefreshToken, Session
from identity.oauth import logout_tokens
from identity.revocations import Revocations
from identity.vault import Vault
from identity.ways import ORDINARY

GRACE = timedelta(seconds=10)
_PREFIX = "zr_"  # lets a scanner or a log filter recognise one
_KEEP_ENDED = timedelta(days=180)


@dataclass(frozen=True, repr=False)
class Opened:
    """A living session and the refresh token that keeps it."""

    session: Session
    refresh_token: str

    def __repr__(self) -> str:
        return f"Opened({self.session.id})"


class Sessions:
    def __init__(self, vault: Vault, revocations: Revocations, settings: Settings):
        self._vault = vault
        self._revocations = revocations
        self._life = timedelta(days=settings.session_days)

    async def open(
        self,
        connection: BaseDBAsyncClient,
        resident: UUID,
        *,
        device: str,
        device_name: str,
        acr: str,
        amr: Sequence[str],
        key: str = "",
        channel: str = "web",
        place: str = "",
        sensitive_from: datetime | None = None,
        auth_time: datetime | None = None,
    ) -> Opened:
        """Begin a session inside the story's transaction. ``device`` is a digest (64 hex).

        ``key``: thumbprint of the device key that its tokens are bound to (RFC 9449).
        ``sensitive_from``: until then its tokens name an ordinary level. ``auth_time``: of the
        proof it goes back to, where it is opened without one; a return makes nothing fresh.
        """
        now = datetime.now(UTC)
        session = await Session.create(
            using_db=connection,
            id=uuid4(),
            resident_id=resident,
            client=OWN_APP,
            device=device,
            device_name=device_name[:80],
            key=key,
            channel=channel,
            place=place[:80],
            acr=acr,
            amr=" ".join(amr),
            auth_time=auth_time or now,
            sensitive_from=sensitive_from,
            last_used_at=now,
            expires_at=now + self._life,
        )
        session.acr = str(assurance.session_level(session, int(acr)))  # for tokens, not kept
        return Opened(session, await new_refresh_token(connection, session.id, key))

    async def raise_level(
        self,
        connection: BaseDBAsyncClient,
        session: UUID,
        *,
        acr: str,
        amr: Sequence[str],
        key: str = "",
        sensitive_from: datetime | None = None,
    ) -> Opened:
        """A proof given within a session raises it (step-up); older refresh tokens stay valid.

        A ``key`` shown with it binds a session that had none: then the older ones are void.
        A weak proof takes nothing from a session that holds more, and renews nothing in it.
        Raises SessionEnded for one that was ended while the proof was judged.
        """
        rows = Session.select_for_update().using_db(connection)
        row = await rows.get_or_none(id=session, ended_at__isnull=True)
        if row is None:
            raise SessionEnded()
        if key and not row.key:
            row.key = key
            await RefreshToken.filter(session_id=session).using_db(connection).delete()
        held = await _level(connection, row)
        if assurance.renews(ORDINARY if sensitive_from else int(acr), held):
            row.acr, row.amr, row.auth_time = acr, " ".join(amr), datetime.now(UTC)
            row.sensitive_from = sensitive_from
        await row.save(using_db=connection)
        refresh_token = await new_refresh_token(connection, session, row.key)
        return Opened(await _as_it_holds(connection, row), refresh_token)

    async def rotate(self, refresh_token: str, proof: str = "", *, client: str = OWN_APP) -> Opened:
        """Exchange a refresh token of this client, and of no other.

        Raises RefreshTokenInvalid or RefreshTokenReused.
        """
        async with in_transaction() as connection:
            opened, reused = await self._rotate(connection, refresh_token, proof, client)
        if reused:  # ended in the transaction above: raising inside would undo it
            await self._revocations.announce(*reused)
            raise RefreshTokenReused()
        if opened is None:
            raise RefreshTokenInvalid()
        return opened

    async def _rotate(
        self, connection: BaseDBAsyncClient, token: str, proof: str, client: str
    ) -> tuple[Opened | None, Sequence[UUID]]:
        found = await RefreshToken.filter(digest=_digest(token)).using_db(connection).first()
        if found is None:
            return None, ()
        # The session is locked before its tokens, here and where sessions end: no deadlock.
        sessions = Session.select_for_update().using_db(connection)
        session = await sessions.get_or_none(id=found.session_id)
        row = await RefreshToken.get_or_none(digest=found.digest, using_db=connection)
        if session is None or row is None or session.client != client:
            return None, ()
        now = datetime.now(UTC)
        if session.ended_at or session.expires_at <= now:
            return None, ()
        if row.used_at is None and row.proof == proof:
            return await self._succeed(connection, row, session, now), ()
        if row.used_at and now - row.used_at <= GRACE and row.proof == proof:
            same = self._same_successor(row)
            return Opened(await _as_it_holds(connection, session), same), ()
        ended = await _end(connection, [session.id], "reuse")
        await record(connection, event="session:reused", resident=session.resident_id)
        return None, ended

    async def _succeed(
        self, connection: BaseDBAsyncClient, row: RefreshToken, session: Session, now: datetime
    ) -> Opened:
        successor = await new_refresh_token(connection, session.id, row.proof)
        row.used_at = session.last_used_at = now
        row.successor_sealed = self._vault.seal(successor.encode(), _context(row))
        await row.save(using_db=connection)
        await session.save(using_db=connection, update_fields=["last_used_at"])
        return Opened(await _as_it_holds(connection, session), successor)

    def _same_successor(self, row: RefreshToken) -> str:
        if row.successor_sealed is None:
            raise RefreshTokenInvalid(cause="successor already forgotten")
        return self._vault.open(row.successor_sealed, _context(row)).decode()

    async def living(self, resident: UUID) -> list[Session]:
        """The resident's sessions that are not over, last used first."""
        now = datetime.now(UTC)
        rows = Session.filter(resident_id=resident, ended_at__isnull=True, expires_at__gt=now)
        return await rows.order_by("-last_used_at")

    async def end(
        self, session: UUID, resident: UUID, why: str = "sign-out", caller: Caller = NOBODY
    ) -> None:
        """End one session of this resident on every worker; SessionMissing if it is not theirs."""
        async with in_transaction() as connection:
            mine = Session.filter(id=session, resident_id=resident, ended_at__isnull=True)
            if not await mine.using_db(connection).exists():
                raise SessionMissing()
            ended = await _end(connection, [session], why)
            await record(connection, event="session:ended", resident=resident, caller=caller)
        await self._revocations.announce(*ended)

    async def end_all(
        self, connection: BaseDBAsyncClient, resident: UUID, why: str
    ) -> Sequence[UUID]:
        """End every session in the story's transaction; ``announce`` them after its commit."""
        rows = Session.filter(resident_id=resident, ended_at__isnull=True).using_db(connection)
        mine = [UUID(str(sid)) for sid in await rows.values_list("id", flat=True)]
        return await _end(connection, mine, why)

    async def end_for_good(
        self, connection: BaseDBAsyncClient, resident: UUID, why: str
    ) -> Sequence[UUID]:
        """``end_all``, and no remembered device or account brings the resident back without a new
        proof. Those first: whoever comes back at this moment is refused, or ended with the others.
        """
        bound = BoundDevice.filter(resident_id=resident, ended_at__isnull=True)
        await bound.using_db(connection).update(ended_at=datetime.now(UTC))
        return await self.end_all(connection, resident, why)

    async def end_these(
        self, connection: BaseDBAsyncClient, sessions: Sequence[UUID], why: str
    ) -> Sequence[UUID]:
        """End these in the story's transaction; ``announce`` what it returns after the commit."""
        return await _end(connection, sessions, why)

    async def announce(self, ended: Sequence[UUID]) -> None:
        """Tell every worker of sessions whose end is committed."""
        await self._revocations.announce(*ended)


async def end_expired() -> int:
    """The worker's job: close sessions past their time and forget what only the living need.

    Returns how many sessions it ended. Idempotent; several workers may run it at once.
    """
    now = datetime.now(UTC)
    async with in_transaction() as connection:
        late = Session.filter(ended_at__isnull=True, expires_at__lte=now).using_db(connection)
        sessions = [UUID(str(sid)) for sid in await late.values_list("id", flat=True)]
        await _end(connection, sessions, "expired")
        grace = RefreshToken.filter(used_at__lt=now - GRACE, successor_sealed__isnull=False)
        await grace.using_db(connection).update(successor_sealed=None)
        old = Session.filter(ended_at__lt=now - _KEEP_ENDED)
        await old.using_db(connection).delete()
    return len(sessions)


async def _end(connection: BaseDBAsyncClient, sessions: Sequence[UUID], why: str) -> list[UUID]:
    """End these, and whatever a family agent or a client does from them; returns what is to be
    announced to workers. Clients that asked for it are told by a job.
    """
    if not sessions:
        return []
    # Locked before what hangs on them is looked for: an agent who just began is not missed.
    mine = Session.filter(id__in=list(sessions)).order_by("id").using_db(connection)
    await mine.select_for_update()
    named = Q(id__in=list(sessions)) | Q(parent_id__in=list(sessions))
    living = Session.filter(named, ended_at__isnull=True).using_db(connection)
    found = [(UUID(str(sid)), client) for sid, client in await living.values_list("id", "client")]
    ended = [sid for sid, _ in found]
    await (
        Session.filter(id__in=ended)
        .using_db(connection)
        .update(ended_at=datetime.now(UTC), ended_why=why)
    )
    await RefreshToken.filter(session_id__in=ended).using_db(connection).delete()
    if of_clients := [(sid, client) for sid, client in found if client != OWN_APP]:
        await logout_tokens.owe(connection, of_clients)
    return ended


async def new_refresh_token(connection: BaseDBAsyncClient, session: UUID, proof: str) -> str:
    """In the story's transaction; ``proof``: thumbprint of the key that has to be shown with it."""
    token = _PREFIX + secrets.token_urlsafe(32)
    await RefreshToken.create(
        using_db=connection, digest=_digest(token), session_id=session, proof=proof
    )
    return token


async def _level(connection: BaseDBAsyncClient, session: Session) -> int:
    proofed = await assurance.standing(connection, session.resident_id)
    return assurance.session_level(session, proofed)


async def _as_it_holds(connection: BaseDBAsyncClient, session: Session) -> Session:
    """The session with the level its tokens may name now. For tokens: not to be saved again."""
    session.acr = str(await _level(connection, session))
    return session


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _context(row: RefreshToken) -> str:
    return f"refresh_token.successor:{row.digest}"
