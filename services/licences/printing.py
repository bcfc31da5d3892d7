"""A licence on paper: a PDF with its department's visible seal, signed (PAdES) and time-stamped."""

from dataclasses import dataclass
from datetime import UTC, datetime

from tortoise.transactions import in_transaction

from config.database import reaching_database
from config.texts import DEFAULT_LOCALE
from identity.audit import record
from identity.caller import Caller
from services.issuers.keys import Issuers
from services.licences.ledger import PURPOSE
from services.licences.wallet import Wallet, in_force, permit
from services.papers.draft import Draft
from services.papers.room import Papers

_REASON = "电子证照"
_NOTE = (
    "本文件由发证部门的电子印章签署，可用任何 PDF 阅读器核验签名；"
    "证照此后是否有效，以出示时的核验为准。"
)


@dataclass(frozen=True)
class Printing:
    wallet: Wallet
    issuers: Issuers
    papers: Papers

    async def pdf(self, caller: Caller, id: str, locale: str) -> bytes:
        """The licence as a sealed document, in Chinese as offices accept it.

        Raises what ``owner`` and ``permit`` refuse, LicenceMissing and LicenceNotInForce.
        """
        row, kind = await self.wallet.own(caller, id)
        permit(caller, kind, kind.names)
        in_force(row, locale)
        content, now = self.wallet.ledger.content(row), datetime.now(UTC)
        lines = [
            (kind.title_of(name, DEFAULT_LOCALE), content.facts[name])
            for name in kind.names
            if name in content.facts
        ]
        draft = Draft(kind.title[DEFAULT_LOCALE], lines, content.number, notes=(_NOTE,))
        issuer = await self.issuers.current(kind.department.id, "seal")
        made = await self.papers.sealed(draft, issuer, reason=_REASON, at=now)
        with reaching_database():
            async with in_transaction() as connection:
                await record(
                    connection,
                    event="licence:printed",
                    resident=row.resident_id,
                    caller=caller,
                    purpose=PURPOSE,
                    service=kind.id,
                )
        return made
