"""What became of a report of one-key move-car, and in which words its owner was told."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("services", "0005_visits_and_looks")]

    initial = False

    operations = [
        ops.AddField(
            model_name="CarRequest",
            name="outcome",
            field=fields.CharField(default="", db_default="", max_length=12),
        ),
        ops.AddField(
            model_name="CarRequest",
            name="settled_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="CarRequest",
            name="settled_by",
            field=fields.CharField(default="", db_default="", max_length=40),
        ),
        ops.AddField(
            model_name="CarRequest",
            name="told_sealed",
            field=fields.BinaryField(null=True),
        ),
        ops.RunSQL(
            "CREATE INDEX car_request_report_open ON car_request (reported_at, id)"
            " WHERE reported_at IS NOT NULL AND settled_at IS NULL",
            "DROP INDEX car_request_report_open",
        ),
    ]
