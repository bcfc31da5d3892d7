"""Edits of the catalogue: drafted by one, looked at and published by another, kept for ever."""

import asyncio
import json

import pytest

from identity.models import AuditEvent
from services.errors import ServiceUnknown
from services.items.changes import Change, EditInvalid
from services.items.edits import Draft, EditMissing, EditNeedsAnother, EditNotYours, EditOutdated
from services.items.publication import published, refresh
from services.models import ItemEdit
from tests.services.items.desk import ANN, BEN, NEW, Desk, somebody
from tests.services.items.parts import good

ELSEWHERE = {"region": "440300", "promised_days": 1}
HERE = {"region": "440100", "promised_days": 4}


async def test_an_item_that_is_not_there_cannot_be_edited(desk: Desk):
    with pytest.raises(ServiceUnknown):
        await desk.edits.save(ANN, "divination", Draft(NEW, "", 0))
    with pytest.raises(ServiceUnknown):
        await desk.edits.publish(BEN, "divination", 1)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (Change(promised_days=11), "promised_days"),
        (Change(editions=[HERE, HERE]), "editions"),
        (Change(editions=[{"region": "990000"}]), "editions"),
        (Change(editions=[{"region": "440100", "promised_days": 11}]), "editions"),
    ],
)
async def test_a_change_that_breaks_the_standard_is_not_even_kept(desk: Desk, change, field):
    with pytest.raises(EditInvalid) as refused:
        await desk.draft(change)
    assert refused.value.facts["fields"] == [field]
    assert await ItemEdit.all().count() == 0


async def test_whoever_made_a_draft_does_not_publish_it(desk: Desk):
    version = await desk.draft()
    with pytest.raises(EditNeedsAnother):
        await desk.edits.publish(ANN, "benefit", version)
    assert await published() == {}


async def test_a_draft_is_shown_to_nobody_until_it_is_published(desk: Desk):
    before = desk.catalogue.detail("benefit", "en")
    version = await desk.draft()
    await refresh(desk.catalogue)
    assert desk.catalogue.detail("benefit", "en") == before
    assert await desk.edits.drafts() == {"benefit": version}


async def test_who_did_not_see_the_youngest_version_does_not_write_over_it(desk: Desk):
    await desk.draft()
    with pytest.raises(EditOutdated) as refused:
        await desk.edits.save(BEN, "benefit", Draft(NEW, "", 0))
    assert refused.value.facts["newest"] == 1


async def test_of_two_who_save_at_once_one_is_told(desk: Desk):
    drafts = (desk.edits.save(one, "benefit", Draft(NEW, "", 0)) for one in (ANN, BEN))
    told = await asyncio.gather(*drafts, return_exceptions=True)
    assert sorted(map(type, told), key=str) == sorted([int, EditOutdated], key=str)
    assert await ItemEdit.filter(state="draft").count() == 1


async def test_only_the_youngest_draft_is_published_and_once(desk: Desk):
    old = await desk.draft()
    young = await desk.draft(Change(promised_days=1))
    with pytest.raises(EditOutdated):
        await desk.edits.publish(BEN, "benefit", old)
    both = (desk.edits.publish(one, "benefit", young) for one in (BEN, somebody()))
    told = await asyncio.gather(*both, return_exceptions=True)
    assert sorted(map(type, told), key=str) == sorted([type(None), EditOutdated], key=str)
    assert await ItemEdit.filter(state="published").count() == 1


async def test_a_member_of_a_department_edits_its_items_only(desk: Desk):
    with pytest.raises(EditNotYours):
        await desk.draft(member=somebody(departments=("tax",)))
    version = await desk.draft(member=somebody(departments=("human-resources",)))
    with pytest.raises(EditNotYours):
        await desk.edits.publish(somebody(departments=("tax",)), "benefit", version)


