"""Appointments: who comes where and when, and who waits for a day that is full.

A seat is an office, a time and a number from one up; of a seat one booking lives at a time, and of
a service a resident has one (partial unique indexes of migration ``0004_launch_rules``).
"""

from tortoise import fields
from tortoise.models import Model


class Booking(Model):
    """One appointment. ``number`` is said at the office; ``day``: of ``starts_at``, in China.

    ``until``: when an offer or a hold is over. ``code``: digest of what the first of two hands to
    the second, while it is held. ``waited_id``: whose place in a line it was offered to.
    """

    id = fields.UUIDField(primary_key=True)
    number = fields.CharField(20, unique=True)
    service = fields.CharField(60)
    office = fields.CharField(9)
    day = fields.DateField()
    starts_at = fields.DatetimeField()
    ends_at = fields.DatetimeField()
    seat = fields.SmallIntField()
    state = fields.CharField(12)
    until = fields.DatetimeField(null=True)
    code = fields.CharField(64, default="", db_index=True)
    waited_id = fields.BigIntField(null=True)
    changes = fields.SmallIntField(default=0)
    version = fields.IntField(default=0)
    reminded_at = fields.DatetimeField(null=True)
    staff_id = fields.UUIDField(null=True)
    created_at = fields.DatetimeField()
    changed_at = fields.DatetimeField()

    class Meta:
        table = "booking"
        indexes = (("service", "office", "day"), ("state", "until"), ("state", "ends_at"))


class BookingParty(Model):
    """Who comes. ``place``: 1 who booked, 2 who confirmed. ``statements``: codes of what they
    stated, space separated. ``living``: it counts against one at a time.
    """

    id = fields.UUIDField(primary_key=True)
    booking_id = fields.UUIDField()
    service = fields.CharField(60)
    resident_id = fields.UUIDField(db_index=True)
    place = fields.SmallIntField()
    statements = fields.CharField(200, default="")
    living = fields.BooleanField()
    confirmed_at = fields.DatetimeField()

    class Meta:
        table = "booking_party"
        unique_together = (("booking_id", "place"), ("booking_id", "resident_id"))


class BookingWait(Model):
    """A place in the line for a day at an office. ``id`` grows in the order of arrival: who comes
    joins under the day's lock. ``statements``: as they were made on joining.
    """

    id = fields.BigIntField(primary_key=True, generated=True)
    service = fields.CharField(60)
    office = fields.CharField(9)
    day = fields.DateField()
    resident_id = fields.UUIDField(db_index=True)
    statements = fields.CharField(200, default="")
    state = fields.CharField(12)
    joined_at = fields.DatetimeField()
    changed_at = fields.DatetimeField()

    class Meta:
        table = "booking_wait"
        indexes = (("service", "office", "day", "state"),)
