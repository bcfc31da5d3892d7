"""Who did what."""

from tortoise import fields
from tortoise.contrib.postgres.indexes import BrinIndex
from tortoise.indexes import Index
from tortoise.models import Model


class AuditEvent(Model):
    """Who did what to whose data, and why. UUIDs and codes only, no personal values."""

    id = fields.BigIntField(primary_key=True, generated=True)
    at = fields.DatetimeField()
    event = fields.CharField(64)
    resident_id = fields.UUIDField(null=True)
    other_id = fields.UUIDField(null=True)  # the other side of a mandate
    actor_kind = fields.CharField(16)
    actor = fields.CharField(64)
    client = fields.CharField(64)
    session_id = fields.UUIDField(null=True)
    purpose = fields.CharField(64)
    service = fields.CharField(64)
    outcome = fields.CharField(64)

    class Meta:
        table = "audit_event"
        # Rows come in the order of time: a few pages of BRIN find an hour, and inserts pay nothing.
        indexes = (Index(fields=["resident_id", "id"]), BrinIndex(fields=["at"]))
