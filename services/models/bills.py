"""Bills of hospitals: what insurance and cash pay of each, and what went back where.

Amounts are integer fen. Where somebody was treated and for what is sealed; which sums were paid by
whom stands plain, as in every book of account.
"""

from tortoise import fields
from tortoise.models import Model


class MedicalBill(Model):
    """``resident_id`` is null where the hospital's patient is nobody of ours. ``visit``: digest of
    the hospital's own number of it, of which one bill lives (migration 0005); ``about_sealed``:
    place, kind of care and lines as JSON.

    ``mix``: cash-only, insurance-only or cash-and-insurance, empty until it is known. ``key`` goes
    along to the insurance office, ``settlement`` is its number. ``fault``: why it failed, a code.
    """

    id = fields.UUIDField(primary_key=True)
    number = fields.CharField(20, unique=True)
    client = fields.CharField(64)
    resident_id = fields.UUIDField(null=True, db_index=True)
    visit = fields.CharField(64)
    visit_sealed = fields.BinaryField()
    about_sealed = fields.BinaryField()
    state = fields.CharField(16)
    insured = fields.BooleanField()
    mix = fields.CharField(20, default="")
    total_fen = fields.BigIntField()
    additions_fen = fields.BigIntField(default=0)
    reductions_fen = fields.BigIntField(default=0)
    government_fen = fields.BigIntField(default=0)
    self_fen = fields.BigIntField(default=0)
    other_fen = fields.BigIntField(default=0)
    medical_cash_fen = fields.BigIntField(default=0)
    cash_fen = fields.BigIntField(default=0)
    key = fields.UUIDField()
    settlement = fields.CharField(64, default="")
    payment_number = fields.CharField(24, default="")
    fault = fields.CharField(40, default="")
    expires_at = fields.DatetimeField()
    created_at = fields.DatetimeField()
    changed_at = fields.DatetimeField()
    paid_at = fields.DatetimeField(null=True)

    class Meta:
        table = "medical_bill"
        indexes = (("client", "created_at"), ("state", "changed_at"))


class MedicalRefund(Model):
    """What the hospital gives back of a bill, by where it came from. ``reference``: digest of the
    hospital's own number of it; ``id`` is the key by which office and provider do it once.
    """

    id = fields.UUIDField(primary_key=True)
    bill_id = fields.UUIDField(db_index=True)
    reference = fields.CharField(64, unique=True)
    fen = fields.BigIntField()
    government_fen = fields.BigIntField()
    self_fen = fields.BigIntField()
    other_fen = fields.BigIntField()
    cash_fen = fields.BigIntField()
    insurance_done_at = fields.DatetimeField(null=True)
    cash_done_at = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField()

    class Meta:
        table = "medical_refund"
