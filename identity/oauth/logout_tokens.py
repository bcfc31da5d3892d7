"""Telling a client that a resident's session with it is over (OpenID Connect Back-Channel Logout).

Whoever ends a session owes its client the news, and writes that debt down in the transaction that
ends it; the worker pays. A client that is away is tried again, one that answers no is not.
"""

import json
import time
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from config import logs
from config.jobs import Payload, enqueue, enqueue_each
from config.outbound import Outbound, OutboundFailed
from config.settings import Settings
from identity.models import Grant, Partner, Session
from identity.partners.registry import Registry
from identity.signer import Signer

JOB, ALL_JOB = "send-logout", "send-logouts"
TYPE = "logout+jwt"  # §2.4; RFC 8725 §3.11
EVENT = "http://schemas.openid.net/event/backchannel-logout"
LIFE = 120  # seconds; §2.4: at most two minutes
BATCH = 1_000
_FIRST = str(UUID(int=0))
SECONDS = 5.0  # for the client's answer
_GOOD = (200, 204)  # §2.8
_FOR_GOOD = {"address-not-allowed", "redirected", "too-large"}
_BUSY = (408, 425, 429)
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_MOST_BYTES = 16 * 1024
log = logs.get("logout")


class LogoutNotHeard(Exception):
    """The client is away or in trouble: the job is tried again. Carries a reason without values."""


async def owe(connection: BaseDBAsyncClient, ended: Iterable[tuple[UUID, str]]) -> None:
    """In the transaction that ends these sessions of clients: (session, client)."""
    pairs = list(ended)
    rows = Partner.filter(id__in={client for _, client in pairs}).using_db(connection)
    hearing = {row.id for row in await rows if listens(row)}
    owed = [_payload(session, client) for session, client in pairs if client in hearing]
    await enqueue_each(connection, JOB, owed)


async def owe_all(connection: BaseDBAsyncClient, row: Partner, ended_at: datetime) -> None:
    """The same for all sessions of a client that ended at once; one job, however many."""
    if listens(row):
        payload = {"client": row.id, "ended_at": ended_at.isoformat()}
        await enqueue(connection, ALL_JOB, payload)


def listens(row: Partner) -> bool:
    """Whether the client registered an address for it."""
    return bool(json.loads(row.metadata).get("backchannel_logout_uri"))


def _payload(session: UUID, client: str) -> Payload:
    return {"session": str(session), "client": client}


async def owe_each(payload: Payload) -> None:
    """The job behind ``owe_all``: a batch, and itself again while there are more. Repeated, it may
    tell a client twice, which does no harm.
    """
    client, ended_at = payload["client"], datetime.fromisoformat(payload["ended_at"])
    after = UUID(payload.get("after", _FIRST))
    async with in_transaction() as connection:
        rows = Session.filter(client=client, ended_at=ended_at, id__gt=after).using_db(connection)
        ids = await rows.order_by("id").limit(BATCH).values_list("id", flat=True)
        owed = [_payload(UUID(str(id)), client) for id in ids]
        await enqueue_each(connection, JOB, owed)
        if len(ids) == BATCH:
            await enqueue(connection, ALL_JOB, {**payload, "after": str(ids[-1])})


class LogoutTokens:
    def __init__(self, signer: Signer, registry: Registry, outbound: Outbound, settings: Settings):
        self._signer = signer
        self._registry = registry
        self._outbound = outbound
        self._issuer = settings.public_url.rstrip("/")

    async def send(self, payload: Payload) -> None:
        """Tell one client of one session. Raises LogoutNotHeard where it is worth another try."""
        client = await self._registry.client(payload["client"])
        address = client.metadata.backchannel_logout_uri if client else ""
        if client is None or not address:
            return
        token = await self._made(client.id, UUID(payload["session"]))
        refused = await self._refusal(address, token)
        log.info("client-told", client=client.id, refused=refused)

    async def _made(self, client: str, session: UUID) -> str:
        """§2.4. Fresh for each try: it is good for two minutes only, and its ``jti`` once."""
        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": self._issuer,
            "aud": client,
            "iat": now,
            "exp": now + LIFE,
            "jti": str(uuid4()),
            "sid": str(session),
            "events": {EVENT: {}},
        }
        if subject := await _subject(session):
            claims["sub"] = subject
        return await self._signer.sign(claims, TYPE)

    async def _refusal(self, address: str, token: str) -> str:
        """Why the client will not hear of it, ever; empty when it did. Raises LogoutNotHeard."""
        body = urlencode({"logout_token": token}).encode()
        try:
            reply = await self._outbound.send(
                "POST",
                address,
                body=body,
                headers=_FORM,
                most_bytes=_MOST_BYTES,
                timeout=SECONDS,
            )
        except OutboundFailed as fault:
            if fault.reason in _FOR_GOOD:
                return fault.reason
            raise LogoutNotHeard(fault.reason) from None
        if reply.status in _BUSY or reply.status >= 500:
            raise LogoutNotHeard(f"status {reply.status}")
        return "" if reply.status in _GOOD else f"status {reply.status}"


async def _subject(session: UUID) -> str:
    """The resident's pairwise name at this client; empty once their records are erased: then
    ``sid`` alone says who it was (§2.4 asks for one of the two).
    """
    row = await Session.get_or_none(id=session)
    grant = await Grant.get_or_none(id=row.grant_id) if row and row.grant_id else None
    return str(grant.subject) if grant else ""
