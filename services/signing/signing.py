"""Signing: the document is shown, the resident proves afresh who they are, a key is made for this
document, certified, used and forgotten.

What is shown is kept as bytes, and those bytes are signed: a signature is written behind them and
changes none. The proof must be younger than the showing, so it was given for this document and for
no other (电子签名法 art. 13: the signer alone controls the data by which it is made).
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from pydantic import BaseModel
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from config.database import reaching_database
from config.jobs import Payload
from identity import release
from identity.audit import record
from identity.caller import Caller
from identity.notices import tell
from identity.person import Person
from identity.residents import Residents
from identity.vault import Vault
from identity.ways import ORDINARY, SENSITIVE
from services.catalogue import Catalogue
from services.idempotency import Idempotency, Once
from services.issuers.certificates import certify_person
from services.issuers.keys import Issuers
from services.materials.shown import SIGNED, Shown, content_context, name_context
from services.models import Material, Signature
from services.papers.draft import Draft
from services.papers.room import MIME, Papers
from services.papers.signing import Hand
from services.question import read
from services.service import Service
from services.signing import document as documents
from services.signing.attached import signed_form
from services.signing.errors import SignatureLapsed, SignatureMissing, SignatureNotAsked

JOB = "forget-unsigned-documents"
LASTS = timedelta(minutes=30)
EVENT, NOTICE, PURPOSE = "document:signed", "document-signed", "application"
_ONE = "SELECT pg_advisory_xact_lock(hashtextextended($1, 5))"


class Said(BaseModel):
    label: str
    value: str


class ToSign(BaseModel):
    """What is going to be signed, word for word; ``sha256``: of the PDF that ``shown`` gives,
    whose bytes are signed. It can be signed until ``until``, by a proof made after it was shown.
    """

    id: UUID
    title: str
    number: str
    lines: list[Said]
    notes: list[str]
    sha256: str
    until: datetime

    @classmethod
    def of(cls, row: Signature, draft: Draft) -> "ToSign":
        return cls(
            id=UUID(str(row.id)),
            title=draft.title,
            number=draft.number,
            lines=[Said(label=label, value=value) for label, value in draft.lines],
            notes=list(draft.notes),
            sha256=row.sha256,
            until=row.shown_at + LASTS,
        )

    def __repr__(self) -> str:
        return f"ToSign({self.id})"

    __str__ = __repr__


@dataclass(frozen=True)
class Signing:
    vault: Vault
    catalogue: Catalogue
    residents: Residents
    issuers: Issuers
    papers: Papers
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    async def show(
        self,
        caller: Caller,
        service_id: str,
        form: Mapping[str, Any],
        locale: str,
        *,
        once: Once | None = None,
    ) -> ToSign:
        """Write down what would be signed; one that was shown before for the same lapses.

        Raises ServiceUnknown, SignatureNotAsked, QuestionInvalid, IdempotencyKeyReused,
        IdempotencyInFlight and what ``release.permit`` refuses: nobody signs in another's name.
        """
        service = self.catalogue.service(service_id)
        release.permit(caller, scope="", level=ORDINARY)
        assert caller.resident is not None  # permit has refused everybody else
        if not (kind := documents.wanted(service.item)):
            raise SignatureNotAsked()
        read(service, form, locale)
        id, at = uuid4(), self.clock()
        person = await self.residents.reveal(caller.resident)
        draft = documents.document(service, form, person, id)
        pdf = await self.papers.drawn(draft, at)
        row = self._row(
            id, resident=caller.resident, service=service, kind=kind, form=form, pdf=pdf, at=at
        )
        with reaching_database():
            async with (
                in_transaction() as connection,
                Idempotency(self.vault).kept(connection, once) as slot,
            ):
                if slot.known is not None:
                    return ToSign.model_validate_json(slot.known)
                await _alone(connection, caller.resident, service.id)
                mine = Signature.filter(resident_id=caller.resident, service=service.id)
                await mine.filter(signed_at__isnull=True).using_db(connection).delete()
                await row.save(using_db=connection, force_create=True)
                made = ToSign.of(row, draft)
                slot.keep(made.model_dump_json().encode())
        return made

    async def again(self, caller: Caller, id: UUID) -> ToSign:
        """What was shown, for who comes back from proving who they are. Raises SignatureMissing."""
        row = await self._own(caller, id)
        if row.document_sealed is None:
            raise SignatureMissing("signed: it stands in the application")
        service = self.catalogue.service(row.service)
        person = await self.residents.reveal(UUID(str(row.resident_id)))
        form = signed_form(self.vault, row)
        return ToSign.of(row, documents.document(service, form, person, id))

    async def shown(self, caller: Caller, id: UUID) -> bytes:
        """The document that is to be signed, byte for byte. Raises SignatureMissing."""
        row = await self._own(caller, id)
        if row.document_sealed is None:
            raise SignatureMissing("signed: it stands in the application")
        return self._pdf(row)

    async def sign(self, caller: Caller, id: UUID) -> Shown:
        """The signed document, ready to go along with the application. Signed twice, it is one.

        Raises SignatureMissing, SignatureLapsed, and StepUpNeeded for a proof that is older than
        the showing.
        """
        row = await self._own(caller, id)
        if row.signed_at is None:
            self._admit(caller, row)
            person = await self.residents.reveal(UUID(str(row.resident_id)))
            signed, serial = await self._signed(row, person)
            row = await self._keep(caller, row, signed, serial)
        with reaching_database():
            made = await Material.get_or_none(id=row.material_id)
        if made is None:
            raise SignatureMissing("the signed document was not used in time")
        return Shown.of(made, self.vault)

    def _admit(self, caller: Caller, row: Signature) -> None:
        """Tokens count in whole seconds, rounded down: a proof of the second of the showing is
        taken for an older one.
        """
        age = self.clock() - row.shown_at
        if age > LASTS:
            raise SignatureLapsed()
        release.permit(caller, scope="", level=SENSITIVE)
        if caller.auth_time is None or caller.auth_time < row.shown_at:
            raise release.step_up(caller, SENSITIVE, max(0, int(age.total_seconds())))

    async def _signed(self, row: Signature, person: Person) -> tuple[bytes, str]:
        """A key that lives for the length of this call, and its certificate for a quarter of an
        hour, which the time stamp proves it was signed in.
        """
        at, id = self.clock(), UUID(str(row.id))
        people, key = await self.issuers.people(), ec.generate_private_key(ec.SECP256R1())
        made = certify_person(key.public_key(), person.name, id, at, people.as_parent)
        chain = (people.certificate_der, *people.chain_der)
        signed = await self.papers.signed(
            self._pdf(row),
            Hand(key, made.public_bytes(Encoding.DER), chain),
            name=person.name,
            number=documents.number_of(id),
            reason=self.catalogue.service(row.service).title["zh-CN"],
            at=at,
        )
        return signed, str(made.serial_number)

    async def _keep(self, caller: Caller, row: Signature, pdf: bytes, serial: str) -> Signature:
        """Signature, material, audit and notice: all or none."""
        with reaching_database():
            async with in_transaction() as connection:
                rows = Signature.select_for_update().using_db(connection)
                if (there := await rows.get_or_none(id=row.id)) is None:
                    raise SignatureLapsed()
                if there.signed_at is not None:
                    return there
                there.material_id = await self._attach(connection, there, pdf)
                there.signed_at, there.serial, there.document_sealed = self.clock(), serial, None
                there.acr, there.amr = caller.acr, " ".join(caller.amr)[:64]
                there.proven_at = caller.auth_time
                await there.save(using_db=connection)
                await self._told(connection, caller, there)
        return there

    async def _attach(self, connection: BaseDBAsyncClient, row: Signature, pdf: bytes) -> UUID:
        made, title = uuid4(), self.catalogue.service(row.service).title["zh-CN"]
        await Material.create(
            using_db=connection,
            id=made,
            resident_id=row.resident_id,
            kind=row.kind,
            source=SIGNED,
            name_sealed=self.vault.seal(f"{title}申请书.pdf".encode(), name_context(made)),
            media_type=MIME,
            size=len(pdf),
            sha256=sha256(pdf).hexdigest(),
            content_sealed=self.vault.seal(pdf, content_context(made)),
        )
        return made

    async def _told(self, connection: BaseDBAsyncClient, caller: Caller, row: Signature) -> None:
        resident = UUID(str(row.resident_id))
        await record(
            connection,
            event=EVENT,
            resident=resident,
            caller=caller,
            purpose=PURPOSE,
            service=row.service,
        )
        facts = {"service": self.catalogue.service(row.service).title}
        await tell(connection, resident, NOTICE, facts, caller.session)

    def _row(
        self,
        id: UUID,
        *,
        resident: UUID,
        service: Service,
        kind: str,
        form: Mapping[str, Any],
        pdf: bytes,
        at: datetime,
    ) -> Signature:
        return Signature(
            id=id,
            resident_id=resident,
            service=service.id,
            kind=kind,
            form_sealed=self.vault.seal(_written(form), f"signature.form:{id}"),
            document_sealed=self.vault.seal(pdf, f"signature.document:{id}"),
            sha256=sha256(pdf).hexdigest(),
            shown_at=at,
        )

    async def _own(self, caller: Caller, id: UUID) -> Signature:
        release.permit(caller, scope="", level=ORDINARY)
        with reaching_database():
            row = await Signature.get_or_none(id=id, resident_id=caller.resident)
        if row is None:
            raise SignatureMissing()
        return row

    def _pdf(self, row: Signature) -> bytes:
        if row.document_sealed is None:
            raise SignatureLapsed()
        return self.vault.open(bytes(row.document_sealed), f"signature.document:{row.id}")


def _written(form: Mapping[str, Any]) -> bytes:
    return json.dumps(dict(form), ensure_ascii=False).encode()


async def forget_unsigned(_payload: Payload) -> None:
    """The job: documents that were shown and never signed."""
    old = datetime.now(UTC) - LASTS
    await Signature.filter(signed_at__isnull=True, shown_at__lt=old).delete()


async def _alone(connection: BaseDBAsyncClient, resident: UUID, service: str) -> None:
    await connection.execute_query(_ONE, [f"{resident}:{service}"])
