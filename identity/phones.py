"""The telephone number that notices go to: a resident shows by a code that they hold it.

What is pending lives in Valkey, sealed; lost, it is asked for anew. How often a number and a
resident may be sent a code is counted there too: enough against annoyance, no guard of secrets.
A number in force changes only with a fresh proof, and hears a last time that it did: whoever holds
an unlocked telephone cannot silence its owner's warnings first.
"""

import base64
import hmac
import json
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from redis.asyncio import Redis
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from config.cache import reaching_cache
from config.errors import Invalid, Throttled
from config.texts import text
from identity import notices, release
from identity.audit import record
from identity.brief_codes import BriefCodes
from identity.caller import Caller
from identity.models import Contact, Notice, Resident
from identity.person import mask
from identity.sms import Sms
from identity.vault import Vault
from identity.ways import FRESH, SENSITIVE

LIFE = timedelta(minutes=5)
TRIES = 5
_GAP = 60  # seconds between two codes of one resident
_DAY = 24 * 3600
_A_DAY = 5  # codes to one number, and of one resident
_FORM = re.compile(r"1[3-9][0-9]{9}")  # mobile numbers of mainland China (numbering plan of MIIT)


class PhoneInvalid(Invalid):
    code = "phone-invalid"


class PhoneCodeWrong(Invalid):
    """Another code, one too old, or one guess too many: one answer."""

    code = "phone-code-wrong"


class PhoneCodeTooOften(Throttled):
    code = "phone-code-too-often"


@dataclass(frozen=True)
class Begun:
    """``phone`` is masked; the code is good until ``expires_at`` (UTC)."""

    phone: str
    expires_at: datetime


