"""A partner's life, as members of staff decide it. Each step is audited with who took it.

A suspension holds on every worker at once: the state, the moment before which every token is
dead, and the end of its sessions are one transaction, and then all workers hear of it.
"""

import hashlib
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from config.database import reaching_database
from config.settings import Settings
from identity.audit import record
from identity.caller import Caller
from identity.models import Invitation, Partner
from identity.oauth.refusals import InvalidClientMetadata, InvalidRedirectUri
from identity.partners.client import ClientKind, State
from identity.partners.closing import CHANGED, SUSPENDED, close, end_tokens
from identity.partners.errors import (
    PartnerChanged,
    PartnerEnvironmentOther,
    PartnerMissing,
    PartnerStateOther,
    PartnerUnfit,
)
from identity.partners.judging import Judged, Judging
from identity.partners.metadata import Metadata
from identity.partners.registration import INVITED, digest_of, written
from identity.partners.registry import Registry, could_be
from identity.staff.errors import StaffRegionBeyond

INVITATION_LASTS = timedelta(days=7)
SUSPENSIONS = ("misuse", "complaints", "breach", "keys-lost", "own-wish", "other")
REFUSALS = ("purpose", "fields", "organisation", "addresses", "keys", "other")


@dataclass(frozen=True)
class Invited:
    """``token`` is told once, and is good for one client until ``until`` (UTC)."""

    token: str = field(repr=False)
    until: datetime


@dataclass(frozen=True)
class By:
    """Who decides: as audit records name them, and the region (GB/T 2260 prefix) they cover."""

    caller: Caller
    region: str = ""

    @property
    def id(self) -> UUID | None:
        """None for a command."""
        try:
            return UUID(self.caller.actor)
        except ValueError:
            return None


class Life:
    def __init__(self, registry: Registry, judging: Judging, settings: Settings):
        self._registry = registry
        self._judging = judging
        self._production = settings.environment == "production"

    async def invite(self, by: By, kind: ClientKind, environment: str) -> Invited:
        """An initial access token (RFC 7591 §3) for a partner or a department; a kiosk is never
        registered so. Raises PartnerEnvironmentOther.
        """
        if kind is ClientKind.KIOSK or (self._production and environment != "production"):
            raise PartnerEnvironmentOther()
        token, until = INVITED + secrets.token_urlsafe(32), datetime.now(UTC) + INVITATION_LASTS
        with reaching_database():
            async with in_transaction() as connection:
                await Invitation.create(
                    using_db=connection,
                    digest=digest_of(token),
                    kind=kind.value,
                    environment=environment,
                    created_by=by.id,
                    expires_at=until,
                )
                event = "partner:invited"
                await record(connection, event=event, resident=None, caller=by.caller)
        return Invited(token, until)

    async def approve(
        self, by: By, id: str, *, rate: int | None = None, quota: int | None = None, seen: str = ""
    ) -> None:
        """Let it work, let what it proposed into force, or only give it another rate or quota.

        What waits is judged again: the world may have moved. ``seen``: the ``revision`` that was
        looked at. Raises PartnerMissing, PartnerStateOther, PartnerChanged, PartnerUnfit or
        PartnerEnvironmentOther; StaffRegionBeyond where it would move out of the region.
        """
        before = await self.row(by, id)
        judged = await self._judged_again(before) if _undecided(before) else None
        if judged and not judged.metadata.region.startswith(by.region):
            raise StaffRegionBeyond()  # it would be taken out of the member's own hands
        async with self._changing(by, id, "partner:approved") as (row, connection):
            if revision(row) != revision(before) or (seen and seen != revision(row)):
                raise PartnerChanged()
            if row.state == State.CLOSED or not (_undecided(row) or rate or quota):
                raise PartnerStateOther(state=row.state)
            if self._production and row.environment != "production":
                raise PartnerEnvironmentOther()
            if judged and _undecided(row):
                await _check_resources_free(connection, row, judged)
                if row.state != State.PENDING and _takes_away(row, judged):
                    await end_tokens(connection, row, CHANGED)
                _into_force(row, judged, by)
            row.rate, row.quota = rate or row.rate, quota or row.quota

    async def refuse(self, by: By, id: str, why: str) -> None:
        """``why``: one of REFUSALS. It is told the partner, who may say it better; what is in
        force stays. Raises PartnerMissing or PartnerStateOther.
        """
        async with self._changing(by, id, "partner:refused") as (row, _connection):
            if row.state == State.CLOSED or not waits(row):
                raise PartnerStateOther(state=row.state)
            row.proposed = None
            if row.state != State.SUSPENDED:
                row.suspended_why = why
            if row.state == State.PENDING:
                row.decided_at, row.decided_by = datetime.now(UTC), by.id

    async def suspend(self, by: By, id: str, why: str) -> None:
        """``why``: one of SUSPENSIONS. Raises PartnerMissing or PartnerStateOther."""
        async with self._changing(by, id, "partner:suspended") as (row, connection):
            _need(row, State.APPROVED)
            row.state, row.suspended_why = State.SUSPENDED.value, why
            row.suspended_at = datetime.now(UTC)
            await end_tokens(connection, row, SUSPENDED)

    async def reinstate(self, by: By, id: str) -> None:
        """What slipped out while it was being suspended dies too. Raises as ``suspend``."""
        async with self._changing(by, id, "partner:reinstated") as (row, connection):
            _need(row, State.SUSPENDED)
            row.state, row.suspended_why, row.suspended_at = State.APPROVED.value, "", None
            await end_tokens(connection, row, SUSPENDED)

    async def close(self, by: By, id: str) -> None:
        """For ever. Raises PartnerMissing or PartnerStateOther."""
        async with self._changing(by, id, "partner:closed") as (row, connection):
            if row.state == State.CLOSED:
                raise PartnerStateOther(state=row.state)
            await close(connection, row)

    async def row(self, by: By, id: str) -> Partner:
        """A partner or department within the region. Raises PartnerMissing."""
        with reaching_database():
            row = await Partner.get_or_none(id=id) if could_be(id) else None
        return _theirs(by, row)

    async def has_proposed(self, id: str) -> bool:
        """Whether a change of this client waits. Raises DatabaseUnavailable."""
        with reaching_database():
            return await Partner.filter(id=id, proposed__isnull=False).exists()

    async def _judged_again(self, row: Partner) -> Judged:
        metadata = Metadata.model_validate_json(row.proposed or row.metadata)
        try:
            return await self._judging.judged(row.id, ClientKind(row.kind), metadata)
        except (InvalidClientMetadata, InvalidRedirectUri) as fault:
            raise PartnerUnfit(member=fault.cause) from fault

    @asynccontextmanager
    async def _changing(
        self, by: By, id: str, event: str
    ) -> AsyncIterator[tuple[Partner, BaseDBAsyncClient]]:
        """The row, locked; saved, audited and told to every worker when the step is done."""
        with reaching_database():
            async with in_transaction() as connection:
                locked = Partner.select_for_update().using_db(connection)
                row = _theirs(by, await locked.get_or_none(id=id) if could_be(id) else None)
                yield row, connection
                await row.save(using_db=connection)
                caller = by.caller
                await record(connection, event=event, resident=None, caller=caller, service=id)
        await self._registry.changed(id)