async def test_who_has_no_department_left_edits_nothing_and_who_never_had_one_everything(
    desk: Desk,
):
    """Taking rights away gives none: the last department is no key to all the others."""
    with pytest.raises(EditNotYours):
        await desk.draft(member=somebody(taken=True))
    version = await desk.draft(member=somebody())
    with pytest.raises(EditNotYours):
        await desk.edits.publish(somebody(taken=True), "benefit", version)
    assert await published() == {}
    await desk.edits.publish(somebody(), "benefit", version)


async def test_a_city_changes_its_own_edition_only(desk: Desk):
    city = somebody("4401")
    declared = [one for one in good()["item"]["editions"] if one["region"] != "440100"]
    for change in (NEW, Change(editions=[*declared, HERE, ELSEWHERE])):
        with pytest.raises(EditNotYours):
            await desk.draft(change, city)
    version = await desk.draft(Change(editions=[*declared, HERE]), city)
    with pytest.raises(EditNotYours):
        await desk.edits.publish(somebody("4403"), "benefit", version)
    await desk.edits.publish(somebody("4401"), "benefit", version)
    await desk.shows(version)
    assert desk.detail("440100")["item"]["promised_days"] == 4
    assert desk.detail("440300")["item"]["promised_days"] == 5


async def test_a_city_changes_all_of_an_item_that_is_offered_there_only(desk: Desk):
    assert await desk.draft(NEW, somebody("4401"), "other") == 1
    with pytest.raises(EditNotYours):
        await desk.draft(NEW, somebody("4403"), "other")


async def test_a_preview_shows_both_and_changes_nothing(desk: Desk):
    version = await desk.draft()
    before, after = await desk.edits.preview("benefit", version, "en", "440100")
    assert before == desk.catalogue.detail("benefit", "en", "440100")
    old, new = json.loads(before.body), json.loads(after.body)
    assert {name for name in old if old[name] != new[name]} == {"title"}  # the city's days stand
    with pytest.raises(EditMissing):
        await desk.edits.preview("benefit", version + 1, "en")


async def test_the_history_keeps_every_version_and_who_made_it(desk: Desk):
    await desk.publish()
    await desk.draft(Change(promised_days=1), BEN)
    await desk.draft(Change(promised_days=3), ANN)
    rows = (await desk.edits.standing("benefit")).rows
    assert [(row.version, row.state) for row in rows] == [
        (3, "draft"), (2, "superseded"), (1, "published"),
    ]  # fmt: skip
    assert [row.made_by for row in rows] == [ANN.id, BEN.id, ANN.id]
    assert [row.published_by for row in rows] == [None, None, BEN.id]
    assert {row.note for row in rows} == {"why"}


async def test_a_version_of_before_comes_back_as_a_draft_and_needs_another_too(desk: Desk):
    first = await desk.publish()
    await desk.publish(Change(promised_days=1))
    version = await desk.edits.restore(ANN, "benefit", first, 2)
    with pytest.raises(EditNeedsAnother):
        await desk.edits.publish(ANN, "benefit", version)
    await desk.edits.publish(BEN, "benefit", version)
    await desk.shows(version)
    assert desk.detail()["item"]["promised_days"] == 2
    declared = await desk.edits.restore(ANN, "benefit", 0, 3)
    await desk.edits.publish(BEN, "benefit", declared)
    await desk.shows(declared)
    assert desk.detail()["title"] == "Unemployment benefit: apply"
    assert desk.catalogue.version("benefit") == declared
    with pytest.raises(EditMissing):
        await desk.edits.restore(ANN, "benefit", 99, declared)


async def test_both_deeds_are_recorded_and_by_whom(desk: Desk):
    await desk.publish()
    rows = await AuditEvent.filter(event__startswith="catalogue:").order_by("id")
    assert [(row.event, row.actor, row.service) for row in rows] == [
        ("catalogue:drafted", str(ANN.id), "benefit"),
        ("catalogue:published", str(BEN.id), "benefit"),
    ]
