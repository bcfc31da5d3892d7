"""What residents let partners see, and until when: asked, given, narrowed, withdrawn, expired.

One grant lives for a resident and a client. Given again it is replaced: what was shown this time
counts as it was answered this time, what was not shown stays as it was, and what was agreed to
before stays readable. A session whose scope goes beyond the grant ends with what it goes beyond.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.queryset import QuerySet
from tortoise.transactions import in_transaction

from config.database import reaching_database
from identity import agreed, pairwise
from identity.audit import record
from identity.caller import NOBODY, Caller
from identity.errors import ConsentUnknown
from identity.models import AuthorizationCode, Grant, Resident, Session
from identity.notices import tell
from identity.partners.client import Client
from identity.scopes import OPENID, Scopes
from identity.sessions import Sessions

NOTICE = "grant-given"
REPLACED, WITHDRAWN, EXPIRED = "replaced", "withdrawn", "expired"
_NOTED = timedelta(minutes=1)  # how exactly the last use is kept
_AT_ONCE = 500


@dataclass(frozen=True)
class Given:
    """The grant, and the sessions that went beyond it: ``Grants.announce`` after the commit."""

    grant: Grant
    ended: Sequence[UUID] = field(default=())


class Grants:
    def __init__(self, scopes: Scopes, sessions: Sessions):
        self._scopes = scopes
        self._sessions = sessions

    async def covering(self, resident: UUID, client: Client, wanted: Iterable[str]) -> Grant | None:
        """The living grant, if all of ``wanted`` was asked before for the purpose of today: then
        there is nothing new to show. It may cover what was refused.
        """
        with reaching_database():
            row = await _living(resident).filter(client=client.id).first()
        if row is None or row.purpose != agreed.purpose(client):
            return None
        return row if set(wanted) - {OPENID} <= set(row.asked.split()) else None

    async def give(
        self,
        connection: BaseDBAsyncClient,
        *,
        resident: UUID,
        client: Client,
        asked: Iterable[str],
        given: Iterable[str],
        locale: str,
        channel: str,
        caller: Caller,
    ) -> Given:
        """Keep what was shown and what was given of it, in the story's transaction.

        ``openid`` is always given; what was given but not asked is not. Then ``announce``.
        """
        await Resident.select_for_update().using_db(connection).get(id=resident)
        shown, purpose = set(asked) | {OPENID}, agreed.purpose(client)
        before = await _living(resident).filter(client=client.id).using_db(connection).first()
        same = before if before and before.purpose == purpose else None
        answers = _answers(same, shown, set(given), client)
        grant = await Grant.create(
            using_db=connection,
            id=uuid4(),
            resident_id=resident,
            client=client.id,
            subject=await pairwise.subject(connection, client.sector, resident),
            purpose=purpose,
            locale=locale,
            channel=channel,
            text_hash=await agreed.keep(connection, self._scopes, client, shown, locale),
            **answers,
        )
        ended: Sequence[UUID] = []
        if same:
            ended = await self._replace(connection, same, grant)
        elif before:  # for another purpose, or under another name: nothing goes along
            ended = await end(connection, self._sessions, [before], REPLACED)
        await _record(connection, "grant:given", grant, caller)
        name = client.metadata.name.said(locale)
        await tell(connection, resident, NOTICE, {"partner": name}, caller.session)
        return Given(grant, ended)

    async def announce(self, given: Given) -> None:
        """Tell every worker of the sessions whose end is committed."""
        await self._sessions.announce(given.ended)

    async def living(self, resident: UUID) -> list[Grant]:
        """What this resident lets clients see today, the last given first."""
        with reaching_database():
            return await _living(resident).order_by("-given_at")

    async def ended(self, resident: UUID) -> list[Grant]:
        """What is over and was not replaced, the last ended first."""
        rows = Grant.filter(resident_id=resident, ended_at__isnull=False)
        with reaching_database():
            return await rows.exclude(ended_why=REPLACED).order_by("-ended_at")

    async def holds(self, grant: UUID) -> Grant | None:
        """The grant of that id while it lives. Raises DatabaseUnavailable."""
        with reaching_database():
            return await _all_living().get_or_none(id=grant)

    async def of_session(self, session: UUID | None) -> Grant | None:
        """The living grant that a client's session stands under. Raises DatabaseUnavailable."""
        with reaching_database():
            row = await Session.get_or_none(id=session, ended_at__isnull=True) if session else None
            return await self.holds(row.grant_id) if row and row.grant_id else None

    async def used(self, grant: Grant) -> None:
        """Remember that it was used, to the minute."""
        now = datetime.now(UTC)
        if grant.last_used_at is None or now - grant.last_used_at > _NOTED:
            with reaching_database():
                await Grant.filter(id=grant.id).update(last_used_at=now)

    async def withdraw(self, resident: UUID, grant: UUID, caller: Caller) -> None:
        """End it, its sessions and its codes, on every worker. Raises ConsentUnknown."""
        async with in_transaction() as connection:
            await Resident.select_for_update().using_db(connection).get_or_none(id=resident)
            rows = _living(resident).filter(id=grant).using_db(connection)
            row = await rows.select_for_update().first()
            if row is None:
                raise ConsentUnknown()
            ended = await end(connection, self._sessions, [row], WITHDRAWN)
            await _record(connection, "grant:withdrawn", row, caller)
        await self._sessions.announce(ended)

    async def end_expired(self) -> int:
        """The worker's job: end what is past its time, with its sessions. Safe to repeat.

        Returns how many ended.
        """
        now = datetime.now(UTC)
        async with in_transaction() as connection:
            late = Grant.filter(ended_at__isnull=True, expires_at__lte=now).order_by("id")
            rows = late.limit(_AT_ONCE).using_db(connection).select_for_update(skip_locked=True)
            found = await rows
            ended = await end(connection, self._sessions, found, EXPIRED)
            for row in found:
                await _record(connection, "grant:expired", row, NOBODY)
        await self._sessions.announce(ended)
        return len(found)

    async def _replace(
        self, connection: BaseDBAsyncClient, old: Grant, new: Grant
    ) -> Sequence[UUID]:
        """What is within the new grant goes on under it; returns the sessions that ended."""
        await _close(connection, [old], REPLACED)
        sessions = await Session.filter(grant_id=old.id, ended_at__isnull=True).using_db(connection)
        within = [row.id for row in sessions if _within(row.scope, new)]
        beyond = [UUID(str(row.id)) for row in sessions if row.id not in within]
        moved = Session.filter(id__in=within).using_db(connection)
        await moved.update(grant_id=new.id)
        await moved.filter(expires_at__gt=new.expires_at).update(expires_at=new.expires_at)
        codes = await AuthorizationCode.filter(grant_id=old.id).using_db(connection)
        kept = [code.digest for code in codes if _within(code.scope, new)]
        mine = AuthorizationCode.filter(grant_id=old.id)
        await mine.filter(digest__in=kept).using_db(connection).update(grant_id=new.id)
        await mine.filter(used_at__isnull=True).using_db(connection).delete()
        return await self._sessions.end_these(connection, beyond, "grant-narrowed")


