from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("identity", "0003_partners")]

    initial = False

    operations = [
        ops.AddField(
            model_name="Notice",
            name="check",
            field=fields.CharField(null=True, unique=True, max_length=64),
        ),
        ops.AddField(
            model_name="Notice",
            name="subject",
            field=fields.CharField(default="", db_default="", max_length=40),
        ),
        ops.AddField(
            model_name="StaffAccount",
            name="departments",
            field=fields.CharField(default="", db_default="", max_length=400),
        ),
    ]
