from uuid import uuid4

from tortoise import fields, migrations
from tortoise.contrib.postgres.indexes import BrinIndex
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("identity", "0001_initial")]

    initial = False

    operations = [
        ops.CreateModel(
            name="BoundDevice",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True),
                ),
                ("resident_id", fields.UUIDField(db_index=True)),
                ("kind", fields.CharField(max_length=8)),
                ("mark", fields.CharField(db_index=True, max_length=64)),
                ("openid_sealed", fields.BinaryField(null=True)),
                ("device", fields.CharField(max_length=64)),
                ("device_name", fields.CharField(max_length=80)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
                ("last_used_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("ended_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "bound_device",
                "app": "identity",
                "pk_attr": "id",
                "table_description": "What lets a resident return without a new proof, at level 3 at most.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Contact",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True),
                ),
                ("resident_id", fields.UUIDField(db_index=True)),
                ("phone_sealed", fields.BinaryField()),
                ("verified_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "contact",
                "app": "identity",
                "pk_attr": "id",
                "table_description": "A telephone number that a resident proved to hold; notices go there.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Correction",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True),
                ),
                ("resident_id", fields.UUIDField(db_index=True)),
                ("field", fields.CharField(max_length=64)),
                ("wanted_sealed", fields.BinaryField()),
                ("state", fields.CharField(max_length=16)),
                ("answer", fields.CharField(default="", max_length=64)),
                ("decided_by", fields.UUIDField(null=True)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
                ("decided_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "correction",
                "app": "identity",
                "pk_attr": "id",
                "table_description": "A resident says that something held about them is wrong. The words are sealed.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="FreezeCode",
            fields=[
                (
                    "digest",
                    fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64),
                ),
                ("resident_id", fields.UUIDField(db_index=True)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={
                "table": "freeze_code",
                "app": "identity",
                "pk_attr": "digest",
                "table_description": "What a resident keeps on paper to freeze their identity with, without signing in.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Guardianship",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True),
                ),
                ("guardian_id", fields.UUIDField(db_index=True)),
                ("ward_id", fields.UUIDField(null=True, db_index=True)),
                ("ward", fields.CharField(db_index=True, max_length=64)),
                ("ward_name_sealed", fields.BinaryField()),
                ("code", fields.CharField(default="", max_length=64)),
                ("code_until", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("ends_on", fields.DateField()),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
                ("ended_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("ended_why", fields.CharField(default="", max_length=32)),
            ],
            options={
                "table": "guardianship",
                "app": "identity",
                "pk_attr": "id",
                "table_description": "``ends_on`` is the ward's eighteenth birthday. ``code``: keyed digest of what the guardian",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Mandate",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True),
                ),
                ("principal_id", fields.UUIDField(db_index=True)),
                ("agent", fields.CharField(db_index=True, max_length=64)),
                ("agent_id", fields.UUIDField(null=True, db_index=True)),
                ("agent_name_sealed", fields.BinaryField()),
                ("services", fields.TextField(unique=False)),
                ("starts_on", fields.DateField()),
                ("ends_on", fields.DateField()),
                ("state", fields.CharField(max_length=16)),
                ("offered_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
                (
                    "accepted_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                ("ended_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "mandate",
                "app": "identity",
                "pk_attr": "id",
                "table_description": "A principal lets an agent use named services, from a day to a day.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Notice",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True),
                ),
                ("resident_id", fields.UUIDField(db_index=True)),
                ("kind", fields.CharField(max_length=32)),
                ("facts", fields.TextField(default="{}", unique=False)),
                ("session_id", fields.UUIDField(null=True)),
                ("not_me", fields.CharField(null=True, unique=True, max_length=64)),
                ("phone_sealed", fields.BinaryField(null=True)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
                ("sent_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("sent_by", fields.CharField(default="", max_length=16)),
                ("read_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "notice",
                "app": "identity",
                "pk_attr": "id",
                "table_description": "Something a resident was told: ``kind`` names the text, ``facts`` holds codes and times.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="OutsideIdentity",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True),
                ),
                ("resident_id", fields.UUIDField(db_index=True)),
                ("issuer", fields.CharField(max_length=32)),
                ("subject", fields.CharField(max_length=64)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={
                "table": "outside_identity",
                "app": "identity",
                "unique_together": (("issuer", "subject"),),
                "pk_attr": "id",
                "table_description": "A resident's name at an outside identity provider: a keyed digest of its ``sub``.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Passkey",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True),
                ),
                ("resident_id", fields.UUIDField(db_index=True)),
                ("credential", fields.CharField(unique=True, max_length=1400)),
                ("public_key", fields.BinaryField()),
                ("sign_count", fields.BigIntField()),
                ("transports", fields.CharField(default="", max_length=80)),
                ("name", fields.CharField(max_length=80)),
                ("bound_at_level", fields.SmallIntField()),
                ("usable_from", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
                (
                    "last_used_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                ("ended_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "passkey",
                "app": "identity",
                "pk_attr": "id",
                "table_description": "A WebAuthn credential (public half). ``credential``: base64url of its id.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="RecordChange",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True),
                ),
                ("kind", fields.CharField(max_length=16)),
                ("reason", fields.CharField(max_length=32)),
                ("state", fields.CharField(max_length=16)),
                ("papers_sealed", fields.BinaryField(null=True)),
                ("region", fields.CharField(default="", max_length=6)),
                ("proposed_by", fields.UUIDField(db_index=True)),
                ("decided_by", fields.UUIDField(null=True)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
                ("decided_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                (
                    "expires_at",
                    fields.DatetimeField(db_index=True, auto_now=False, auto_now_add=False),
                ),
            ],
            options={
                "table": "record_change",
                "app": "identity",
                "pk_attr": "id",
                "table_description": "One member of staff asks that a record is merged, split or renamed; a second one decides.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Resealing",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True),
                ),
                ("ring", fields.CharField(max_length=8)),
                ("version", fields.SmallIntField()),
                ("place", fields.CharField(max_length=64)),
                ("reached", fields.CharField(default="", max_length=64)),
                ("done", fields.BigIntField(default=0)),
                ("total", fields.BigIntField(default=0)),
                ("started_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
                (
                    "finished_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
            ],
            options={
                "table": "resealing",
                "app": "identity",
                "unique_together": (("ring", "version", "place"),),
                "pk_attr": "id",
                "table_description": "How far a rotation has come in one column: resumed from ``reached`` after a kill.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="StaffAccount",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True),
                ),
                ("login", fields.CharField(unique=True, max_length=64)),
                ("name_sealed", fields.BinaryField()),
                ("password", fields.CharField(max_length=200)),
                ("totp_sealed", fields.BinaryField(null=True)),
                ("totp_used", fields.BigIntField(default=0)),
                ("roles", fields.CharField(max_length=120)),
                ("region", fields.CharField(default="", max_length=6)),
                ("document", fields.CharField(default="", db_index=True, max_length=64)),
                (
                    "password_until",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                ("created_by", fields.UUIDField(null=True)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
                (
                    "disabled_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
            ],
            options={
                "table": "staff_account",
                "app": "identity",
                "pk_attr": "id",
                "table_description": "Somebody who works at a counter. ``document``: keyed digest of their own document, made as",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="StaffSession",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True),
                ),
                ("staff_id", fields.UUIDField(db_index=True)),
                ("digest", fields.CharField(unique=True, max_length=64)),
                ("network", fields.CharField(default="", max_length=64)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
                ("last_used_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("expires_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("ended_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "staff_session",
                "app": "identity",
                "pk_attr": "id",
                "table_description": "A signed-in member of staff; ``digest`` is SHA-256 of the cookie's 256 random bits.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="VaultKey",
            fields=[
                (
                    "id",
                    fields.IntField(generated=True, primary_key=True, unique=True, db_index=True),
                ),
                ("ring", fields.CharField(max_length=8)),
                ("version", fields.SmallIntField()),
                ("wrapped", fields.BinaryField()),
                ("active_from", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                (
                    "older_gone_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={
                "table": "vault_key",
                "app": "identity",
                "unique_together": (("ring", "version"),),
                "pk_attr": "id",
                "table_description": 'A data key of one ring ("seal" or "index"), wrapped by a key of the settings.',
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="WindowRequest",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True),
                ),
                ("code", fields.CharField(db_index=True, max_length=64)),
                ("secret", fields.CharField(max_length=64)),
                ("state", fields.CharField(max_length=16)),
                ("device", fields.CharField(max_length=64)),
                ("device_name", fields.CharField(max_length=80)),
                ("key", fields.CharField(default="", max_length=43)),
                ("locale", fields.CharField(max_length=8)),
                ("consent_version", fields.CharField(max_length=16)),
                ("kind", fields.CharField(default="", max_length=32)),
                ("country", fields.CharField(default="", max_length=2)),
                ("number_sealed", fields.BinaryField(null=True)),
                ("name_sealed", fields.BinaryField(null=True)),
                ("verdict", fields.CharField(default="", max_length=16)),
                ("lookups", fields.SmallIntField(default=0)),
                ("region", fields.CharField(default="", max_length=6)),
                ("checked_by", fields.UUIDField(null=True)),
                ("confirmed_by", fields.UUIDField(null=True)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
                (
                    "expires_at",
                    fields.DatetimeField(db_index=True, auto_now=False, auto_now_add=False),
                ),
            ],
            options={
                "table": "window_request",
                "app": "identity",
                "pk_attr": "id",
                "table_description": "A resident asks, from their device, to be verified at a window by two members of staff.",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="AuditEvent",
            name="other_id",
            field=fields.UUIDField(null=True),
        ),
        ops.AddIndex(
            model_name="AuditEvent",
            index=BrinIndex(fields=["at"]),
        ),
        ops.AddField(
            model_name="Consent",
            name="given_by",
            field=fields.UUIDField(null=True),
        ),
        ops.AlterModelOptions(
            name="Document",
            options={
                "table": "document",
                "app": "identity",
                "pk_attr": "id",
                "table_description": "One document of a resident; a resident has many. ``ended_at``: renewed, lost or moved on.",
            },
        ),
        ops.AddField(
            model_name="Document",
            name="ended_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="Document",
            name="ended_why",
            field=fields.CharField(default="", db_default="", max_length=32),
        ),
        ops.AddField(
            model_name="Document",
            name="level",
            field=fields.SmallIntField(default=4, db_default=4),
        ),
        ops.AddField(
            model_name="Document",
            name="valid_until",
            field=fields.DateField(null=True),
        ),
        ops.AddField(
            model_name="Resident",
            name="closed_why",
            field=fields.CharField(default="", db_default="", max_length=32),
        ),
        ops.AddField(
            model_name="Resident",
            name="erase_after",
            field=fields.DatetimeField(
                null=True, db_index=True, auto_now=False, auto_now_add=False
            ),
        ),
        ops.AddField(
            model_name="Resident",
            name="frozen_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="Resident",
            name="merged_into",
            field=fields.UUIDField(null=True, db_index=True),
        ),
        ops.AddField(
            model_name="Session",
            name="actor_id",
            field=fields.UUIDField(null=True),
        ),
        ops.AddField(
            model_name="Session",
            name="channel",
            field=fields.CharField(default="web", db_default="web", max_length=16),
        ),
        ops.AddField(
            model_name="Session",
            name="key",
            field=fields.CharField(default="", db_default="", max_length=43),
        ),
        ops.AddField(
            model_name="Session",
            name="mandate_id",
            field=fields.UUIDField(null=True, db_index=True),
        ),
        ops.AddField(
            model_name="Session",
            name="parent_id",
            field=fields.UUIDField(null=True, db_index=True),
        ),
        ops.AddField(
            model_name="Session",
            name="place",
            field=fields.CharField(default="", db_default="", max_length=80),
        ),
        ops.AddField(
            model_name="Session",
            name="sensitive_from",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="Try",
            name="kind",
            field=fields.CharField(default="", db_default="", max_length=8),
        ),
    ]