def _answers(
    before: Grant | None, shown: set[str], given: set[str], client: Client
) -> dict[str, Any]:
    """What was asked and given by now, and until when; what was not shown this time stays as it
    was, and is not prolonged.
    """
    now = datetime.now(UTC)
    until = now + timedelta(days=client.metadata.grant_days)
    asked = set(before.asked.split()) if before else set[str]()
    stays = set(before.scopes.split()) - shown if before else set[str]()
    return {
        "asked": " ".join(sorted(asked | shown)),
        "scopes": " ".join(sorted(stays | (shown & given) | {OPENID})),
        "given_at": now,
        "expires_at": min(until, before.expires_at) if before and stays else until,
    }


async def end(
    connection: BaseDBAsyncClient, sessions: Sessions, grants: Sequence[Grant], why: str
) -> Sequence[UUID]:
    """End these grants with all that hangs on them, in the story's transaction.

    Returns the sessions that ended: ``sessions.announce`` them after the commit.
    """
    if not grants:
        return []
    ids = [row.id for row in grants]
    await _close(connection, grants, why)
    unused = AuthorizationCode.filter(grant_id__in=ids, used_at__isnull=True)
    await unused.using_db(connection).delete()
    rows = Session.filter(grant_id__in=ids, ended_at__isnull=True).using_db(connection)
    opened = [UUID(str(sid)) for sid in await rows.values_list("id", flat=True)]
    return await sessions.end_these(connection, opened, f"grant-{why}")


async def end_all(connection: BaseDBAsyncClient, resident: UUID, why: str) -> None:
    """End every grant of a resident whose sessions the story ends itself."""
    rows = await Grant.filter(resident_id=resident, ended_at__isnull=True).using_db(connection)
    await _close(connection, rows, why)
    codes = AuthorizationCode.filter(resident_id=resident, used_at__isnull=True)
    await codes.using_db(connection).delete()


async def _close(connection: BaseDBAsyncClient, grants: Sequence[Grant], why: str) -> None:
    rows = Grant.filter(id__in=[row.id for row in grants]).using_db(connection)
    await rows.update(ended_at=datetime.now(UTC), ended_why=why)


def _within(scope: str, grant: Grant) -> bool:
    return set(scope.split()) <= set(grant.scopes.split())


def _living(resident: UUID) -> QuerySet[Grant]:
    return _all_living().filter(resident_id=resident)


def _all_living() -> QuerySet[Grant]:
    return Grant.filter(ended_at__isnull=True, expires_at__gt=datetime.now(UTC))


async def _record(connection: BaseDBAsyncClient, event: str, grant: Grant, caller: Caller) -> None:
    """Beside what was done, to which client."""
    await record(
        connection,
        event=event,
        resident=UUID(str(grant.resident_id)),
        caller=replace(caller, client=grant.client),
        purpose=grant.purpose,
    )
