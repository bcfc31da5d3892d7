"""What residents sign, and documents that were given out sealed."""

from tortoise import fields
from tortoise.models import Model


class Signature(Model):
    """A document shown to be signed, and then its signature. ``sha256``: of the bytes that were
    shown; they are kept until they are signed, and stand in the material afterwards.

    ``serial``: of the certificate made for it; ``acr``, ``amr``: how the resident was proven for
    this signature and no other, at ``proven_at``.
    """

    id = fields.UUIDField(primary_key=True)
    resident_id = fields.UUIDField(db_index=True)
    service = fields.CharField(64)
    kind = fields.CharField(40)
    form_sealed = fields.BinaryField()
    document_sealed = fields.BinaryField(null=True)
    sha256 = fields.CharField(64)
    shown_at = fields.DatetimeField()
    signed_at = fields.DatetimeField(null=True)
    material_id = fields.UUIDField(null=True, unique=True)
    serial = fields.CharField(48, default="")
    acr = fields.CharField(4, default="")
    amr = fields.CharField(64, default="")
    proven_at = fields.DatetimeField(null=True)

    class Meta:
        table = "signature"


class IssuedPaper(Model):
    """A certificate that was given out as a sealed PDF. The document itself is not kept.

    ``code``: digest of the code by which anybody checks it; ``sha256``: of the PDF.
    """

    id = fields.UUIDField(primary_key=True)
    number = fields.CharField(24, unique=True)
    resident_id = fields.UUIDField(db_index=True, null=True)
    service = fields.CharField(64)
    department = fields.CharField(64)
    code = fields.CharField(64, unique=True)
    sha256 = fields.CharField(64)
    issued_at = fields.DatetimeField()
    good_until = fields.DateField()

    class Meta:
        table = "issued_paper"
