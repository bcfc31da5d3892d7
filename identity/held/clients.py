"""Names of partners for a copy: in the two languages that every partner is asked for."""

from collections.abc import Iterable

from identity.caller import OWN_APP
from identity.models import Partner
from identity.partners.metadata import Metadata


async def names(clients: Iterable[str]) -> dict[str, str]:
    """Name by id, of those that are still known; our own app has none."""
    wanted = {id for id in clients if id not in ("", OWN_APP)}
    rows = await Partner.filter(id__in=list(wanted)) if wanted else []
    said = {row.id: Metadata.model_validate_json(row.metadata).name for row in rows}
    return dict.fromkeys(wanted, "") | {id: f"{name.zh} / {name.en}" for id, name in said.items()}


def name_of(client: str, known: dict[str, str]) -> str | None:
    """The id for one that is gone, None for our own app."""
    return (known[client] or client) if client in known else None
