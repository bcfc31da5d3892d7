"""Editing the catalogue: save a draft, look at it, publish what somebody else drafted, go back.

Every save is a version of its own and is never changed; so the history is complete. A draft comes
into force when a second person publishes it. Members who work for certain departments edit only
those departments' items, and none when the last of them was taken away; who was never given any
edits those of all. Members of a region edit its editions, and a whole item only where it is offered
nowhere else.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID, uuid4

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from config.database import reaching_database
from config.errors import Conflict, Denied, Missing
from config.jobs import enqueue
from identity.audit import record
from identity.models import StaffAccount
from identity.news import News
from identity.staff.roles import Member
from services.catalogue import Catalogue
from services.items.changes import Change, applied, reach
from services.items.kept import Page
from services.items.pages import detailed
from services.items.publication import JOB, PUBLISHED, tell
from services.items.shelves import Entry
from services.models import ItemEdit

DRAFT, SUPERSEDED = "draft", "superseded"
NOTHING = Change()
_MOST_SHOWN = 200


class EditOutdated(Conflict):
    """Somebody saved or published a version since. Fact ``newest``: theirs."""

    code = "edit-outdated"


class EditMissing(Missing):
    code = "edit-missing"


class EditNeedsAnother(Denied):
    """Whoever made a draft does not publish it, under whichever account."""

    code = "edit-needs-another"


class EditNotYours(Denied):
    """The item belongs to another department, or the change reaches beyond the member's region."""

    code = "edit-not-yours"


class People(Protocol):
    """Who stands behind accounts of staff (identity.staff.accounts)."""

    async def are_one(self, one: UUID, other: UUID, connection: BaseDBAsyncClient) -> bool: ...


@dataclass(frozen=True)
class Draft:
    """What an editor hands in. ``newest``: the youngest version they had before them."""

    change: Change
    note: str
    newest: int


@dataclass(frozen=True)
class Standing:
    """An item before an editor. ``newest`` counts every version, also those not published."""

    entry: Entry
    rows: Sequence[ItemEdit]
    logins: dict[UUID, str] = field(default_factory=dict)

    @property
    def newest(self) -> int:
        return max((row.version for row in self.rows), default=0)

    @property
    def published(self) -> ItemEdit | None:
        return next((row for row in self.rows if row.state == PUBLISHED), None)

    @property
    def draft(self) -> ItemEdit | None:
        return next((row for row in self.rows if row.state == DRAFT), None)

    @property
    def in_force(self) -> Change:
        return change_of(self.published) if self.published else NOTHING


