"""What residents think and say of services: ratings, tickets, wrong fields."""

from tortoise import fields
from tortoise.models import Model


class Rating(Model):
    """好差评 (GB/T 39735): one for a finished application. ``grade`` 5 very satisfied … 1 very
    dissatisfied; ``active``: given by the resident, False where the time to rate ran out.
    """

    id = fields.UUIDField(primary_key=True)
    application_id = fields.UUIDField(unique=True)
    resident_id = fields.UUIDField(db_index=True)
    service = fields.CharField(64)
    department = fields.CharField(40)
    region = fields.CharField(6, default="")
    grade = fields.SmallIntField()
    active = fields.BooleanField()
    tags = fields.CharField(200, default="")
    words_sealed = fields.BinaryField(null=True)
    created_at = fields.DatetimeField()

    class Meta:
        table = "rating"
        indexes = (("service", "grade"), ("department", "grade"))


class Ticket(Model):
    """A bad rating, a complaint, or a wrong field reported to its owner. Words are sealed.

    ``due_on``: the last working day in time; ``call_back``: whether the resident was reached.
    ``number`` is said on the telephone.
    """

    id = fields.UUIDField(primary_key=True)
    number = fields.CharField(20, unique=True)
    kind = fields.CharField(16)
    resident_id = fields.UUIDField(db_index=True)
    application_id = fields.UUIDField(null=True, db_index=True)
    service = fields.CharField(64)
    field = fields.CharField(64, default="")
    department = fields.CharField(40)
    region = fields.CharField(6, default="")
    state = fields.CharField(16)
    version = fields.IntField(default=0)
    words_sealed = fields.BinaryField(null=True)
    staff_id = fields.UUIDField(null=True, db_index=True)
    call_back = fields.CharField(16, default="")
    called_at = fields.DatetimeField(null=True)
    answer = fields.CharField(64, default="")
    answer_sealed = fields.BinaryField(null=True)
    due_on = fields.DateField()
    warned_at = fields.DatetimeField(null=True)
    escalated_at = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField(auto_now_add=True)
    answered_at = fields.DatetimeField(null=True)
    closed_at = fields.DatetimeField(null=True)

    class Meta:
        table = "ticket"
        indexes = (("state", "department"),)
