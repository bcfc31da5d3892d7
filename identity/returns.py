"""Coming back without a new proof: by a device key or a WeChat account that was bound before.

    key or openid → binding → resident, neither frozen nor closed → session at level 3 at most

Whoever cannot come back hears one answer, whatever the reason, and is led to verifying again.
An address is slowed by its refused returns only: thousands of residents share one with their
telephone company, and all come back in the morning.
"""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from redis.asyncio import Redis
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from config.cache import reaching_cache
from config.database import reaching_database
from config.errors import Unauthenticated
from config.settings import Settings
from identity import assurance, known_devices
from identity.admission import Arrival, Verified
from identity.attempts import network_of
from identity.audit import record
from identity.bindings import KEY, WECHAT, Bindings, Mark
from identity.caller import OWN_APP, Caller, CallerKind
from identity.dpop import DpopProofInvalid
from identity.errors import TooManyFromAddress
from identity.models import BoundDevice, Resident
from identity.residents import Residents
from identity.sessions import Opened, Sessions
from identity.tokens import Tokens
from identity.vault import Vault
from identity.wechat import WeChat, WechatCodeInvalid

PURPOSE = "return-visit"
_MINUTE = 60
_AMR = {KEY: ("pop",), WECHAT: ("wechat",)}  # "pop": RFC 8176 §2


class ReturnUnknown(Unauthenticated):
    """Nothing is bound, or whose it is may not come back so: one answer for all."""

    code = "return-unknown"


class Refusals:
    """Counts refused returns of a network, a minute at a time."""

    def __init__(self, cache: Redis, vault: Vault, settings: Settings):
        self._cache = cache
        self._vault = vault
        self._most = settings.requests_per_address

    @asynccontextmanager
    async def counted(self, address: str) -> AsyncIterator[None]:
        """Raises TooManyFromAddress or CacheUnavailable before anything is asked."""
        minute, second = divmod(int(time.time()), _MINUTE)
        network = self._vault.anchor("address", network_of(address))
        key = f"returns-refused:{network}:{minute}"
        with reaching_cache():
            if int(await self._cache.get(key) or 0) >= self._most:
                raise TooManyFromAddress(retry_after=_MINUTE - second)
        try:
            yield
        except (ReturnUnknown, WechatCodeInvalid):
            with reaching_cache():
                async with self._cache.pipeline(transaction=True) as pipe:
                    pipe.incr(key)
                    pipe.expire(key, 2 * _MINUTE)
                    await pipe.execute()
            raise


@dataclass(frozen=True)
class Returns:
    """The parts the story needs, put together in ``api/wiring``."""

    refusals: Refusals
    bindings: Bindings
    residents: Residents
    sessions: Sessions
    tokens: Tokens
    vault: Vault
    wechat: WeChat

    async def by_key(self, arrival: Arrival) -> Verified:
        """A session for who proved to hold a bound key (``arrival.key``).

        Raises DpopProofInvalid without a proof, ReturnUnknown, TooManyFromAddress.
        """
        if not arrival.key:
            raise DpopProofInvalid("no proof")
        async with self.refusals.counted(arrival.address):
            return await self._return(Mark(KEY, arrival.key), arrival)

    async def by_wechat(self, arrival: Arrival, code: str) -> Verified:
        """A session for the bound WeChat account behind a login code.

        Raises ReturnUnknown, TooManyFromAddress and what ``WeChat.openid`` raises.
        """
        async with self.refusals.counted(arrival.address):
            openid = await self.wechat.openid(code)
            return await self._return(Mark(WECHAT, openid), arrival)

    async def _return(self, mark: Mark, arrival: Arrival) -> Verified:
        with reaching_database():
            async with in_transaction() as connection:
                opened = await self._open(connection, mark, arrival)
            access = await self.tokens.issue(opened.session)
            view = await self.residents.view(UUID(str(opened.session.resident_id)))
        return Verified(view, access, opened.refresh_token, opened.session.acr)

    async def _open(self, connection: BaseDBAsyncClient, mark: Mark, arrival: Arrival) -> Opened:
        resident, bound = await self._whose(connection, mark)
        devices = self.vault.digests("device", arrival.device)
        whose = UUID(str(resident.id))
        new = mark.kind == WECHAT and await known_devices.is_new(
            connection, whose, devices.values()
        )
        level = assurance.returning(assurance.effective(resident.proofed, resident.proofed_until))
        opened = await self.sessions.open(
            connection,
            whose,
            device=self.vault.digest("device", arrival.device),
            device_name=arrival.device_name,
            acr=str(level),
            amr=_AMR[mark.kind],
            key=arrival.key,
            channel=arrival.channel,
            place=arrival.place,
            auth_time=resident.proofed_at,
        )
        await self._note(connection, opened, bound)
        if new:
            await known_devices.tell_of(connection, opened.session)
        return opened

    async def _whose(
        self, connection: BaseDBAsyncClient, mark: Mark
    ) -> tuple[Resident, BoundDevice]:
        """The resident is locked first, here and where they are frozen, closed or unbound."""
        seen = await self.bindings.find(connection, mark)
        if seen is None:
            raise ReturnUnknown("nothing bound")
        rows = Resident.select_for_update().using_db(connection)
        resident = await rows.get_or_none(id=seen.resident_id)
        bound = await self.bindings.find(connection, mark)
        if resident is None or bound is None or bound.resident_id != seen.resident_id:
            raise ReturnUnknown("unbound meanwhile")
        if resident.frozen_at or resident.closed_at:
            raise ReturnUnknown("frozen or closed")
        return resident, bound

    async def _note(
        self, connection: BaseDBAsyncClient, opened: Opened, bound: BoundDevice
    ) -> None:
        """That it was used, by the device's id of today: a browser may have lost its old one."""
        used = {"last_used_at": datetime.now(UTC), "device": opened.session.device}
        rows = BoundDevice.filter(id=bound.id, ended_at__isnull=True).using_db(connection)
        if not await rows.update(**used):
            raise ReturnUnknown("unbound meanwhile")
        session, resident = UUID(str(opened.session.id)), UUID(str(bound.resident_id))
        caller = Caller(CallerKind.RESIDENT, resident, str(resident), OWN_APP, session)
        await record(
            connection, event="session:returned", resident=resident, caller=caller, purpose=PURPOSE
        )
