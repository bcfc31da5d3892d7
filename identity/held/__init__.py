"""What identity itself holds about a resident, table by table.

The order is the order of the copy; erasure goes through it backwards, so that documents are there
as long as something is found by their numbers, and the account is the last.
"""

from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient

from identity.held.family import Guardianships, Mandates
from identity.held.partners import Grants
from identity.held.rows import Rows
from identity.held.trail import Activity, Consents, Devices
from identity.holdings import Coded, Holdings
from identity.models import (
    BoundDevice,
    Contact,
    Correction,
    Document,
    DocumentIndex,
    FreezeCode,
    Notice,
    OutsideIdentity,
    Passkey,
    Resident,
)
from identity.vault import Vault

# Tables of which no copy is given and nothing is erased, and why.
NOT_HELD = {
    "agreed_text": "the words everybody was shown alike; nobody's data",
    "ended_token": "the random name of a token, gone when the token would be",
    "kiosk": "a terminal and where it stands",
    "kiosk_code": "a digest that lets a terminal enrol; tied to no resident",
    "invitation": "a digest that lets a partner register; tied to no resident",
    "partner": "a client's own; who answers for it is sealed, for staff, gone when it closes",
    "record_change": "tied to no resident; what names one is emptied when it is decided or late",
    "resealing": "progress of a key rotation; nobody's data",
    "signing_key": "keys of the house",
    "staff_account": "a colleague's account, kept as long as their acts must be answered for",
    "staff_session": "where colleagues are signed in",
    "try": "a keyed digest nobody can turn back, gone after a day",
    "vault_key": "keys of the house",
    "window_request": "tied to no resident; name and number are emptied when it ends",
}


def own(vault: Vault) -> Holdings:
    """A registry with identity's own holdings, ready for those of the rooms above."""
    holdings = Holdings()
    for each in (
        _account(),
        _documents(vault),
        Rows("contacts", Contact, vault, ("phone", "verified_at"), sealed=("phone",)),
        Rows("outside-identities", OutsideIdentity, vault, ("issuer", "created_at")),
        Rows("passkeys", Passkey, vault, ("name", "created_at", "last_used_at", "ended_at")),
        Rows(
            "bound-devices",
            BoundDevice,
            vault,
            ("kind", "device_name", "created_at", "last_used_at", "ended_at"),
            coded={"kind": "held.device"},
        ),
        Rows("freeze-codes", FreezeCode, vault, ("created_at",)),
        Devices(),
        Consents(),
        Grants(),
        Guardianships(vault),
        Mandates(vault),
        Rows(
            "corrections",
            Correction,
            vault,
            ("field", "wanted", "state", "answer", "created_at", "decided_at"),
            coded={"field": "correction.field", "state": "correction", "answer": "correction"},
            sealed=("wanted",),
        ),
        _Notices(
            "notices",
            Notice,
            vault,
            ("kind", "created_at", "sent_at", "sent_by", "read_at"),
            coded={"kind": "notice", "sent_by": "held.sent"},
        ),
        Activity(),
    ):
        holdings.register(each.name, each.export, each.erase, tables=each.tables)
    return holdings


class _Notices(Rows):
    """What was told, by its title."""

    def _code(self, prefix: str, code: str) -> Coded:
        return Coded(prefix, f"{code}.title" if prefix == "notice" else code)


class _Account(Rows):
    """The resident's own row. Erasing takes those that were merged into it; itself is the last
    thing an erasure deletes (``identity.erasure``), because it is what makes one resumable.
    """

    key = "id"

    async def erase(self, connection: BaseDBAsyncClient, resident: UUID) -> None:
        await Resident.filter(merged_into=resident).using_db(connection).delete()


def _account() -> Rows:
    fields = ("proofed", "proofed_at", "proofed_until", "created_at", "frozen_at", "erase_after")
    return _Account("account", Resident, None, fields)


def _documents(vault: Vault) -> Rows:
    fields = (
        "kind", "number", "name", "country", "level", "created_at", "valid_until", "ended_at",
    )  # fmt: skip
    return _Documents(
        "documents", Document, vault, fields, coded={"kind": "document"}, sealed=("number", "name")
    )


class _Documents(Rows):
    """Documents with the digests they are found by."""

    more_tables = (DocumentIndex,)

    async def erase(self, connection: BaseDBAsyncClient, resident: UUID) -> None:
        found = Document.filter(resident_id=resident).using_db(connection)
        documents = await found.values_list("id", flat=True)
        index = DocumentIndex.filter(document_id__in=list(documents))
        await index.using_db(connection).delete()
        await found.delete()


__all__ = ["NOT_HELD", "own"]
