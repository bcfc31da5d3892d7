"""The tables of the sandbox: its residents, sealed, who is whose guardian, and who has died."""

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
