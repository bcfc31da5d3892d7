from uuid import uuid4

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("identity", "0002_identity_in_depth")]

    initial = False

    operations = [
        ops.CreateModel(
            name="AgreedText",
            fields=[
                (
                    "digest",
                    fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64),
                ),
                ("words", fields.TextField(unique=False)),
            ],
            options={
                "table": "agreed_text",
                "app": "identity",
                "pk_attr": "digest",
                "table_description": "The words residents were shown before a grant, by their SHA-256 (``Grant.text_hash``).",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="AuthorizationCode",
            fields=[
                (
                    "digest",
                    fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64),
                ),
                ("client", fields.CharField(max_length=64)),
                ("resident_id", fields.UUIDField(db_index=True)),
                ("grant_id", fields.UUIDField(db_index=True)),
                ("parent_id", fields.UUIDField()),
                ("redirect_uri", fields.TextField(unique=False)),
                ("challenge", fields.CharField(max_length=43)),
                ("key", fields.CharField(default="", max_length=43)),
                ("nonce", fields.TextField(default="", unique=False)),
                ("scope", fields.TextField(unique=False)),
                ("resource", fields.TextField(default="", unique=False)),
                ("acr", fields.CharField(max_length=1)),
                ("amr", fields.CharField(max_length=64)),
                ("auth_time", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("max_age_asked", fields.BooleanField(default=False)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
                (
                    "expires_at",
                    fields.DatetimeField(db_index=True, auto_now=False, auto_now_add=False),
                ),
                ("used_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("session_id", fields.UUIDField(null=True)),
            ],
            options={
                "table": "authorization_code",
                "app": "identity",
                "pk_attr": "digest",
                "table_description": "A code (RFC 6749 §1.3.1) by SHA-256 of its 256 random bits, and what it was given for.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="EndedToken",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True),
                ),
                ("client", fields.CharField(max_length=64)),
                (
                    "expires_at",
                    fields.DatetimeField(db_index=True, auto_now=False, auto_now_add=False),
                ),
            ],
            options={
                "table": "ended_token",
                "app": "identity",
                "pk_attr": "id",
                "table_description": "A single access token that was revoked before its time (RFC 7009), by its ``jti``.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Grant",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True),
                ),
                ("resident_id", fields.UUIDField()),
                ("client", fields.CharField(max_length=64)),
                ("subject", fields.UUIDField()),
                ("asked", fields.TextField(unique=False)),
                ("scopes", fields.TextField(unique=False)),
                ("purpose", fields.CharField(max_length=64)),
                ("locale", fields.CharField(max_length=8)),
                ("channel", fields.CharField(max_length=16)),
                ("text_hash", fields.CharField(max_length=64)),
                ("given_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("expires_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                (
                    "last_used_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                ("ended_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("ended_why", fields.CharField(default="", max_length=32)),
            ],
            options={
                "table": "partner_grant",
                "app": "identity",
                "indexes": [Index(fields=["resident_id", "client"]), Index(fields=["client"])],
                "pk_attr": "id",
                "table_description": "What a resident lets a client see, and until when: one living grant a client and resident.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Invitation",
            fields=[
                (
                    "digest",
                    fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64),
                ),
                ("kind", fields.CharField(max_length=16)),
                ("environment", fields.CharField(max_length=16)),
                ("created_by", fields.UUIDField(null=True)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
                ("expires_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("used_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "invitation",
                "app": "identity",
                "pk_attr": "digest",
                "table_description": "An initial access token (RFC 7591 §3): SHA-256 of 256 random bits, good for one client.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Kiosk",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True),
                ),
                ("client", fields.CharField(unique=True, max_length=64)),
                ("site", fields.CharField(max_length=80)),
                ("address", fields.CharField(max_length=160)),
                ("region", fields.CharField(max_length=6)),
                ("enrolled_by", fields.UUIDField(null=True)),
                ("enrolled_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
                (
                    "last_seen_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                (
                    "suspended_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                ("suspended_why", fields.CharField(default="", max_length=32)),
            ],
            options={
                "table": "kiosk",
                "app": "identity",
                "pk_attr": "id",
                "table_description": "A terminal at a place: an OAuth client (``client``) bound to the key it was enrolled with.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="KioskCode",
            fields=[
                (
                    "digest",
                    fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64),
                ),
                ("site", fields.CharField(max_length=80)),
                ("address", fields.CharField(max_length=160)),
                ("region", fields.CharField(max_length=6)),
                ("created_by", fields.UUIDField()),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
                ("expires_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("used_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "kiosk_code",
                "app": "identity",
                "pk_attr": "digest",
                "table_description": "An operator's one-time enrolment code: a keyed digest, and where the kiosk will stand.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="PairwiseSubject",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True),
                ),
                ("sector", fields.CharField(max_length=255)),
                ("resident_id", fields.UUIDField(db_index=True)),
            ],
            options={
                "table": "pairwise_subject",
                "app": "identity",
                "unique_together": (("sector", "resident_id"),),
                "pk_attr": "id",
                "table_description": "What a resident is called in one sector (OpenID Connect Core §8.1): ``id``, a random name",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Partner",
            fields=[
                (
                    "id",
                    fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64),
                ),
                ("kind", fields.CharField(max_length=16)),
                ("environment", fields.CharField(max_length=16)),
                ("state", fields.CharField(max_length=16)),
                ("metadata", fields.TextField(unique=False)),
                ("proposed", fields.TextField(null=True, unique=False)),
                ("sector", fields.CharField(max_length=255)),
                ("responsible_sealed", fields.BinaryField(null=True)),
                ("registration_token", fields.CharField(default="", max_length=64)),
                ("rate", fields.IntField()),
                ("quota", fields.IntField()),
                ("tokens_from", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("faults", fields.TextField(default="{}", unique=False)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
                ("changed_at", fields.DatetimeField(auto_now=True, auto_now_add=False)),
                ("decided_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("decided_by", fields.UUIDField(null=True)),
                (
                    "suspended_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                ("suspended_why", fields.CharField(default="", max_length=32)),
            ],
            options={
                "table": "partner",
                "app": "identity",
                "pk_attr": "id",
                "table_description": "A client of the OAuth provider: a partner's app, a department or a kiosk.",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="Session",
            name="grant_id",
            field=fields.UUIDField(null=True, db_index=True),
        ),
        ops.AddField(
            model_name="Session",
            name="resource",
            field=fields.TextField(default="", db_default="", unique=False),
        ),
        ops.AddField(
            model_name="Session",
            name="scope",
            field=fields.TextField(default="", db_default="", unique=False),
        ),
        ops.AddIndex(
            model_name="Session",
            index=Index(fields=["client", "ended_at"]),
        ),
    ]
