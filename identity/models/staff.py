"""Members of staff, and what residents ask of them at a window."""

from tortoise import fields
from tortoise.models import Model


class StaffAccount(Model):
    """Somebody who works at a counter. ``document``: keyed digest of their own document, made as
    ``DocumentIndex`` makes it, so that nobody serves themselves. ``roles``: codes, space
    separated; ``region``: GB/T 2260 prefix, empty for all of them; ``departments``: ids, space
    separated, empty for none. ``password_until``: the
    password is a one-time one, good for enrolment only, until then.
    """

    id = fields.UUIDField(primary_key=True)
    login = fields.CharField(64, unique=True)
    name_sealed = fields.BinaryField()
    password = fields.CharField(200)
    totp_sealed = fields.BinaryField(null=True)
    totp_used = fields.BigIntField(default=0)
    roles = fields.CharField(120)
    region = fields.CharField(6, default="")
    departments = fields.CharField(400, default="", db_default="")
    document = fields.CharField(64, default="", db_index=True)
    password_until = fields.DatetimeField(null=True)
    created_by = fields.UUIDField(null=True)
    created_at = fields.DatetimeField(auto_now_add=True)
    disabled_at = fields.DatetimeField(null=True)

    class Meta:
        table = "staff_account"


class StaffSession(Model):
    """A signed-in member of staff; ``digest`` is SHA-256 of the cookie's 256 random bits.

    ``network``: keyed digest of where from, so that a stranger's failures elsewhere do not make
    this one wait.
    """

    id = fields.UUIDField(primary_key=True)
    staff_id = fields.UUIDField(db_index=True)
    digest = fields.CharField(64, unique=True)
    network = fields.CharField(64, default="")
    created_at = fields.DatetimeField(auto_now_add=True)
    last_used_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "staff_session"


class WindowRequest(Model):
    """A resident asks, from their device, to be verified at a window by two members of staff.

    ``code`` and ``secret`` are keyed digests: the code is spoken at the window, the secret stays
    on the device and fetches the tokens. Name and number are sealed, and emptied at the end.
    """

    id = fields.UUIDField(primary_key=True)
    code = fields.CharField(64, db_index=True)
    secret = fields.CharField(64)
    state = fields.CharField(16)
    device = fields.CharField(64)
    device_name = fields.CharField(80)
    key = fields.CharField(43, default="")
    locale = fields.CharField(8)
    consent_version = fields.CharField(16)
    kind = fields.CharField(32, default="")
    country = fields.CharField(2, default="")
    number_sealed = fields.BinaryField(null=True)
    name_sealed = fields.BinaryField(null=True)
    verdict = fields.CharField(16, default="")
    lookups = fields.SmallIntField(default=0)
    region = fields.CharField(6, default="")
    checked_by = fields.UUIDField(null=True)
    confirmed_by = fields.UUIDField(null=True)
    created_at = fields.DatetimeField(auto_now_add=True)
    expires_at = fields.DatetimeField(db_index=True)

    class Meta:
        table = "window_request"


class RecordChange(Model):
    """One member of staff asks that a record is merged, split or renamed; a second one decides.

    ``papers_sealed``: numbers of the documents named, and for a renaming the name on the paper; it
    leads to nobody without being opened, and is emptied at the end. ``region``: of who proposed.
    """

    id = fields.UUIDField(primary_key=True)
    kind = fields.CharField(16)
    reason = fields.CharField(32)
    state = fields.CharField(16)
    papers_sealed = fields.BinaryField(null=True)
    region = fields.CharField(6, default="")
    proposed_by = fields.UUIDField(db_index=True)
    decided_by = fields.UUIDField(null=True)
    created_at = fields.DatetimeField(auto_now_add=True)
    decided_at = fields.DatetimeField(null=True)
    expires_at = fields.DatetimeField(db_index=True)

    class Meta:
        table = "record_change"
