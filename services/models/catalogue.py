"""What staff change in the catalogue, and how it is used: nobody's name stands here."""

from tortoise import fields
from tortoise.models import Model


class ItemEdit(Model):
    """One version of an item's editable part, as JSON over what its file declares.

    ``state``: draft, published or superseded; one published a item at most (a partial index of the
    migration sees to it). ``version`` counts from 1 for each item.
    """

    id = fields.UUIDField(primary_key=True)
    item = fields.CharField(64)
    version = fields.IntField()
    state = fields.CharField(16)
    change = fields.TextField()
    note = fields.CharField(200, default="")
    made_by = fields.UUIDField()
    made_at = fields.DatetimeField()
    published_by = fields.UUIDField(null=True)
    published_at = fields.DatetimeField(null=True)

    class Meta:
        table = "item_edit"
        unique_together = (("item", "version"),)


class ItemUse(Model):
    """How often an item was opened, answered or applied for on a day."""

    item = fields.CharField(64)
    day = fields.DateField()
    count = fields.IntField()

    class Meta:
        table = "item_use"
        unique_together = (("item", "day"),)


class SearchMiss(Model):
    """Words that found nothing on a day, and how often. Nothing with four digits is kept."""

    words = fields.CharField(64)
    day = fields.DateField()
    count = fields.IntField()

    class Meta:
        table = "search_miss"
        unique_together = (("words", "day"),)


class Progress(Model):
    """How far a long job is: ``name`` of the job, ``done`` of ``total``."""

    id = fields.UUIDField(primary_key=True)
    name = fields.CharField(64, db_index=True)
    done = fields.IntField(default=0)
    total = fields.IntField(default=0)
    asked_by = fields.UUIDField(null=True)
    fault = fields.CharField(64, default="")
    began_at = fields.DatetimeField()
    changed_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "progress"
