"""Partners, kiosks, and what residents let them see."""

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model


class Partner(Model):
    """A client of the OAuth provider: a partner's app, a department or a kiosk.

    ``metadata`` in force and ``proposed``, which waits for an operator, are JSON as
    ``identity.partners.metadata`` reads it. ``responsible_sealed``: who answers for it, JSON of
    name, phone and mail. ``registration_token``: SHA-256 of what RFC 7592 calls that. Tokens
    issued before ``tokens_from`` are dead. ``faults``: what a sandbox client asked to go wrong.
    """

    id = fields.CharField(64, primary_key=True)
    kind = fields.CharField(16)
    environment = fields.CharField(16)
    state = fields.CharField(16)
    metadata = fields.TextField()
    proposed: fields.Field[str | None] = fields.TextField(null=True)  # type: ignore[assignment]
    sector = fields.CharField(255)
    responsible_sealed = fields.BinaryField(null=True)
    registration_token = fields.CharField(64, default="")
    rate = fields.IntField()  # requests a minute
    quota = fields.IntField()  # requests a day
    tokens_from = fields.DatetimeField()
    faults = fields.TextField(default="{}")
    created_at = fields.DatetimeField(auto_now_add=True)
    changed_at = fields.DatetimeField(auto_now=True)
    decided_at = fields.DatetimeField(null=True)
    decided_by = fields.UUIDField(null=True)
    suspended_at = fields.DatetimeField(null=True)
    suspended_why = fields.CharField(32, default="")

    class Meta:
        table = "partner"


class Invitation(Model):
    """An initial access token (RFC 7591 §3): SHA-256 of 256 random bits, good for one client."""

    digest = fields.CharField(64, primary_key=True)
    kind = fields.CharField(16)
    environment = fields.CharField(16)
    created_by = fields.UUIDField(null=True)
    created_at = fields.DatetimeField(auto_now_add=True)
    expires_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)

    class Meta:
        table = "invitation"


class PairwiseSubject(Model):
    """What a resident is called in one sector (OpenID Connect Core §8.1): ``id``, a random name
    that nothing can be computed from, and that is gone with the resident.
    """

    id = fields.UUIDField(primary_key=True)
    sector = fields.CharField(255)
    resident_id = fields.UUIDField(db_index=True)

    class Meta:
        table = "pairwise_subject"
        unique_together = (("sector", "resident_id"),)


class Grant(Model):
    """What a resident lets a client see, and until when: one living grant a client and resident.

    ``asked``: scopes the resident was shown, ``scopes``: those they gave; space separated. What
    was not asked yet is asked again. ``text_hash``: SHA-256 of the words they agreed to.
    """

    id = fields.UUIDField(primary_key=True)
    resident_id = fields.UUIDField()
    client = fields.CharField(64)
    subject = fields.UUIDField()
    asked = fields.TextField()
    scopes = fields.TextField()
    purpose = fields.CharField(64)
    locale = fields.CharField(8)
    channel = fields.CharField(16)
    text_hash = fields.CharField(64)
    given_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    last_used_at = fields.DatetimeField(null=True)
    ended_at = fields.DatetimeField(null=True)
    ended_why = fields.CharField(32, default="")

    class Meta:
        table = "partner_grant"
        indexes = (Index(fields=["resident_id", "client"]), Index(fields=["client"]))


class AgreedText(Model):
    """The words residents were shown before a grant, by their SHA-256 (``Grant.text_hash``)."""

    digest = fields.CharField(64, primary_key=True)
    words = fields.TextField()

    class Meta:
        table = "agreed_text"


class AuthorizationCode(Model):
    """A code (RFC 6749 §1.3.1) by SHA-256 of its 256 random bits, and what it was given for.

    ``parent_id``: the resident's own session it was given in. ``key``: thumbprint it is bound to
    (RFC 9449 §10), empty for none. ``session_id``: what it was exchanged for; a replay ends it.
    """

    digest = fields.CharField(64, primary_key=True)
    client = fields.CharField(64)
    resident_id = fields.UUIDField(db_index=True)
    grant_id = fields.UUIDField(db_index=True)
    parent_id = fields.UUIDField()
    redirect_uri = fields.TextField()
    challenge = fields.CharField(43)
    key = fields.CharField(43, default="")
    nonce = fields.TextField(default="")
    scope = fields.TextField()
    resource = fields.TextField(default="")
    acr = fields.CharField(1)
    amr = fields.CharField(64)
    auth_time = fields.DatetimeField()
    max_age_asked = fields.BooleanField(default=False)
    created_at = fields.DatetimeField(auto_now_add=True)
    expires_at = fields.DatetimeField(db_index=True)
    used_at = fields.DatetimeField(null=True)
    session_id = fields.UUIDField(null=True)

    class Meta:
        table = "authorization_code"


class EndedToken(Model):
    """A single access token that was revoked before its time (RFC 7009), by its ``jti``."""

    id = fields.UUIDField(primary_key=True)
    client = fields.CharField(64)
    expires_at = fields.DatetimeField(db_index=True)

    class Meta:
        table = "ended_token"


class Kiosk(Model):
    """A terminal at a place: an OAuth client (``client``) bound to the key it was enrolled with.

    ``region``: GB/T 2260 prefix. ``site`` and ``address`` are words that residents are shown.
    """

    id = fields.UUIDField(primary_key=True)
    client = fields.CharField(64, unique=True)
    site = fields.CharField(80)
    address = fields.CharField(160)
    region = fields.CharField(6)
    enrolled_by = fields.UUIDField(null=True)
    enrolled_at = fields.DatetimeField(auto_now_add=True)
    last_seen_at = fields.DatetimeField(null=True)
    suspended_at = fields.DatetimeField(null=True)
    suspended_why = fields.CharField(32, default="")

    class Meta:
        table = "kiosk"


class KioskCode(Model):
    """An operator's one-time enrolment code: a keyed digest, and where the kiosk will stand."""

    digest = fields.CharField(64, primary_key=True)
    site = fields.CharField(80)
    address = fields.CharField(160)
    region = fields.CharField(6)
    created_by = fields.UUIDField()
    created_at = fields.DatetimeField(auto_now_add=True)
    expires_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)

    class Meta:
        table = "kiosk_code"
