"""How offices do their work, counted by month: nobody stands here."""

from tortoise import fields
from tortoise.models import Model


class Figure(Model):
    """One item in one region in one month (its first day, in China).

    ``submitted`` counts by the day of submission; ``approved``, ``refused``, ``in_time`` and
    ``days`` by the day of the decision; ``withdrawn`` by its own. ``days``: JSON, working days to
    the decision without pauses → how many. ``grades``: JSON, active grades 1–5 → how many;
    ``unanswered``: ratings that nobody gave.
    """

    service = fields.CharField(64)
    department = fields.CharField(40)
    region = fields.CharField(6, default="")
    month = fields.DateField()
    submitted = fields.IntField(default=0)
    approved = fields.IntField(default=0)
    refused = fields.IntField(default=0)
    withdrawn = fields.IntField(default=0)
    in_time = fields.IntField(default=0)
    days = fields.TextField(default="{}")
    grades = fields.TextField(default="{}")
    unanswered = fields.IntField(default=0)

    class Meta:
        table = "figure"
        unique_together = (("month", "service", "region"),)
