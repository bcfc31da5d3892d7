"""Money: payments, what the provider took and gave back, the ledger, and the daily comparison.

Amounts are integer fen. The ledger's rows are never changed; triggers of the database see to it
and to the balance of every movement (migration ``0004_launch_rules``).
"""

from tortoise import fields
from tortoise.models import Model


class LedgerMovement(Model):
    """One thing that happened to money. ``key`` names it, so that it is booked once; ``about``: the
    number of the payment or refund; ``postings``: how many there are, for nobody to add one later.
    """

    id = fields.BigIntField(primary_key=True, generated=True)
    key = fields.CharField(120, unique=True)
    kind = fields.CharField(32)
    about = fields.CharField(64, db_index=True)
    postings = fields.SmallIntField()
    at = fields.DatetimeField()

    class Meta:
        table = "ledger_movement"


class LedgerPosting(Model):
    """What a movement does to one account; those of a movement sum to nothing."""

    id = fields.BigIntField(primary_key=True, generated=True)
    movement_id = fields.BigIntField(db_index=True)
    account = fields.CharField(80, db_index=True)
    fen = fields.BigIntField()

    class Meta:
        table = "ledger_posting"


class Payment(Model):
    """What a resident is to pay, once. ``subject``: what for (``quote:BJ…``); of a subject one
    payment lives at a time. ``title``: locale → words, in general terms: what is no business of
    the provider's stands elsewhere. ``service``: the catalogue's id or a code, for the audit.

    ``promised_fen``: of it, what is to go back to the resident; ``returned_fen``: what has.
    ``asked_at``: when the provider was last asked; ``fault``: why it closed or failed.
    """

    id = fields.UUIDField(primary_key=True)
    number = fields.CharField(24, unique=True)
    subject = fields.CharField(80, db_index=True)
    resident_id = fields.UUIDField()
    payee = fields.CharField(64)
    service = fields.CharField(64, default="")
    title = fields.TextField()
    fen = fields.BigIntField()
    state = fields.CharField(16)
    promised_fen = fields.BigIntField(default=0)
    returned_fen = fields.BigIntField(default=0)
    fault = fields.CharField(40, default="")
    expires_at = fields.DatetimeField()
    created_at = fields.DatetimeField()
    changed_at = fields.DatetimeField()
    paid_at = fields.DatetimeField(null=True)
    asked_at = fields.DatetimeField(null=True)

    class Meta:
        table = "payment"
        indexes = (("resident_id", "created_at"), ("state", "asked_at"))


class PaymentEvent(Model):
    """What happened to a payment, and when. Never changed."""

    id = fields.BigIntField(primary_key=True, generated=True)
    payment_id = fields.UUIDField(db_index=True)
    at = fields.DatetimeField()
    name = fields.CharField(32)
    state = fields.CharField(16)
    reason = fields.CharField(40, default="")

    class Meta:
        table = "payment_event"


class PaymentCharge(Model):
    """What the provider took from somebody, by its own ``transaction``. ``counted``: it is what
    the payment was paid with; any other goes back by itself.
    """

    id = fields.UUIDField(primary_key=True)
    payment_id = fields.UUIDField(db_index=True)
    transaction = fields.CharField(64, unique=True)
    fen = fields.BigIntField()
    counted = fields.BooleanField()
    charged_at = fields.DatetimeField(db_index=True)
    seen_at = fields.DatetimeField()

    class Meta:
        table = "payment_charge"


class PaymentRefund(Model):
    """What is to go back of a charge. ``key``: whoever asks twice with it asks for one refund.

    ``surplus``: of a charge that paid for nothing. ``transaction``: the provider's own number.
    ``number`` changes where the provider has given one up; ``done_at``: by the provider's clock.
    """

    id = fields.UUIDField(primary_key=True)
    number = fields.CharField(24, unique=True)
    payment_id = fields.UUIDField()
    charge_id = fields.UUIDField()
    key = fields.CharField(120)
    fen = fields.BigIntField()
    reason = fields.CharField(40)
    surplus = fields.BooleanField(default=False)
    state = fields.CharField(16)
    transaction = fields.CharField(64, default="")
    created_at = fields.DatetimeField()
    asked_at = fields.DatetimeField(null=True)
    done_at = fields.DatetimeField(null=True, db_index=True)

    class Meta:
        table = "payment_refund"
        unique_together = (("payment_id", "key"),)
        indexes = (("state", "created_at"),)


class PaymentBill(Model):
    """A day of the provider's books beside ours; ``day`` in China."""

    day = fields.DateField(primary_key=True)
    state = fields.CharField(16)
    charged_there_fen = fields.BigIntField(default=0)
    charged_here_fen = fields.BigIntField(default=0)
    returned_there_fen = fields.BigIntField(default=0)
    returned_here_fen = fields.BigIntField(default=0)
    lines = fields.IntField(default=0)
    checked_at = fields.DatetimeField()

    class Meta:
        table = "payment_bill"


class PaymentDifference(Model):
    """Where the provider's books and ours say different things, until somebody has seen to it.

    ``number``: of the payment or refund as the provider writes it; ``how`` it was settled.
    """

    id = fields.UUIDField(primary_key=True)
    day = fields.DateField(db_index=True)
    kind = fields.CharField(32)
    number = fields.CharField(40)
    transaction = fields.CharField(64)
    here_fen = fields.BigIntField(null=True)
    there_fen = fields.BigIntField(null=True)
    found_at = fields.DatetimeField()
    settled_at = fields.DatetimeField(null=True)
    settled_by = fields.CharField(40, default="")
    how = fields.CharField(32, default="")

    class Meta:
        table = "payment_difference"
        unique_together = (("kind", "transaction"),)


class Quote(Model):
    """What a payable service asks, line by line, and what its office did once it was paid.

    ``question_sealed`` and ``lines_sealed``: as it was asked and reckoned; ``key`` goes along to
    the office, which does it once; ``receipt_sealed``: what it answered.
    """

    id = fields.UUIDField(primary_key=True)
    number = fields.CharField(24, unique=True)
    resident_id = fields.UUIDField(db_index=True)
    service = fields.CharField(64)
    state = fields.CharField(16)
    question_sealed = fields.BinaryField()
    lines_sealed = fields.BinaryField()
    receipt_sealed = fields.BinaryField(null=True)
    fen = fields.BigIntField()
    key = fields.UUIDField()
    payment_number = fields.CharField(24, default="")
    fault = fields.CharField(40, default="")
    expires_at = fields.DatetimeField()
    created_at = fields.DatetimeField()
    changed_at = fields.DatetimeField()

    class Meta:
        table = "quote"
        indexes = (("state", "changed_at"),)
