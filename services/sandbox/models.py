"""The tables of the sandbox: its residents, sealed, guardians, deaths, what offices did, and the
books of the payment provider."""

from tortoise import fields
from tortoise.models import Model


class SandboxResident(Model):
    """A fictional person with the portrait of whoever took part. One row holds all of them."""

    id = fields.UUIDField(primary_key=True)
    number_index = fields.CharField(max_length=64, unique=True)
    name = fields.BinaryField()
    number = fields.BinaryField()
    portrait = fields.BinaryField()
    delete_token = fields.CharField(max_length=64)  # SHA-256 of the token, hex
    created_at = fields.DatetimeField(db_index=True)

    class Meta:
        table = "sandbox_resident"


class SandboxGuardianship(Model):
    """A ward and a guardian, by the digests of their numbers."""

    id = fields.UUIDField(primary_key=True)
    ward_index = fields.CharField(max_length=64, db_index=True)
    guardian_index = fields.CharField(max_length=64)
    created_at = fields.DatetimeField(db_index=True)

    class Meta:
        table = "sandbox_guardianship"


class SandboxDeath(Model):
    """A resident who has died, by the digest of their number."""

    number_index = fields.CharField(max_length=64, primary_key=True)
    created_at = fields.DatetimeField(db_index=True)

    class Meta:
        table = "sandbox_death"


class SandboxDeed(Model):
    """Something that an office did on a request with a ``key``: what it answers to it again.

    ``body`` is the digest of the question; ``facts`` what was done, sealed.
    """

    id = fields.UUIDField(primary_key=True)
    office = fields.CharField(max_length=40)
    key = fields.UUIDField()
    operation = fields.CharField(max_length=40)
    number_index = fields.CharField(max_length=64, db_index=True)
    body = fields.CharField(max_length=64)
    facts = fields.BinaryField(null=True)
    created_at = fields.DatetimeField(db_index=True)

    class Meta:
        table = "sandbox_deed"
        unique_together = (("office", "key"),)


class SandboxOrder(Model):
    """What a merchant asks somebody to pay; ``token`` stands in the cashier's address."""

    number = fields.CharField(max_length=40, primary_key=True)
    token = fields.CharField(max_length=48, unique=True)
    fen = fields.IntField()
    description = fields.CharField(max_length=200)
    notify_url = fields.CharField(max_length=300)
    expires_at = fields.DatetimeField()
    closed = fields.BooleanField(default=False)
    created_at = fields.DatetimeField(db_index=True)

    class Meta:
        table = "sandbox_order"


class SandboxCharge(Model):
    """What the provider took."""

    transaction = fields.CharField(max_length=40, primary_key=True)
    number = fields.CharField(max_length=40, db_index=True)
    fen = fields.IntField()
    currency = fields.CharField(max_length=3)
    at = fields.DatetimeField(db_index=True)

    class Meta:
        table = "sandbox_charge"


class SandboxRefund(Model):
    """What the provider gives back of a charge; ``state``: PROCESSING, SUCCESS, ABNORMAL
    or CLOSED.
    """

    number = fields.CharField(max_length=40, primary_key=True)
    id = fields.CharField(max_length=40, unique=True)
    transaction = fields.CharField(max_length=40, db_index=True)
    notify_url = fields.CharField(max_length=300)
    fen = fields.IntField()
    state = fields.CharField(max_length=16)
    at = fields.DatetimeField(db_index=True)

    class Meta:
        table = "sandbox_refund"