class Phones:
    def __init__(self, cache: Redis, vault: Vault, sms: Sms):
        self._cache = cache
        self._vault = vault
        self._sms = sms
        self._checks = BriefCodes(cache, vault)

    async def begin(self, resident: UUID, phone: str, locale: str, caller: Caller) -> Begun:
        """Send a code to this number; a number that is in force is told that it is to change.

        Raises PhoneInvalid, StepUpNeeded, PhoneCodeTooOften, SmsUnavailable or CacheUnavailable.
        """
        if not _FORM.fullmatch(phone):
            raise PhoneInvalid()
        async with in_transaction() as connection:
            await _in_force(connection, resident, caller)
        await self._pace(resident, phone)
        code = f"{secrets.randbelow(10**6):06d}"
        pending = {"phone": self._closed(resident, phone), "code": self._digest(resident, code)}
        name = self._name(resident)
        with reaching_cache():
            async with self._cache.pipeline(transaction=True) as pipe:
                pipe.set(name, json.dumps(pending), ex=LIFE)
                pipe.delete(f"{name}:tries")
                await pipe.execute()
        check = await self._checks.made("phone-code", resident)
        words = text("notice.phone-code", locale, digits=code, check=check)
        await self._sms.send(phone, words, str(uuid4()))
        await _tell_the_old(resident, caller)
        return Begun(mask(phone), datetime.now(UTC) + LIFE)

    async def confirm(self, resident: UUID, code: str, caller: Caller) -> str:
        """Notices go there from now on; the masked number. Raises StepUpNeeded, PhoneCodeWrong."""
        async with in_transaction() as connection:
            old = await _in_force(connection, resident, caller)
            phone = await self._redeem(resident, code)
            await self._end(connection, old, "phone-replaced", caller, unless=phone)
            made = uuid4()
            await Contact.create(
                using_db=connection,
                id=made,
                resident_id=resident,
                phone_sealed=self._vault.seal(phone.encode(), _context(made)),
                verified_at=datetime.now(UTC),
            )
            await record(connection, event="phone:set", resident=resident, caller=caller)
        return mask(phone)

    async def shown(self, resident: UUID) -> str | None:
        """The masked number, None where there is none."""
        phone = await phone_of(self._vault, resident)
        return mask(phone) if phone else None

    async def remove(self, resident: UUID, caller: Caller) -> None:
        """Notices go by WeChat or wait in the list. Nothing there is fine. Raises StepUpNeeded."""
        async with in_transaction() as connection:
            if old := await _in_force(connection, resident, caller):
                await self._end(connection, old, "phone-removed", caller)
                await record(connection, event="phone:removed", resident=resident, caller=caller)

    async def _end(
        self,
        connection: BaseDBAsyncClient,
        rows: Sequence[Contact],
        kind: str,
        caller: Caller,
        unless: str = "",
    ) -> None:
        """Forget these numbers but for one last notice; ``unless`` it is the one that stays."""
        for row in rows:
            phone = self._vault.open(bytes(row.phone_sealed), _context(row.id))
            await row.delete(using_db=connection)
            if phone == unless.encode():
                continue
            resident = UUID(str(row.resident_id))
            made = await notices.tell(connection, resident, kind, session=caller.session)
            sealed = self._vault.seal(phone, _last(made))
            await Notice.filter(id=made).using_db(connection).update(phone_sealed=sealed)

    async def _pace(self, resident: UUID, phone: str) -> None:
        counted = [
            self._vault.anchor("codes-to", phone),
            self._vault.anchor("codes-of", str(resident)),
        ]
        with reaching_cache():
            gap = f"{self._name(resident)}:gap"
            if not await self._cache.set(gap, b"", nx=True, ex=_GAP):
                raise PhoneCodeTooOften(retry_after=max(1, await self._cache.ttl(gap)))
            for each in counted:
                name = f"phone-codes:{each}"
                async with self._cache.pipeline(transaction=True) as pipe:
                    pipe.set(name, 0, nx=True, ex=_DAY)
                    pipe.incr(name)
                    pipe.ttl(name)
                    _, count, left = await pipe.execute()
                if count > _A_DAY:
                    raise PhoneCodeTooOften(retry_after=max(1, left))

    async def _redeem(self, resident: UUID, code: str) -> str:
        name = self._name(resident)
        with reaching_cache():
            async with self._cache.pipeline(transaction=True) as pipe:
                pipe.incr(f"{name}:tries")
                pipe.expire(f"{name}:tries", LIFE)
                pipe.get(name)
                tries, _, kept = await pipe.execute()
            pending = json.loads(kept) if kept and tries <= TRIES else {}
            right = hmac.compare_digest(pending.get("code", ""), self._digest(resident, code))
            if not right or not await self._cache.delete(name):
                raise PhoneCodeWrong()
        sealed = base64.b64decode(pending["phone"])
        return self._vault.open(sealed, f"phone-pending:{resident}").decode()

    def _closed(self, resident: UUID, phone: str) -> str:
        sealed = self._vault.seal(phone.encode(), f"phone-pending:{resident}")
        return base64.b64encode(sealed).decode()

    def _digest(self, resident: UUID, code: str) -> str:
        return self._vault.anchor("phone-code", f"{resident}|{code}")

    def _name(self, resident: UUID) -> str:
        return f"phone:{self._vault.anchor('phone', str(resident))}"


async def phone_of(vault: Vault, resident: UUID) -> str | None:
    """The number in plain digits, for one message."""
    row = await Contact.filter(resident_id=resident).first()
    if row is None:
        return None
    return vault.open(bytes(row.phone_sealed), _context(row.id)).decode()


async def _in_force(
    connection: BaseDBAsyncClient, resident: UUID, caller: Caller
) -> Sequence[Contact]:
    """The numbers that are to change, their resident locked. Raises StepUpNeeded if there is one
    and the caller's proof is not fresh.
    """
    await Resident.select_for_update().using_db(connection).get(id=resident)
    rows = await Contact.filter(resident_id=resident).using_db(connection)
    if rows:
        release.permit(caller, scope="", level=SENSITIVE, max_age=FRESH)
    return rows


async def _tell_the_old(resident: UUID, caller: Caller) -> None:
    """While it still is the one that notices go to."""
    async with in_transaction() as connection:
        if await Contact.filter(resident_id=resident).using_db(connection).exists():
            await notices.tell(connection, resident, "phone-changing", session=caller.session)


async def phone_for(vault: Vault, notice: Notice) -> str | None:
    """Where this notice goes: a number that was replaced hears that, else the one in force."""
    if notice.phone_sealed is None:
        return await phone_of(vault, UUID(str(notice.resident_id)))
    return vault.open(bytes(notice.phone_sealed), _last(notice.id)).decode()


def _last(notice: object) -> str:
    return f"notice.phone:{notice}"


def _context(contact: object) -> str:
    return f"contact.phone:{contact}"
