"""The region tree, level by level: where a catalogue's edition is chosen."""

from functools import lru_cache

from pydantic import BaseModel, ConfigDict

from api.ask import Ask
from api.replies import Reply
from api.routes import Access, Routes
from api.services import Region as RegionCode
from services.items.kept import Page
from services.items.regions import Level, Region, tree

routes = Routes("services")

_CACHED = {"cache-control": "public, max-age=3600", "vary": "accept-language"}


class RegionsQuery(BaseModel):
    """``under``: a region's code; empty for the provinces."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    under: RegionCode = ""


class RegionShown(BaseModel):
    code: str
    title: str
    level: Level

    @classmethod
    def of(cls, region: Region, locale: str) -> "RegionShown":
        return cls(code=region.code, title=region.title[locale], level=region.level)


class RegionListed(RegionShown):
    """``more``: there are regions in it."""

    more: bool


class RegionsShown(BaseModel):
    """What lies directly in a region, and the way to it from its province."""

    regions: list[RegionListed]
    path: list[RegionShown]


@routes.get(
    "/v1/regions",
    Access.PUBLIC,
    "The regions directly in another one",
    query=RegionsQuery,
    answer=RegionsShown,
)
async def list_regions(ask: Ask[None, RegionsQuery]) -> Reply:
    page = _page(ask.query.under, ask.locale)
    return Reply(page.body, headers=_CACHED, etag=page.etag)


@lru_cache(512)
def _page(under: str, locale: str) -> Page:
    """Prepared once a region and language. Raises RegionUnknown."""
    known = tree()
    path = [RegionShown.of(one, locale) for one in known.path(under)] if under else []
    regions = [
        RegionListed(**RegionShown.of(one, locale).model_dump(), more=bool(known.under(one.prefix)))
        for one in known.under(under)
    ]
    return Page.ready(RegionsShown(regions=regions, path=path).model_dump_json().encode())
