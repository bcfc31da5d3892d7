"""Which kinds of material a case holds; ``services.materials`` keeps them."""

from tortoise.backends.base.client import BaseDBAsyncClient

from services.models import Application, Material


async def held(connection: BaseDBAsyncClient | None, row: Application) -> frozenset[str]:
    """Uploaded, of an earlier application, or a department's own."""
    rows = Material.filter(application_id=row.id)
    kinds = (rows.using_db(connection) if connection else rows).values_list("kind", flat=True)
    return frozenset(str(kind) for kind in await kinds)
