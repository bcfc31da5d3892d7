"""A service with a page and routes of its own: a room does it, its item stands here beside those of
its department, so that the catalogue, search and staff know it like any other.

    move_car = own_page(id="move-car", page="cars", declared_in=__file__, ...)
"""

from pydantic import BaseModel, ConfigDict

from services.department import Department
from services.groups import Group
from services.items.standard import Item
from services.schema import Words
from services.service import Audience, Kind, Service, declared


class Nothing(BaseModel):
    """What is asked and answered stands at the room's own routes."""

    model_config = ConfigDict(extra="forbid")


def own_page(
    *,
    id: str,
    title: Words,
    summary: Words,
    group: Group,
    icon: str,
    purpose: str,
    item: Item,
    department: type[Department],
    page: str,
    declared_in: str,
    answer: type[BaseModel] = Nothing,
    audience: Audience = "person",
    level: int = 3,
    max_age: int | None = None,
    keywords: tuple[str, ...] = (),
    rank: int = 50,
) -> Service:
    """The service of that page; ``declared_in``: the file, or file and line; ``answer``: what is
    shown there. Nothing is granted of it to partners: it has no scope. Raises DeclarationRefused.
    """
    place = declared_in if ":" in declared_in else f"{declared_in}:1"
    return declared(
        place=place, page=page, function=None, question=Nothing, answer=answer,
        department=department, id=id, title=title, summary=summary, group=group, icon=icon,
        purpose=purpose, item=item, kind=Kind.PAGE, audience=audience, level=level,
        max_age=max_age, guardian_consent=False, channels=("mobile",), regions=(),
        keywords=keywords, rank=rank,
    )  # fmt: skip
