"""The catalogue as it stands at one moment: entries in order, their search, their pages.

Shelves are never changed: a publication makes new ones, and they are exchanged in one step. What
can be done here at once stands before what is done at a window; then shelf by shelf.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from services.errors import QuestionInvalid, ServiceUnknown
from services.items import regions
from services.items.kept import Kept, Page, written
from services.items.listed import Listed
from services.items.pages import described, detailed
from services.search import Search
from services.service import Service

Entry = Service | Listed
PAGE = 200
_KEPT_BYTES = 6_000_000


@dataclass(frozen=True)
class Wanted:
    """What a reader of the catalogue asks for; empty means everything.

    ``region``: a region's code, whose edition is wanted; ``group`` a shelf; ``cursor`` the
    ``next`` of the page before.
    """

    q: str = ""
    department: str = ""
    audience: str = ""
    region: str = ""
    group: str = ""
    kind: str = ""
    cursor: str = ""


EVERYTHING = Wanted()


class Shelves:
    """``entries`` in any order; ``search`` may still be that of the shelves before, so that an
    edit is shown at once and found by its new words a moment later.
    """

    def __init__(self, entries: Mapping[str, Entry], search: "Search[Entry] | None" = None):
        ordered = sorted(entries.values(), key=_place)
        self.entries: Mapping[str, Entry] = {one.id: one for one in ordered}
        self.search: Search[Entry] = search or Search(ordered)
        self._pages = Kept(_KEPT_BYTES)
        self._pieces: dict[tuple[str, str], bytes] = {}

    def entry(self, id: str) -> Entry:
        """Raises ServiceUnknown."""
        try:
            return self.entries[id]
        except KeyError:
            raise ServiceUnknown() from None

    def find(self, wanted: Wanted) -> list[Entry]:
        """What fits, by relevance where words are searched, otherwise shelf by shelf."""
        if not wanted.q.strip():
            return [one for one in self.entries.values() if _fits(one, wanted)]
        found = (self.entries[one.id] for one in self.search.find(wanted.q))
        return [one for one in found if _fits(one, wanted)]

    def page(self, locale: str, wanted: Wanted = EVERYTHING) -> Page:
        """``{"services", "groups", "shelves", "total", "next"}`` in one language."""
        if wanted.q:  # nobody else asks with these words, and uses change their order
            return self._page(locale, wanted)
        return self._pages.get((locale, wanted), lambda: self._page(locale, wanted))

    def detail(self, id: str, locale: str, region: str = "") -> Page:
        """One entry whole, as a region has it; raises ServiceUnknown."""
        entry = self.entry(id)
        return self._pages.get(
            (id, locale, region), lambda: Page.of(detailed(entry, locale, region))
        )

    def _page(self, locale: str, wanted: Wanted) -> Page:
        found = self.find(wanted)
        first = _after(found, wanted.cursor)
        shown, rest = found[first : first + PAGE], found[first + PAGE :]
        titles = {one.group.id: one.group.title[locale] for one in shown}
        others = {
            "groups": [{"id": id, "title": title} for id, title in titles.items()],
            "shelves": _shelves(found, locale),
            "total": len(found),
            "next": shown[-1].id if rest else None,
        }
        services = b",".join(self._piece(one, locale) for one in shown)
        body = b'{"services":[' + services + b"]," + written(others)[1:]
        return Page.ready(body, empty=not found)

    def _piece(self, entry: Entry, locale: str) -> bytes:
        """An entry as lists show it, prepared once for all of them."""
        key = (entry.id, locale)
        if key not in self._pieces:
            self._pieces[key] = written(described(entry, locale))
        return self._pieces[key]


def _shelves(found: list[Entry], locale: str) -> list[dict[str, str | int]]:
    """How much there is on each shelf, on this page and the next ones."""
    counts: dict[str, int] = {}
    for one in found:
        counts[one.group.id] = counts.get(one.group.id, 0) + 1
    groups = {one.group.id: one.group for one in found}
    ordered = sorted(groups.values(), key=lambda group: (group.rank, group.id))
    return [{"id": g.id, "title": g.title[locale], "count": counts[g.id]} for g in ordered]


def _fits(entry: Entry, wanted: Wanted) -> bool:
    return (
        wanted.department in ("", entry.department.id)
        and wanted.audience in ("", entry.audience)
        and wanted.group in ("", entry.group.id)
        and wanted.kind in ("", entry.kind.value)
        and (not wanted.region or regions.within(wanted.region, entry.regions))
    )


def _after(found: list[Entry], cursor: str) -> int:
    if not cursor:
        return 0
    ids = [one.id for one in found]
    if cursor not in ids:
        raise QuestionInvalid("cursor of another page", fields=["cursor"], messages=[])
    return ids.index(cursor) + 1


def _place(entry: Entry) -> tuple[bool, int, str, int, str]:
    group = entry.group
    return isinstance(entry, Listed), group.rank, group.id, entry.rank, entry.id
