"""A visit is billed anew once its bill is over; a car's office is asked in turn."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("services", "0004_launch_rules")]

    initial = False

    operations = [
        ops.AddField(
            model_name="Car",
            name="asked_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AlterField(
            model_name="MedicalBill",
            name="visit",
            field=fields.CharField(max_length=64),
        ),
        # of a visit one bill lives (services.bills.states.OVER are those that do not)
        ops.RunSQL(
            "CREATE UNIQUE INDEX medical_bill_visit_living ON medical_bill (visit)"
            " WHERE state NOT IN ('failed', 'expired')",
            "DROP INDEX medical_bill_visit_living",
        ),
    ]
