"""Checking a presentation on line: once, by whoever scanned it; of fifty at once one succeeds.

It is judged like by any verifier, with public keys; then its code is used up, in one statement. A
portrait that the resident chose to show is fetched now, for this answer, and kept nowhere.
"""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tortoise.transactions import in_transaction

from config import logs
from config.database import reaching_database
from identity.audit import record
from identity.errors import RegisterUnavailable, ResidentMissing
from identity.register import Register
from identity.residents import Residents
from services.issuers.everybody import Everybody
from services.licences.declaration import PORTRAIT, LicenceType
from services.licences.described import NUMBER, title_of
from services.licences.errors import (
    PresentationForeign,
    PresentationLate,
    PresentationUnknown,
    PresentationUnreadable,
    PresentationUsed,
)
from services.licences.ledger import EXPIRED, PURPOSE
from services.licences.showing import mark_of
from services.licences.verify.presentation import NotGood, Peeked, Shown, judged, peek
from services.licences.wallet import in_force, not_in_force
from services.models import Licence, Presentation

Json = dict[str, Any]
_USED = """
    UPDATE presentation SET checked_at = $2
    WHERE mark = $1 AND checked_at IS NULL AND good_until > $2 RETURNING id
"""
log = logs.get("licences")


@dataclass(frozen=True)
class Checking:
    kinds: Mapping[str, LicenceType]
    everybody: Everybody
    residents: Residents
    register: Register

    async def check(self, text: str, locale: str) -> Json:
        """What was shown, who issued it, and that it is in force now.

        Raises PresentationUnreadable, PresentationForeign, PresentationUnknown, PresentationLate,
        PresentationUsed, LicenceNotInForce and TrustListUnavailable.
        """
        now = datetime.now(UTC)
        peeked, shown = await self._judged(text, now, locale)
        if not self.everybody.is_own(peeked.issuer):
            raise PresentationForeign(issuer=await self.everybody.title(peeked.issuer, locale))
        with reaching_database():
            row = await Presentation.get_or_none(mark=mark_of(peeked.nonce))
            licence = await Licence.get_or_none(id=row.licence_id) if row else None
        if row is None or licence is None:
            raise PresentationUnknown()
        in_force(licence, locale)
        await self._use_up(row, licence, peeked, now)
        kind = self.kinds[str(licence.type)]
        wanted = PORTRAIT in str(row.shown).split()
        portrait = await self._portrait(licence) if wanted else None
        return _told(kind, licence, shown, locale) | {
            "checked_at": now.isoformat(timespec="seconds"),
            "portrait": portrait,
            "portrait_missing": wanted and portrait is None,
        }

    async def _judged(self, text: str, now: datetime, locale: str) -> tuple[Peeked, Shown]:
        try:
            peeked = peek(text)
            key = (await self.everybody.keys(peeked.issuer)).get(peeked.kid)
            if key is None:
                raise NotGood("issuer-unknown")
            return peeked, judged(peeked, key, now)
        except NotGood as fault:
            if fault.why == "late":
                raise PresentationLate() from None
            if fault.why == "expired":
                raise not_in_force(EXPIRED, locale) from None
            raise PresentationUnreadable(fault.why) from None

    async def _use_up(
        self, row: Presentation, licence: Licence, peeked: Peeked, now: datetime
    ) -> None:
        """Raises PresentationUsed or PresentationLate."""
        with reaching_database():
            async with in_transaction() as connection:
                question = [mark_of(peeked.nonce), now]
                if not await connection.execute_query_dict(_USED, question):
                    raise PresentationLate() if row.good_until <= now else PresentationUsed()
                await record(
                    connection,
                    event="licence:checked",
                    resident=row.resident_id,
                    purpose=PURPOSE,
                    service=str(licence.type),
                )

    async def _portrait(self, licence: Licence) -> str | None:
        """A data address, or None while the register does not give one."""
        try:
            person = await self.residents.reveal(licence.resident_id)
            found = (await self.register.portrait(person.name, person.number)).portrait
        except (RegisterUnavailable, ResidentMissing) as fault:
            log.warning("portrait-not-fetched", reason=fault.code)
            return None
        return f"data:image/jpeg;base64,{b64encode(found.jpeg).decode()}" if found else None


def _told(kind: LicenceType, licence: Licence, shown: Shown, locale: str) -> Json:
    office = kind.department
    facts = [
        {"name": name, "title": title_of(kind, name, locale), "value": str(value)}
        for name in (NUMBER, *kind.names)
        if (value := shown.facts.get(name)) is not None
    ]
    return {
        "type": {"id": kind.id, "title": kind.title[locale]},
        "department": {"id": office.id, "title": office.title[locale]},
        "facts": facts,
        "state": licence.state,
        "shown_at": shown.made_at.isoformat(timespec="seconds"),
    }
