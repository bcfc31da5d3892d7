"""Where residents are signed in, and what lets them come back."""

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model


class Session(Model):
    """A signed-in device. ``device`` is a keyed digest of the device's own id.

    ``key``: RFC 7638 thumbprint of the device key its tokens are bound to (RFC 9449), if any.
    ``sensitive_from``: when a session opened at a window may do what needs level 4.
    ``actor_id``, ``mandate_id``, ``parent_id``: a family agent acts from their own session.
    ``client`` other than our own app: a partner's, under ``grant_id`` for ``scope`` at
    ``resource`` (RFC 8707, space separated; empty: our own); its ``parent_id`` is the resident's
    own session in which they agreed.
    """

    id = fields.UUIDField(primary_key=True)
    resident_id = fields.UUIDField()
    client = fields.CharField(64)
    device = fields.CharField(64)
    device_name = fields.CharField(80)
    key = fields.CharField(43, default="", db_default="")
    channel = fields.CharField(16, default="web", db_default="web")
    place = fields.CharField(80, default="", db_default="")
    acr = fields.CharField(1)
    amr = fields.CharField(64)
    auth_time = fields.DatetimeField()
    sensitive_from = fields.DatetimeField(null=True)
    actor_id = fields.UUIDField(null=True)
    mandate_id = fields.UUIDField(null=True, db_index=True)
    parent_id = fields.UUIDField(null=True, db_index=True)
    grant_id = fields.UUIDField(null=True, db_index=True)
    scope = fields.TextField(default="", db_default="")
    resource = fields.TextField(default="", db_default="")
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
            Index(fields=["client", "ended_at"]),  # a suspension ends all of one
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


class BoundDevice(Model):
    """What lets a resident return without a new proof, at level 3 at most.

    ``kind`` is "key" or "wechat"; ``mark`` is a keyed digest of the device key's thumbprint or of
    the openid, which is sealed beside it because notices go there.
    """

    id = fields.UUIDField(primary_key=True)
    resident_id = fields.UUIDField(db_index=True)
    kind = fields.CharField(8)
    mark = fields.CharField(64, db_index=True)
    openid_sealed = fields.BinaryField(null=True)
    device = fields.CharField(64)
    device_name = fields.CharField(80)
    created_at = fields.DatetimeField(auto_now_add=True)
    last_used_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "bound_device"


class Passkey(Model):
    """A WebAuthn credential (public half). ``credential``: base64url of its id.

    ``usable_from``: one bound at a window waits as long as everything sensitive does.
    """

    id = fields.UUIDField(primary_key=True)
    resident_id = fields.UUIDField(db_index=True)
    credential = fields.CharField(1400, unique=True)
    public_key = fields.BinaryField()
    sign_count = fields.BigIntField()
    transports = fields.CharField(80, default="")
    name = fields.CharField(80)
    bound_at_level = fields.SmallIntField()
    usable_from = fields.DatetimeField()
    created_at = fields.DatetimeField(auto_now_add=True)
    last_used_at = fields.DatetimeField(null=True)
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "passkey"


class Try(Model):
    """A try at somebody's identity: reserved, then spent by a judged mismatch or deleted.

    ``kind``: what ``subject`` is a keyed digest of: a number, account, device or network.
    """

    id = fields.UUIDField(primary_key=True)
    subject = fields.CharField(64)
    kind = fields.CharField(8, default="", db_default="")
    at = fields.DatetimeField()
    spent = fields.BooleanField(default=False)

    class Meta:
        table = "try"
        indexes = (Index(fields=["subject", "at"]),)
