"""What residents agreed to, asked for and were told."""

from tortoise import fields
from tortoise.models import Model


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
    given_by = fields.UUIDField(null=True)  # a guardian, for somebody under fourteen
    withdrawn_at = fields.DatetimeField(null=True)

    class Meta:
        table = "consent"


class Correction(Model):
    """A resident says that something held about them is wrong. The words are sealed."""

    id = fields.UUIDField(primary_key=True)
    resident_id = fields.UUIDField(db_index=True)
    field = fields.CharField(64)
    wanted_sealed = fields.BinaryField()
    state = fields.CharField(16)
    answer = fields.CharField(64, default="")
    decided_by = fields.UUIDField(null=True)
    created_at = fields.DatetimeField(auto_now_add=True)
    decided_at = fields.DatetimeField(null=True)

    class Meta:
        table = "correction"


class Guardianship(Model):
    """``ends_on`` is the ward's eighteenth birthday. ``code``: keyed digest of what the guardian
    gives the child to begin a verification with.
    """

    id = fields.UUIDField(primary_key=True)
    guardian_id = fields.UUIDField(db_index=True)
    ward_id = fields.UUIDField(null=True, db_index=True)
    ward = fields.CharField(64, db_index=True)
    ward_name_sealed = fields.BinaryField()
    code = fields.CharField(64, default="")
    code_until = fields.DatetimeField(null=True)
    ends_on = fields.DateField()
    created_at = fields.DatetimeField(auto_now_add=True)
    ended_at = fields.DatetimeField(null=True)
    ended_why = fields.CharField(32, default="")

    class Meta:
        table = "guardianship"


class Mandate(Model):
    """A principal lets an agent use named services, from a day to a day.

    ``agent``: keyed digest of the agent's document; ``agent_id`` once they accepted.
    """

    id = fields.UUIDField(primary_key=True)
    principal_id = fields.UUIDField(db_index=True)
    agent = fields.CharField(64, db_index=True)
    agent_id = fields.UUIDField(null=True, db_index=True)
    agent_name_sealed = fields.BinaryField()
    services = fields.TextField()
    starts_on = fields.DateField()
    ends_on = fields.DateField()
    state = fields.CharField(16)
    offered_at = fields.DatetimeField(auto_now_add=True)
    accepted_at = fields.DatetimeField(null=True)
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "mandate"


class Contact(Model):
    """A telephone number that a resident proved to hold; notices go there."""

    id = fields.UUIDField(primary_key=True)
    resident_id = fields.UUIDField(db_index=True)
    phone_sealed = fields.BinaryField()
    verified_at = fields.DatetimeField()

    class Meta:
        table = "contact"


class Notice(Model):
    """Something a resident was told: ``kind`` names the text, ``facts`` holds codes and times.

    ``not_me``: keyed digest of the one-time word by which "this was not me" needs no signing in.
    ``check``: keyed digest of the code by which anybody may ask whether a message came from here.
    ``subject``: what it is about, ``application:<number>`` or ``ticket:<number>``, for the inbox.
    ``phone_sealed``: the number it goes to where that is in force no longer; gone once it is sent.
    """

    id = fields.UUIDField(primary_key=True)
    resident_id = fields.UUIDField(db_index=True)
    kind = fields.CharField(32)
    facts = fields.TextField(default="{}")
    session_id = fields.UUIDField(null=True)
    not_me = fields.CharField(64, null=True, unique=True)
    check = fields.CharField(64, null=True, unique=True)
    subject = fields.CharField(40, default="", db_default="")
    phone_sealed = fields.BinaryField(null=True)
    created_at = fields.DatetimeField(auto_now_add=True)
    sent_at = fields.DatetimeField(null=True)
    sent_by = fields.CharField(16, default="")
    read_at = fields.DatetimeField(null=True)

    class Meta:
        table = "notice"


class FreezeCode(Model):
    """What a resident keeps on paper to freeze their identity with, without signing in."""

    digest = fields.CharField(64, primary_key=True)
    resident_id = fields.UUIDField(db_index=True)
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "freeze_code"