class Edits:
    """The story of the catalogue's edits; ``catalogue`` is this worker's."""

    def __init__(self, catalogue: Catalogue, news: News, people: People):
        self._catalogue = catalogue
        self._news = news
        self._people = people

    async def drafts(self) -> dict[str, int]:
        """The version of every draft, by item."""
        with reaching_database():
            rows = await ItemEdit.filter(state=DRAFT).values_list("item", "version")
        return dict(rows)

    async def standing(self, id: str) -> Standing:
        """An item with its versions, youngest first, as its file declares it. ServiceUnknown."""
        entry = self._declared(id)
        with reaching_database():
            rows = await ItemEdit.filter(item=id).order_by("-version").limit(_MOST_SHOWN)
            staff = {one for row in rows for one in (row.made_by, row.published_by) if one}
            logins = await StaffAccount.filter(id__in=staff).values_list("id", "login")
        return Standing(entry, rows, dict(logins))

    async def save(self, member: Member, id: str, draft: Draft) -> int:
        """Keep a draft; gives its version. The draft before it is superseded.

        Raises ServiceUnknown, EditInvalid, EditNotYours or EditOutdated.
        """
        entry = self._declared(id)
        applied(entry, draft.change)
        with reaching_database():
            try:
                async with in_transaction() as connection:
                    return await self._saved(connection, member, entry, draft)
            except IntegrityError:  # two saved the same version at once
                raise EditOutdated("lost the race", newest=draft.newest + 1) from None

    async def preview(
        self, id: str, version: int, locale: str, region: str = ""
    ) -> tuple[Page, Page]:
        """The item's page as it is now, and as this version would make it.

        Raises ServiceUnknown, EditMissing or EditInvalid (a release may have moved the ground).
        """
        entry = self._declared(id)
        change = await self._change(id, version)
        after = Page.of(detailed(applied(entry, change), locale, region))
        return self._catalogue.detail(id, locale, region), after

    async def publish(self, member: Member, id: str, version: int) -> None:
        """Bring the draft of somebody else into force, in every worker within a second.

        Raises ServiceUnknown, EditMissing, EditNeedsAnother, EditNotYours, EditInvalid or
        EditOutdated.
        """
        entry = self._declared(id)
        with reaching_database():
            async with in_transaction() as connection:
                await self._published(connection, member, entry, version)
        await tell(self._news)

    async def restore(self, member: Member, id: str, version: int, newest: int) -> int:
        """A new draft that says what ``version`` said; 0: what the file declares."""
        change = await self._change(id, version)
        return await self.save(member, id, Draft(change, f"← {version}", newest))

    async def _saved(
        self, connection: BaseDBAsyncClient, member: Member, entry: Entry, draft: Draft
    ) -> int:
        standing = await self._locked(connection, entry)
        if standing.newest != draft.newest:
            raise EditOutdated(newest=standing.newest)
        _check_reach(member, entry, standing.in_force, draft.change)
        if before := standing.draft:
            before.state = SUPERSEDED
            await before.save(using_db=connection, update_fields=["state"])
        row = await ItemEdit.create(
            id=uuid4(),
            item=entry.id,
            version=standing.newest + 1,
            state=DRAFT,
            change=draft.change.text(),
            note=draft.note,
            made_by=member.id,
            made_at=datetime.now(UTC),
            using_db=connection,
        )
        await _recorded(connection, "catalogue:drafted", member, entry)
        return row.version

    async def _published(
        self, connection: BaseDBAsyncClient, member: Member, entry: Entry, version: int
    ) -> None:
        standing = await self._locked(connection, entry)
        row, before = standing.draft, standing.published
        if row is None or row.version != version:
            raise EditOutdated(newest=standing.newest)
        if await self._people.are_one(row.made_by, member.id, connection):
            raise EditNeedsAnother()
        change = change_of(row)
        applied(entry, change)
        _check_reach(member, entry, standing.in_force, change)
        if before:
            before.state = SUPERSEDED
            await before.save(using_db=connection, update_fields=["state"])
        row.state, row.published_by, row.published_at = PUBLISHED, member.id, datetime.now(UTC)
        await row.save(using_db=connection, update_fields=["state", "published_by", "published_at"])
        await _recorded(connection, "catalogue:published", member, entry)
        await enqueue(connection, JOB, {})  # should this process die before it told the others

    async def _locked(self, connection: BaseDBAsyncClient, entry: Entry) -> Standing:
        rows = ItemEdit.select_for_update().using_db(connection).filter(item=entry.id)
        return Standing(entry, await rows.order_by("-version"))

    async def _change(self, id: str, version: int) -> Change:
        if version == 0:
            return NOTHING
        with reaching_database():
            row = await ItemEdit.get_or_none(item=id, version=version)
        if row is None:
            raise EditMissing()
        return change_of(row)

    def _declared(self, id: str) -> Entry:
        self._catalogue.entry(id)
        return self._catalogue.declared[id]


def change_of(row: ItemEdit) -> Change:
    return Change.model_validate_json(row.change)


def belongs(member: Member, entry: Entry) -> bool:
    """Whether the item is of the member's departments; who was never given any has all."""
    if not member.departments:
        return not member.taken
    return entry.department.id in member.departments


def whole(member: Member, entry: Entry) -> bool:
    """Whether the item is offered only where the member works, so that all of it is theirs."""
    if not member.region:
        return True
    return bool(entry.regions) and all(member.covers(region) for region in entry.regions)


def _check_reach(member: Member, entry: Entry, before: Change, after: Change) -> None:
    if not belongs(member, entry):
        raise EditNotYours()
    if whole(member, entry):
        return
    regions = reach(entry, before, after)
    if regions is None or not all(member.covers(region) for region in regions):
        raise EditNotYours()


async def _recorded(
    connection: BaseDBAsyncClient, event: str, member: Member, entry: Entry
) -> None:
    await record(connection, event=event, resident=None, caller=member.caller, service=entry.id)