def revision(row: Partner) -> str:
    """What somebody looked at: it changes with whatever the client says of itself."""
    said = "\0".join((row.metadata, row.proposed or "", row.sector))
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def waits(row: Partner) -> bool:
    """Whether an operator has to decide something."""
    return bool(row.proposed) or (row.state == State.PENDING and row.decided_at is None)


def _undecided(row: Partner) -> bool:
    """Whether an approval would let something into force; a refusal can be thought over."""
    return row.state == State.PENDING or bool(row.proposed)


def _takes_away(row: Partner, judged: Judged) -> bool:
    """Whether residents gave what is in force for something else: another purpose, other hands, or
    more than it may ask for from now on. What it was issued ends; at the next sign-in they are
    asked (identity.grants).
    """
    old, new = Metadata.model_validate_json(row.metadata), judged.metadata
    less = set(old.scope.split()) - set(new.scope.split())
    before = old.purpose, old.credit_code, row.sector
    return bool(less) or before != (new.purpose, new.credit_code, judged.sector)


def _into_force(row: Partner, judged: Judged, by: By) -> None:
    row.metadata, row.sector, row.proposed = written(judged.metadata), judged.sector, None
    if row.state == State.PENDING:
        row.state = State.APPROVED.value
        row.decided_at, row.decided_by = datetime.now(UTC), by.id
    if row.state == State.APPROVED:
        row.suspended_why = ""


async def _check_resources_free(
    connection: BaseDBAsyncClient, row: Partner, judged: Judged
) -> None:
    """A token for a resource is shown to one department: two that answer at one address could each
    go on with what was meant for the other. Raises PartnerUnfit.
    """
    wanted = set(judged.metadata.resources)
    if not wanted:
        return
    working = (State.APPROVED.value, State.SUSPENDED.value)
    others = Partner.filter(kind=ClientKind.DEPARTMENT, state__in=working).exclude(id=row.id)
    for said in await others.using_db(connection).values_list("metadata", flat=True):
        if wanted & set(Metadata.model_validate_json(str(said)).resources):
            raise PartnerUnfit(member="resources")


def _need(row: Partner, state: State) -> None:
    if row.state != state:
        raise PartnerStateOther(state=row.state)


def _theirs(by: By, row: Partner | None) -> Partner:
    if row is None or row.kind == ClientKind.KIOSK:
        raise PartnerMissing()
    region = Metadata.model_validate_json(row.metadata).region
    if not region.startswith(by.region):
        raise PartnerMissing()
    return row
