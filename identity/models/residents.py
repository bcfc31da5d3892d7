"""Residents and the documents they are found by."""

from tortoise import fields
from tortoise.models import Model


class Resident(Model):
    """``proofed`` is the assurance level (1–5) that holds until ``proofed_until``.

    ``frozen_at``: no session opens without a proof at level 4 that lifts it. ``erase_after``:
    when an erasure that was asked for is carried out. ``merged_into``: the resident that this one
    turned out to be; what was recorded of both is theirs to read.
    """

    id = fields.UUIDField(primary_key=True)
    proofed = fields.SmallIntField()
    proofed_at = fields.DatetimeField()
    proofed_until = fields.DatetimeField()
    created_at = fields.DatetimeField(auto_now_add=True)
    frozen_at = fields.DatetimeField(null=True)
    erase_after = fields.DatetimeField(null=True, db_index=True)
    closed_at = fields.DatetimeField(null=True)
    closed_why = fields.CharField(32, default="", db_default="")
    merged_into = fields.UUIDField(null=True, db_index=True)

    class Meta:
        table = "resident"


class Document(Model):
    """One document of a resident; a resident has many. ``ended_at``: renewed, lost or moved on."""

    id = fields.UUIDField(primary_key=True)
    resident_id = fields.UUIDField(db_index=True)
    kind = fields.CharField(32)
    country = fields.CharField(2)
    number_sealed = fields.BinaryField()
    name_sealed = fields.BinaryField()
    level = fields.SmallIntField(default=4, db_default=4)
    created_at = fields.DatetimeField(auto_now_add=True)
    valid_until = fields.DateField(null=True)
    ended_at = fields.DatetimeField(null=True)
    ended_why = fields.CharField(32, default="", db_default="")

    class Meta:
        table = "document"


class DocumentIndex(Model):
    """HMAC of kind, country and number, 64 hex characters; one row a key version."""

    digest = fields.CharField(64, primary_key=True)
    key_version = fields.SmallIntField()
    document_id = fields.UUIDField(db_index=True)

    class Meta:
        table = "document_index"


class OutsideIdentity(Model):
    """A resident's name at an outside identity provider: a keyed digest of its ``sub``."""

    id = fields.UUIDField(primary_key=True)
    resident_id = fields.UUIDField(db_index=True)
    issuer = fields.CharField(32)
    subject = fields.CharField(64)
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "outside_identity"
        unique_together = (("issuer", "subject"),)
