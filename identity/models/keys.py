"""Keys, sealed or wrapped, and how far their rotation has come."""

from tortoise import fields
from tortoise.models import Model


class SigningKey(Model):
    """An ES256 key pair; it signs from ``active_from`` until a younger key does."""

    kid = fields.CharField(43, primary_key=True)
    private_sealed = fields.BinaryField()
    public_pem = fields.TextField()
    active_from = fields.DatetimeField()
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "signing_key"


class VaultKey(Model):
    """A data key of one ring ("seal" or "index"), wrapped by a key of the settings.

    ``older_gone_at``: when nothing under the ring's older keys was left.
    """

    id = fields.IntField(primary_key=True, generated=True)
    ring = fields.CharField(8)
    version = fields.SmallIntField()
    wrapped = fields.BinaryField()
    active_from = fields.DatetimeField()
    older_gone_at = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "vault_key"
        unique_together = (("ring", "version"),)


class Resealing(Model):
    """How far a rotation has come in one column: resumed from ``reached`` after a kill."""

    id = fields.UUIDField(primary_key=True)
    ring = fields.CharField(8)
    version = fields.SmallIntField()
    place = fields.CharField(64)
    reached = fields.CharField(64, default="")
    done = fields.BigIntField(default=0)
    total = fields.BigIntField(default=0)
    started_at = fields.DatetimeField(auto_now_add=True)
    finished_at = fields.DatetimeField(null=True)

    class Meta:
        table = "resealing"
        unique_together = (("ring", "version", "place"),)
