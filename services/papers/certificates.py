"""Certificates: what a service answered, sealed, with a code by which anybody checks it.

The document goes to whoever asked, in the app or at a kiosk, and is not kept: kept are its number,
the digests of its code and of its bytes, and until when it is to be taken for fresh.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any, Literal
from uuid import UUID, uuid4

from tortoise.transactions import in_transaction

from config.database import reaching_database
from config.texts import DEFAULT_LOCALE
from identity import written_codes
from identity.audit import record
from identity.caller import Caller
from identity.person import Person
from identity.residents import Residents
from identity.vault import Vault
from services.applications import numbers
from services.catalogue import Catalogue
from services.clocks import today
from services.desk import Answered
from services.idempotency import Idempotency, Once
from services.issuers.keys import Issuers
from services.models import IssuedPaper
from services.papers.draft import Draft
from services.papers.errors import PaperNotOffered, PaperUnknown
from services.papers.room import Papers
from services.papers.sheet import Sheet
from services.question import read
from services.service import Service

PREFIX, CODE, CODE_LENGTH = "ZM", "paper-code", 12
"""55 bits by chance, and a character that checks them: nobody finds one by counting."""
EVENT = "paper:issued"
_REASON = "开具证明"
_NOTES = (
    "可靠的电子签名与手写签名或者盖章具有同等的法律效力（《中华人民共和国电子签名法》第十四条）。",
    "扫描二维码或输入核验码可核对真伪；核验不显示个人信息。",
)


@dataclass(frozen=True)
class Given:
    number: str
    pdf: bytes = field(repr=False)


@dataclass(frozen=True)
class Checked:
    """What anybody is told of a certificate: nothing of whose it is."""

    state: Literal["good", "lapsed"]
    number: str
    service: str
    department: str
    issued_on: date
    good_until: date
    sha256: str


@dataclass(frozen=True)
class Certificates:
    vault: Vault
    catalogue: Catalogue
    residents: Residents
    issuers: Issuers
    papers: Papers
    public_url: str

    async def give(
        self,
        caller: Caller,
        asked: Mapping[str, Any],
        answered: Answered,
        locale: str,
        *,
        once: Once | None = None,
    ) -> Given:
        """The certificate of what the desk has just answered this caller, sealed.

        Raises PaperNotOffered, PaperNotGiven, IdempotencyKeyReused or IdempotencyInFlight.
        """
        service = answered.service
        if service.paper is None:
            raise PaperNotOffered()
        assert caller.resident is not None  # the desk has refused everybody else
        sheet = service.paper(
            service.answer.model_validate_json(answered.answer, by_alias=True),
            read(service, asked, locale),
        )
        person = await self.residents.reveal(caller.resident)
        row, code = self._row(service, caller.resident, sheet)
        issuer = await self.issuers.current(service.department.id, "seal")
        draft = self._draft(sheet, person, row, code, answered.as_of)
        pdf = await self.papers.sealed(draft, issuer, reason=_REASON, at=row.issued_at)
        row.sha256 = sha256(pdf).hexdigest()
        return await self._keep(row, caller, pdf, once)

    async def check(self, said: str) -> Checked:
        """What is known of the certificate with this code. Raises PaperUnknown."""
        code = written_codes.plain(said)
        if not written_codes.fits(code, CODE_LENGTH):
            raise PaperUnknown()
        digests = list(self.vault.digests(CODE, code).values())
        with reaching_database():
            row = await IssuedPaper.get_or_none(code__in=digests)
        if row is None:
            raise PaperUnknown()
        return Checked(
            state="good" if today() <= row.good_until else "lapsed",
            number=row.number,
            service=row.service,
            department=row.department,
            issued_on=today(row.issued_at),
            good_until=row.good_until,
            sha256=row.sha256,
        )

    async def _keep(self, row: IssuedPaper, caller: Caller, pdf: bytes, once: Once | None) -> Given:
        with reaching_database():
            async with (
                in_transaction() as connection,
                Idempotency(self.vault).kept(connection, once) as slot,
            ):
                if slot.known is not None:
                    number, _, known = slot.known.partition(b"\n")
                    return Given(number.decode(), known)
                await row.save(using_db=connection, force_create=True)
                await record(
                    connection,
                    event=EVENT,
                    resident=caller.resident,
                    caller=caller,
                    purpose=caller.purpose or self.catalogue.service(row.service).purpose,
                    service=row.service,
                )
                slot.keep(f"{row.number}\n".encode() + pdf)
        return Given(row.number, pdf)

    def _row(self, service: Service, resident: UUID, sheet: Sheet) -> tuple[IssuedPaper, str]:
        now, code = datetime.now(UTC), written_codes.checked(written_codes.drawn(CODE_LENGTH - 1))
        row = IssuedPaper(
            id=uuid4(),
            number=numbers.made(PREFIX, today(now), digits=10),
            resident_id=resident,
            service=service.id,
            department=service.department.id,
            code=self.vault.digest(CODE, code),
            issued_at=now,
            good_until=today(now) + timedelta(days=sheet.days),
        )
        return row, code

    def _draft(
        self, sheet: Sheet, person: Person, row: IssuedPaper, code: str, as_of: datetime
    ) -> Draft:
        department = self.catalogue.departments[row.department].title[DEFAULT_LOCALE]
        lines = [
            ("姓名", person.name),
            ("证件号码", person.number.value),
            *sheet.lines,
            ("数据来源", f"{department}，数据截至 {today(as_of)}"),
            ("建议有效期至", str(row.good_until)),
        ]
        return Draft(
            sheet.title,
            lines,
            row.number,
            qr=f"{self.public_url.rstrip('/')}/#/pages/papers/papers?code={code}",
            code=written_codes.grouped(code),
            table=sheet.table,
            notes=(*sheet.notes, *_NOTES),
        )
