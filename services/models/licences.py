"""Licences of residents, their places in status lists, and what was shown of them."""

from tortoise import fields
from tortoise.models import Model


class Licence(Model):
    """One version of a licence. ``content_sealed``: its number and facts as JSON. ``version`` is
    that of its number; another one follows when its facts change.

    ``state``: valid or suspended while it lives; expired, superseded, withdrawn, deceased or closed
    when it has ended. ``until_on``: its last day; ``checked_at``: when its department was last
    asked.
    """

    id = fields.UUIDField(primary_key=True)
    resident_id = fields.UUIDField(db_index=True)
    type = fields.CharField(40)
    department = fields.CharField(40)
    version = fields.SmallIntField()
    content_sealed = fields.BinaryField()
    state = fields.CharField(16)
    until_on = fields.DateField(null=True)
    status_id = fields.UUIDField(unique=True)
    issued_at = fields.DatetimeField()
    checked_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "licence"
        indexes = (("ended_at", "checked_at"), ("resident_id", "issued_at"))


class LicenceStatus(Model):
    """A place in a Token Status List. ``value``: 0 valid, 1 invalid, 2 suspended. It says of whom
    to nobody, and stays when the licence is erased: what was invalid stays so.
    """

    id = fields.UUIDField(primary_key=True)
    list = fields.CharField(48)
    place = fields.IntField()
    value = fields.SmallIntField(default=0)
    changed_at = fields.DatetimeField()

    class Meta:
        table = "licence_status"
        unique_together = (("list", "place"),)


class Presentation(Model):
    """What a resident showed, to be checked once. ``mark``: SHA-256 of its code in base64url;
    ``shown``: the names of the fields, space separated.
    """

    id = fields.UUIDField(primary_key=True)
    licence_id = fields.UUIDField()
    resident_id = fields.UUIDField(db_index=True)
    mark = fields.CharField(43, unique=True)
    shown = fields.CharField(400)
    made_at = fields.DatetimeField(db_index=True)
    good_until = fields.DatetimeField()
    checked_at = fields.DatetimeField(null=True)

    class Meta:
        table = "presentation"
