"""Cars whose owners may be asked to move them, and who was asked when."""

from tortoise import fields
from tortoise.models import Model


class Car(Model):
    """A resident's car. ``plate``, ``frame`` and ``code`` are digests, ``*_sealed`` what the owner
    sees again; a living plate is there once (migration 0004). ``ended_why``: sold, taken-off.

    ``checked_at``: when the office last answered; ``asked_at``: when it was last to be asked, which
    lies ahead where it is closed.
    """

    id = fields.UUIDField(primary_key=True)
    number = fields.CharField(20, unique=True)
    resident_id = fields.UUIDField(db_index=True)
    state = fields.CharField(12)
    ended_why = fields.CharField(16, default="")
    plate = fields.CharField(64, db_index=True)
    plate_sealed = fields.BinaryField()
    frame = fields.CharField(64)
    code = fields.CharField(64, unique=True)
    code_sealed = fields.BinaryField()
    calls = fields.BooleanField(default=True)
    checked_at = fields.DatetimeField(db_index=True)
    asked_at = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "car"


class CarRequest(Model):
    """One asking to move a car. ``caller``: the digest of the network it came from; ``secret``: of
    what the stranger follows it by. ``report``: why the owner reported it, empty if not;
    ``outcome``: whether it stands (upheld, unfounded), empty until ``settled_by`` said so, in the
    words of ``told_sealed``.
    """

    id = fields.UUIDField(primary_key=True)
    car_id = fields.UUIDField(db_index=True)
    kind = fields.CharField(12)
    reason = fields.CharField(16)
    secret = fields.CharField(64, unique=True)
    caller = fields.CharField(64, db_index=True)
    answer = fields.CharField(16, default="")
    report = fields.CharField(16, default="")
    failed = fields.BooleanField(default=False)
    created_at = fields.DatetimeField(db_index=True)
    answered_at = fields.DatetimeField(null=True)
    reported_at = fields.DatetimeField(null=True)
    outcome = fields.CharField(12, default="", db_default="")
    told_sealed = fields.BinaryField(null=True)
    settled_by = fields.CharField(40, default="", db_default="")
    settled_at = fields.DatetimeField(null=True)

    class Meta:
        table = "car_request"
