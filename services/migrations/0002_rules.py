"""Rules that a model cannot say, one line each."""

from tortoise import migrations
from tortoise.migrations import operations as ops

RULES = (
    # one edit of an item in force, and one draft waiting
    "UNIQUE INDEX item_edit_published ON item_edit (item) WHERE state = 'published'",
    "UNIQUE INDEX item_edit_draft ON item_edit (item) WHERE state = 'draft'",
)


class Migration(migrations.Migration):
    dependencies = [("services", "0001_initial")]

    initial = False

    operations = [ops.RunSQL(f"CREATE {rule}") for rule in RULES]
