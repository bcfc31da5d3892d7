"""Edits of a catalogue item: a draft, a look at it, its publication, its history, the way back."""

import json
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.ask import Ask
from api.routes import Access, Routes
from api.services import check_region
from api.staff_catalogue import EDITOR, Json, RegionQuery
from api.staff_door import member_of
from services.items.changes import Change
from services.items.edits import Draft, EditMissing, Standing, change_of
from services.models import ItemEdit

routes = Routes("staff")

_EDITS = "/staff/catalogue/items/{id}/edits"
_ONE = _EDITS + "/{version}"
_MOST_VERSION = 6  # digits
_Newest = Annotated[int, Field(ge=0, le=10**_MOST_VERSION)]
_Note = Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
_LIMIT = 200_000


class EditWanted(BaseModel):
    """``newest``: the youngest version that the editor had before them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    change: Change
    note: _Note = ""
    newest: _Newest


class Restoration(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    newest: _Newest


class EditSaved(BaseModel):
    version: int


class EditShown(BaseModel):
    """``made_by`` and ``published_by`` are logins."""

    version: int
    state: str
    note: str
    made_by: str
    made_at: datetime
    published_by: str | None
    published_at: datetime | None
    change: Json

    @classmethod
    def of(cls, row: ItemEdit, found: Standing) -> "EditShown":
        return cls(
            version=row.version,
            state=row.state,
            note=row.note,
            made_by=found.logins.get(row.made_by, ""),
            made_at=row.made_at,
            published_by=found.logins.get(row.published_by, "") if row.published_by else None,
            published_at=row.published_at,
            change=change_of(row).as_json(),
        )


class EditsShown(BaseModel):
    """Youngest first."""

    edits: list[EditShown]


class Previewed(BaseModel):
    """The item as ``GET /v1/services/{id}`` shows it now, and as the draft would have it."""

    before: Json
    after: Json


@routes.get(_EDITS, Access.STAFF, "An item's history", roles=EDITOR, answer=EditsShown)
async def history(ask: Ask[None, None]) -> EditsShown:
    found = await ask.parts.counter.edits.standing(ask.path["id"])
    return EditsShown(edits=[EditShown.of(row, found) for row in found.rows])


@routes.post(
    _EDITS,
    Access.STAFF,
    "Save a draft",
    roles=EDITOR,
    status=201,
    body=EditWanted,
    answer=EditSaved,
    limit=_LIMIT,
)
async def save(ask: Ask[EditWanted, None]) -> EditSaved:
    draft = Draft(ask.body.change, ask.body.note, ask.body.newest)
    version = await ask.parts.counter.edits.save(member_of(ask), ask.path["id"], draft)
    return EditSaved(version=version)


@routes.get(
    f"{_ONE}/preview",
    Access.STAFF,
    "An item before and after a version",
    roles=EDITOR,
    query=RegionQuery,
    answer=Previewed,
)
async def preview(ask: Ask[None, RegionQuery]) -> Previewed:
    check_region(ask.query.region)
    before, after = await ask.parts.counter.edits.preview(
        ask.path["id"], _version(ask), ask.locale, ask.query.region
    )
    return Previewed(before=json.loads(before.body), after=json.loads(after.body))


@routes.post(
    f"{_ONE}/publication",
    Access.STAFF,
    "Bring somebody else's draft into force",
    roles=EDITOR,
    status=204,
)
async def publish(ask: Ask[None, None]) -> None:
    await ask.parts.counter.edits.publish(member_of(ask), ask.path["id"], _version(ask))


@routes.post(
    f"{_ONE}/restoration",
    Access.STAFF,
    "Draft again what a version said; version 0 is what the item's file declares",
    roles=EDITOR,
    status=201,
    body=Restoration,
    answer=EditSaved,
)
async def restore(ask: Ask[Restoration, None]) -> EditSaved:
    edits, version = ask.parts.counter.edits, _version(ask)
    saved = await edits.restore(member_of(ask), ask.path["id"], version, ask.body.newest)
    return EditSaved(version=saved)


def _version(ask: Ask[Any, Any]) -> int:
    """Raises EditMissing for what is no version's number."""
    number = ask.path["version"]
    if not (number.isascii() and number.isdigit() and len(number) <= _MOST_VERSION):
        raise EditMissing()
    return int(number)
