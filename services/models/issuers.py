"""Who may sign for the house and for its departments, and whom else we recognise."""

from tortoise import fields
from tortoise.models import Model


class IssuerKey(Model):
    """A key pair with its certificate. ``department``: its id, empty for the house itself;
    ``use``: root, authority, people, stamp, licence or seal (services.issuers.certificates).

    It signs from ``active_from`` until a younger one does, and never after ``not_after``.
    ``ended_at``: given up before its time; what it signed later counts for nothing.
    """

    id = fields.UUIDField(primary_key=True)
    kid = fields.CharField(64, unique=True)
    serial = fields.CharField(48, unique=True)
    department = fields.CharField(64, default="")
    use = fields.CharField(16)
    private_sealed = fields.BinaryField()
    certificate = fields.BinaryField()
    issuer_kid = fields.CharField(64, default="")
    active_from = fields.DatetimeField()
    not_after = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "issuer_key"
        indexes = (("department", "use", "active_from"),)


class TrustList(Model):
    """The newest list of recognised issuers, as its keeper signed it. ``number`` only grows."""

    keeper = fields.CharField(200, primary_key=True)
    number = fields.BigIntField()
    signed = fields.TextField()
    read_at = fields.DatetimeField()

    class Meta:
        table = "trust_list"
