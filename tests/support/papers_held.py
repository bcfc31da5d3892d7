"""Rows of one resident in the tables of signatures and of certificates."""

from datetime import UTC, date, datetime
from uuid import UUID, uuid4

from identity.vault import Vault
from services.models import IssuedPaper, Signature
from tests.support.log_capture import personal

NAME = personal("隐名小铺")
PERSONAL = (NAME,)


async def fill(vault: Vault, resident: UUID) -> None:
    """One document that was signed, one that waits, and one certificate."""
    now = datetime.now(UTC)
    for signed in (True, False):
        id = uuid4()
        await Signature.create(
            id=id, resident_id=resident, service="sole-trader-registration",
            kind="signed-application", sha256="0" * 64, shown_at=now,
            form_sealed=vault.seal(f'{{"name": "{NAME}"}}'.encode(), f"signature.form:{id}"),
            document_sealed=vault.seal(NAME.encode(), f"signature.document:{id}"),
            signed_at=now if signed else None, serial="17" if signed else "",
        )  # fmt: skip
    await IssuedPaper.create(
        id=uuid4(), number=f"ZM{uuid4().int % 10**17:017d}", resident_id=resident,
        service="tax-income", department="tax", code=vault.digest("paper-code", str(uuid4())),
        sha256="0" * 64, issued_at=now, good_until=date(2027, 1, 31),
    )  # fmt: skip
