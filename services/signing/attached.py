"""Whether an application carries a signed document that says what its form says."""

import json
from collections.abc import Mapping
from typing import Any

from tortoise.backends.base.client import BaseDBAsyncClient

from identity.vault import Vault
from services.items.standard import Item
from services.materials.shown import SIGNED
from services.models import Application, Material, Signature
from services.signing.document import wanted
from services.signing.errors import SignedFormDiffers


async def check(
    connection: BaseDBAsyncClient,
    vault: Vault,
    row: Application,
    item: Item,
    form: Mapping[str, Any],
) -> None:
    """The youngest signed document of the case must be of this resident, service and form. That
    there is one at all was seen to before (``Taking.gather``). Raises SignedFormDiffers.
    """
    if not (kind := wanted(item)):
        return
    mine = Material.filter(application_id=row.id, kind=kind, source=SIGNED)
    ids = await mine.using_db(connection).order_by("-created_at").values_list("id", flat=True)
    found = Signature.filter(material_id=ids[0]) if ids else Signature.filter(id=None)
    signed = await found.using_db(connection).first()
    if signed is None or (signed.resident_id, signed.service) != (row.resident_id, row.service):
        raise SignedFormDiffers()
    if signed_form(vault, signed) != dict(form):
        raise SignedFormDiffers()


def signed_form(vault: Vault, row: Signature) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        vault.open(bytes(row.form_sealed), f"signature.form:{row.id}")
    )
    return found
