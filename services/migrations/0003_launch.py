from tortoise import migrations
from tortoise.migrations import operations as ops
from uuid import uuid4
from tortoise import fields
from tortoise.indexes import Index


class Migration(migrations.Migration):
    dependencies = [("services", "0002_rules")]

    initial = False

    operations = [
        ops.CreateModel(
            name="Booking",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True),
                ),
                ("number", fields.CharField(unique=True, max_length=20)),
                ("service", fields.CharField(max_length=60)),
                ("office", fields.CharField(max_length=9)),
                ("day", fields.DateField()),
                ("starts_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("ends_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("seat", fields.SmallIntField()),
                ("state", fields.CharField(max_length=12)),
                ("until", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("code", fields.CharField(default="", db_index=True, max_length=64)),
                ("waited_id", fields.BigIntField(null=True)),
                ("changes", fields.SmallIntField(default=0)),
                ("version", fields.IntField(default=0)),
                (
                    "reminded_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                ("staff_id", fields.UUIDField(null=True)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("changed_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "booking",
                "app": "services",
                "indexes": [
                    Index(fields=["service", "office", "day"]),
                    Index(fields=["state", "until"]),
                    Index(fields=["state", "ends_at"]),
                ],
                "pk_attr": "id",
                "table_description": "One appointment. ``number`` is said at the office; ``day``: of ``starts_at``, in China.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="BookingParty",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True),
                ),
                ("booking_id", fields.UUIDField()),
                ("service", fields.CharField(max_length=60)),
                ("resident_id", fields.UUIDField(db_index=True)),
                ("place", fields.SmallIntField()),
                ("statements", fields.CharField(default="", max_length=200)),
                ("living", fields.BooleanField()),
                ("confirmed_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "booking_party",
                "app": "services",
                "unique_together": (("booking_id", "place"), ("booking_id", "resident_id")),
                "pk_attr": "id",
                "table_description": "Who comes. ``place``: 1 who booked, 2 who confirmed. ``statements``: codes of what they",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="BookingWait",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("service", fields.CharField(max_length=60)),
                ("office", fields.CharField(max_length=9)),
                ("day", fields.DateField()),
                ("resident_id", fields.UUIDField(db_index=True)),
                ("statements", fields.CharField(default="", max_length=200)),
                ("state", fields.CharField(max_length=12)),
                ("joined_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("changed_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "booking_wait",
                "app": "services",
                "indexes": [Index(fields=["service", "office", "day", "state"])],
                "pk_attr": "id",
                "table_description": "A place in the line for a day at an office. ``id`` grows in the order of arrival: who comes",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="IssuerKey",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True),
                ),
                ("kid", fields.CharField(unique=True, max_length=64)),
                ("serial", fields.CharField(unique=True, max_length=48)),
                ("department", fields.CharField(default="", max_length=64)),
                ("use", fields.CharField(max_length=16)),
                ("private_sealed", fields.BinaryField()),
                ("certificate", fields.BinaryField()),
                ("issuer_kid", fields.CharField(default="", max_length=64)),
                ("active_from", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("not_after", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("ended_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "issuer_key",
                "app": "services",
                "indexes": [Index(fields=["department", "use", "active_from"])],
                "pk_attr": "id",
                "table_description": "A key pair with its certificate. ``department``: its id, empty for the house itself;",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="LedgerMovement",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("key", fields.CharField(unique=True, max_length=120)),
                ("kind", fields.CharField(max_length=32)),
                ("about", fields.CharField(db_index=True, max_length=64)),
                ("postings", fields.SmallIntField()),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "ledger_movement",
                "app": "services",
                "pk_attr": "id",
                "table_description": "One thing that happened to money. ``key`` names it, so that it is booked once; ``about``: the",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="LedgerPosting",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("movement_id", fields.BigIntField(db_index=True)),
                ("account", fields.CharField(db_index=True, max_length=80)),
                ("fen", fields.BigIntField()),
            ],
            options={
                "table": "ledger_posting",
                "app": "services",
                "pk_attr": "id",
                "table_description": "What a movement does to one account; those of a movement sum to nothing.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Payment",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True),
                ),
                ("number", fields.CharField(unique=True, max_length=24)),
                ("subject", fields.CharField(db_index=True, max_length=80)),
                ("resident_id", fields.UUIDField()),
                ("payee", fields.CharField(max_length=64)),
                ("service", fields.CharField(default="", max_length=64)),
                ("title", fields.TextField(unique=False)),
                ("fen", fields.BigIntField()),
                ("state", fields.CharField(max_length=16)),
                ("promised_fen", fields.BigIntField(default=0)),
                ("returned_fen", fields.BigIntField(default=0)),
                ("fault", fields.CharField(default="", max_length=40)),
                ("expires_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("changed_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("paid_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("asked_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "payment",
                "app": "services",
                "indexes": [
                    Index(fields=["resident_id", "created_at"]),
                    Index(fields=["state", "asked_at"]),
                ],
                "pk_attr": "id",
                "table_description": "What a resident is to pay, once. ``subject``: what for (``quote:BJ…``); of a subject one",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="PaymentBill",
            fields=[
                ("day", fields.DateField(primary_key=True, unique=True, db_index=True)),
                ("state", fields.CharField(max_length=16)),
                ("charged_there_fen", fields.BigIntField(default=0)),
                ("charged_here_fen", fields.BigIntField(default=0)),
                ("returned_there_fen", fields.BigIntField(default=0)),
                ("returned_here_fen", fields.BigIntField(default=0)),
                ("lines", fields.IntField(default=0)),
                ("checked_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "payment_bill",
                "app": "services",
                "pk_attr": "day",
                "table_description": "A day of the provider's books beside ours; ``day`` in China.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="PaymentCharge",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True),
                ),
                ("payment_id", fields.UUIDField(db_index=True)),
                ("transaction", fields.CharField(unique=True, max_length=64)),
                ("fen", fields.BigIntField()),
                ("counted", fields.BooleanField()),
                (
                    "charged_at",
                    fields.DatetimeField(db_index=True, auto_now=False, auto_now_add=False),
                ),
                ("seen_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "payment_charge",
                "app": "services",
                "pk_attr": "id",
                "table_description": "What the provider took from somebody, by its own ``transaction``. ``counted``: it is what",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="PaymentDifference",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True),
                ),
                ("day", fields.DateField(db_index=True)),
                ("kind", fields.CharField(max_length=32)),
                ("number", fields.CharField(max_length=40)),
                ("transaction", fields.CharField(max_length=64)),
                ("here_fen", fields.BigIntField(null=True)),
                ("there_fen", fields.BigIntField(null=True)),
                ("found_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("settled_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("settled_by", fields.CharField(default="", max_length=40)),
                ("how", fields.CharField(default="", max_length=32)),
            ],
            options={
                "table": "payment_difference",
                "app": "services",
                "unique_together": (("kind", "transaction"),),
                "pk_attr": "id",
                "table_description": "Where the provider's books and ours say different things, until somebody has seen to it.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="PaymentEvent",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("payment_id", fields.UUIDField(db_index=True)),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("name", fields.CharField(max_length=32)),
                ("state", fields.CharField(max_length=16)),
                ("reason", fields.CharField(default="", max_length=40)),
            ],
            options={
                "table": "payment_event",
                "app": "services",
                "pk_attr": "id",
                "table_description": "What happened to a payment, and when. Never changed.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="PaymentRefund",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True),
                ),
                ("number", fields.CharField(unique=True, max_length=24)),
                ("payment_id", fields.UUIDField()),
                ("charge_id", fields.UUIDField()),
                ("key", fields.CharField(max_length=120)),
                ("fen", fields.BigIntField()),
                ("reason", fields.CharField(max_length=40)),
                ("surplus", fields.BooleanField(default=False)),
                ("state", fields.CharField(max_length=16)),
                ("transaction", fields.CharField(default="", max_length=64)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("asked_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                (
                    "done_at",
                    fields.DatetimeField(
                        null=True, db_index=True, auto_now=False, auto_now_add=False
                    ),
                ),
            ],
            options={
                "table": "payment_refund",
                "app": "services",
                "unique_together": (("payment_id", "key"),),
                "indexes": [Index(fields=["state", "created_at"])],
                "pk_attr": "id",
                "table_description": "What is to go back of a charge. ``key``: whoever asks twice with it asks for one refund.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Quote",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True),
                ),
                ("number", fields.CharField(unique=True, max_length=24)),
                ("resident_id", fields.UUIDField(db_index=True)),
                ("service", fields.CharField(max_length=64)),
                ("state", fields.CharField(max_length=16)),
                ("question_sealed", fields.BinaryField()),
                ("lines_sealed", fields.BinaryField()),
                ("receipt_sealed", fields.BinaryField(null=True)),
                ("fen", fields.BigIntField()),
                ("key", fields.UUIDField()),
                ("payment_number", fields.CharField(default="", max_length=24)),
                ("fault", fields.CharField(default="", max_length=40)),
                ("expires_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("changed_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "quote",
                "app": "services",
                "indexes": [Index(fields=["state", "changed_at"])],
                "pk_attr": "id",
                "table_description": "What a payable service asks, line by line, and what its office did once it was paid.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="TrustList",
            fields=[
                (
                    "keeper",
                    fields.CharField(primary_key=True, unique=True, db_index=True, max_length=200),
                ),
                ("number", fields.BigIntField()),
                ("signed", fields.TextField(unique=False)),
                ("read_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "trust_list",
                "app": "services",
                "pk_attr": "keeper",
                "table_description": "The newest list of recognised issuers, as its keeper signed it. ``number`` only grows.",
            },
            bases=["Model"],
        ),
    ]
