"""How much of each department's work is offered, online, and with how many visits."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from services.items import regions
from services.items.shelves import Entry
from services.items.standard import at
from services.schema import Words
from services.service import Kind


@dataclass
class Coverage:
    """``one_visit``: items that ask for at most one visit, ``zero_visits`` among them included."""

    items: int = 0
    online: int = 0
    one_visit: int = 0
    zero_visits: int = 0

    def count(self, entry: Entry, visits: int) -> None:
        self.items += 1
        self.online += entry.kind is not Kind.LISTED
        self.one_visit += visits <= 1
        self.zero_visits += visits == 0


@dataclass(frozen=True)
class Covered:
    """The figures of one region (none: of the whole catalogue), by department and together."""

    departments: dict[str, Coverage] = field(default_factory=dict)
    titles: dict[str, Words] = field(default_factory=dict)
    total: Coverage = field(default_factory=Coverage)


def covered(entries: Iterable[Entry], region: str = "") -> Covered:
    """The figures of what is offered in ``region``, departments in the order of the shelves."""
    made = Covered()
    for one in entries:
        if region and not regions.within(region, one.regions):
            continue
        visits = at(one.item, region).visits
        made.titles[one.department.id] = one.department.title
        made.departments.setdefault(one.department.id, Coverage()).count(one, visits)
        made.total.count(one, visits)
    return made
