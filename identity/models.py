"""Tables of identity, and nothing else. Queries stand in the module of their story.

Personal values are sealed (``identity.vault``); what must be found by value is found
through ``DocumentIndex``. No biometrics: there is no column that could hold one.
"""

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model


class Resident(Model):
    """``proofed`` is the assurance level (1–5) that holds until ``proofed_until``."""

    id = fields.UUIDField(primary_key=True)
    proofed = fields.SmallIntField()
    proofed_at = fields.DatetimeField()
    proofed_until = fields.DatetimeField()
    created_at = fields.DatetimeField(auto_now_add=True)
    closed_at = fields.DatetimeField(null=True)

    class Meta:
        table = "resident"


class Document(Model):
    """One document of a resident; a resident has many."""

    id = fields.UUIDField(primary_key=True)
    resident_id = fields.UUIDField(db_index=True)
    kind = fields.CharField(32)
    country = fields.CharField(2)
    number_sealed = fields.BinaryField()
    name_sealed = fields.BinaryField()
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "document"


class DocumentIndex(Model):
    """HMAC of kind, country and number, 64 hex characters; one row a key version."""

    digest = fields.CharField(64, primary_key=True)
    key_version = fields.SmallIntField()
    document_id = fields.UUIDField(db_index=True)

    class Meta:
        table = "document_index"


class Session(Model):
    """A signed-in device. ``device`` is a keyed digest of the device's own id."""

    id = fields.UUIDField(primary_key=True)
    resident_id = fields.UUIDField()
    client = fields.CharField(64)
    device = fields.CharField(64)
    device_name = fields.CharField(80)
    acr = fields.CharField(1)
    amr = fields.CharField(64)
    auth_time = fields.DatetimeField()
    created_at = fields.DatetimeField(auto_now_add=True)
    last_used_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)
    ended_why = fields.CharField(32, default="")

    class Meta:
        table = "session"
        indexes = (
            Index(fields=["resident_id", "device"]),
            Index(fields=["ended_at"]),
        )


class RefreshToken(Model):
    """Stored hashed (SHA-256 of 256 random bits). The successor is sealed for ten seconds."""

    digest = fields.CharField(64, primary_key=True)
    session_id = fields.UUIDField(db_index=True)
    proof = fields.CharField(64, default="")
    created_at = fields.DatetimeField(auto_now_add=True)
    used_at = fields.DatetimeField(null=True)
    successor_sealed = fields.BinaryField(null=True)

    class Meta:
        table = "refresh_token"


class SigningKey(Model):
    """An ES256 key pair; it signs from ``active_from`` until a younger key does."""

    kid = fields.CharField(43, primary_key=True)
    private_sealed = fields.BinaryField()
    public_pem = fields.TextField()
    active_from = fields.DatetimeField()
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "signing_key"


class Try(Model):
    """A try at somebody's identity: reserved, then spent by a judged mismatch or deleted."""

    id = fields.UUIDField(primary_key=True)
    subject = fields.CharField(64)
    at = fields.DatetimeField()
    spent = fields.BooleanField(default=False)

    class Meta:
        table = "try"
        indexes = (Index(fields=["subject", "at"]),)


class Consent(Model):
    """What a resident agreed to: the purpose, the text's version and hash, when and where."""

    id = fields.UUIDField(primary_key=True)
    resident_id = fields.UUIDField(db_index=True)
    purpose = fields.CharField(64)
    version = fields.CharField(16)
    text_hash = fields.CharField(64)
    locale = fields.CharField(8)
    channel = fields.CharField(16)
    given_at = fields.DatetimeField()
    withdrawn_at = fields.DatetimeField(null=True)

    class Meta:
        table = "consent"


class AuditEvent(Model):
    """Who did what to whose data, and why. UUIDs and codes only, no personal values."""

    id = fields.BigIntField(primary_key=True, generated=True)
    at = fields.DatetimeField()
    event = fields.CharField(64)
    resident_id = fields.UUIDField(null=True)
    actor_kind = fields.CharField(16)
    actor = fields.CharField(64)
    client = fields.CharField(64)
    session_id = fields.UUIDField(null=True)
    purpose = fields.CharField(64)
    service = fields.CharField(64)
    outcome = fields.CharField(64)

    class Meta:
        table = "audit_event"
        indexes = (Index(fields=["resident_id", "id"]),)
