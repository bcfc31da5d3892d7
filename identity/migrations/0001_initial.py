from uuid import uuid4

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name="AuditEvent",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("event", fields.CharField(max_length=64)),
                ("resident_id", fields.UUIDField(null=True)),
                ("actor_kind", fields.CharField(max_length=16)),
                ("actor", fields.CharField(max_length=64)),
                ("client", fields.CharField(max_length=64)),
                ("session_id", fields.UUIDField(null=True)),
                ("purpose", fields.CharField(max_length=64)),
                ("service", fields.CharField(max_length=64)),
                ("outcome", fields.CharField(max_length=64)),
            ],
            options={
                "table": "audit_event",
                "app": "identity",
                "indexes": [Index(fields=["resident_id", "id"])],
                "pk_attr": "id",
                "table_description": "Who did what to whose data, and why. UUIDs and codes only, no personal values.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Consent",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True),
                ),
                ("resident_id", fields.UUIDField(db_index=True)),
                ("purpose", fields.CharField(max_length=64)),
                ("version", fields.CharField(max_length=16)),
                ("text_hash", fields.CharField(max_length=64)),
                ("locale", fields.CharField(max_length=8)),
                ("channel", fields.CharField(max_length=16)),
                ("given_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                (
                    "withdrawn_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
            ],
            options={
                "table": "consent",
                "app": "identity",
                "pk_attr": "id",
                "table_description": "What a resident agreed to: the purpose, the text's version and hash, when and where.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Document",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True),
                ),
                ("resident_id", fields.UUIDField(db_index=True)),
                ("kind", fields.CharField(max_length=32)),
                ("country", fields.CharField(max_length=2)),
                ("number_sealed", fields.BinaryField()),
                ("name_sealed", fields.BinaryField()),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={
                "table": "document",
                "app": "identity",
                "pk_attr": "id",
                "table_description": "One document of a resident; a resident has many.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="DocumentIndex",
            fields=[
                (
                    "digest",
                    fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64),
                ),
                ("key_version", fields.SmallIntField()),
                ("document_id", fields.UUIDField(db_index=True)),
            ],
            options={
                "table": "document_index",
                "app": "identity",
                "pk_attr": "digest",
                "table_description": "HMAC of kind, country and number, 64 hex characters; one row a key version.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="RefreshToken",
            fields=[
                (
                    "digest",
                    fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64),
                ),
                ("session_id", fields.UUIDField(db_index=True)),
                ("proof", fields.CharField(default="", max_length=64)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
                ("used_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("successor_sealed", fields.BinaryField(null=True)),
            ],
            options={
                "table": "refresh_token",
                "app": "identity",
                "pk_attr": "digest",
                "table_description": "Stored hashed (SHA-256 of 256 random bits). The successor is sealed for ten seconds.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Resident",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True),
                ),
                ("proofed", fields.SmallIntField()),
                ("proofed_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("proofed_until", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
                ("closed_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "resident",
                "app": "identity",
                "pk_attr": "id",
                "table_description": "``proofed`` is the assurance level (1–5) that holds until ``proofed_until``.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Session",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True),
                ),
                ("resident_id", fields.UUIDField()),
                ("client", fields.CharField(max_length=64)),
                ("device", fields.CharField(max_length=64)),
                ("device_name", fields.CharField(max_length=80)),
                ("acr", fields.CharField(max_length=1)),
                ("amr", fields.CharField(max_length=64)),
                ("auth_time", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
                ("last_used_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("expires_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("ended_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("ended_why", fields.CharField(default="", max_length=32)),
            ],
            options={
                "table": "session",
                "app": "identity",
                "indexes": [Index(fields=["resident_id", "device"]), Index(fields=["ended_at"])],
                "pk_attr": "id",
                "table_description": "A signed-in device. ``device`` is a keyed digest of the device's own id.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="SigningKey",
            fields=[
                (
                    "kid",
                    fields.CharField(primary_key=True, unique=True, db_index=True, max_length=43),
                ),
                ("private_sealed", fields.BinaryField()),
                ("public_pem", fields.TextField(unique=False)),
                ("active_from", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={
                "table": "signing_key",
                "app": "identity",
                "pk_attr": "kid",
                "table_description": "An ES256 key pair; it signs from ``active_from`` until a younger key does.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Try",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True),
                ),
                ("subject", fields.CharField(max_length=64)),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("spent", fields.BooleanField(default=False)),
            ],
            options={
                "table": "try",
                "app": "identity",
                "indexes": [Index(fields=["subject", "at"])],
                "pk_attr": "id",
                "table_description": "A try at somebody's identity: reserved, then spent by a judged mismatch or deleted.",
            },
            bases=["Model"],
        ),
    ]
