"""Published edits: in force in every worker, over what the files declare."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path

from services.catalogue import Catalogue, Wanted
from services.items.changes import Change
from services.items.publication import JOB, TOPIC, published, refresh
from services.models import ItemEdit
from services.worker import handlers, tools
from tests.services.items.desk import BEN, Desk, a_worker

SUMMARY = {"zh-CN": "查余额", "en": "What is in the account"}


async def test_a_published_edit_changes_page_detail_search_and_item(desk: Desk):
    version = await desk.publish()
    assert desk.detail()["title"] == "Claim unemployment benefit"
    assert desk.detail()["item"]["promised_days"] == 2
    listed = json.loads(desk.catalogue.page("zh-CN").body)["services"]
    assert "失业金申领" in {one["title"] for one in listed}
    assert desk.catalogue.item("benefit").promised_days == 2
    assert desk.catalogue.version("benefit") == version
    assert desk.catalogue.version("other") == 0
    assert desk.catalogue.declared["benefit"].title["en"] == "Unemployment benefit: apply"


async def test_a_published_edit_is_found_by_its_new_words(desk: Desk):
    assert desk.catalogue.find(Wanted(q="claim")) == []
    await desk.publish()
    async with asyncio.timeout(30):
        while not (found := desk.catalogue.find(Wanted(q="claim"))):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert found[0].id == "benefit"


async def test_services_of_the_house_are_edited_like_listed_items(desk: Desk):
    await desk.publish(Change(summary=SUMMARY), "provident-fund-balance")
    service = desk.catalogue.service("provident-fund-balance")
    assert service.summary["en"] == "What is in the account"
    assert service.function is desk.catalogue.declared["provident-fund-balance"].function
    assert desk.catalogue.version("provident-fund-balance") == 1


async def test_every_worker_shows_what_one_of_them_published(settings, desk: Desk, items: Path):
    async with a_worker(settings, items) as other:
        version = await desk.draft()
        await desk.edits.publish(BEN, "benefit", version)
        for worker in (desk, other):
            await worker.shows(version)
            assert worker.detail()["title"] == "Claim unemployment benefit"


async def test_a_worker_that_starts_later_shows_it_too(settings, desk: Desk, items: Path):
    version = await desk.publish()
    async with a_worker(settings, items) as later:
        await later.shows(version)
        assert later.detail()["title"] == "Claim unemployment benefit"


async def test_whoever_dies_before_telling_has_left_a_job_that_tells(desk: Desk, database):
    await desk.publish()
    rows = await database.db().execute_query_dict("SELECT entrypoint FROM pgqueuer")
    assert [row["entrypoint"] for row in rows] == [f"tell-{TOPIC}"]


async def test_the_job_of_a_dead_publisher_tells_the_others(settings, desk: Desk):
    version = await desk.draft()
    await ItemEdit.filter(version=version).update(state="published")
    async with tools(settings) as given:
        await handlers(given)[JOB]({})
    await desk.shows(version)


async def test_an_edit_that_a_release_no_longer_allows_is_left_out(desk: Desk):
    await desk.publish(Change(promised_days=9))
    stricter = desk.catalogue.declared["benefit"]
    quicker = replace(stricter, item=replace(stricter.item, statutory_days=6))
    released = Catalogue([], [], [quicker])
    await refresh(released)
    assert released.version("benefit") == 0
    assert released.item("benefit").promised_days == 5


async def test_an_edit_that_nobody_can_read_any_more_is_left_out(desk: Desk):
    await desk.publish()
    await ItemEdit.all().update(change='{"colour": "red"}')
    assert await published() == {}
    released = Catalogue([], [], [desk.catalogue.declared["benefit"]])
    await refresh(released)
    assert released.version("benefit") == 0


async def test_a_worker_that_does_jobs_knows_what_was_published_before(settings, desk: Desk):
    version = await desk.publish(Change(summary=SUMMARY), "provident-fund-balance")
    async with tools(settings) as given:
        assert given.catalogue.version("provident-fund-balance") == version
        later = await desk.publish(Change(summary=SUMMARY), "provident-fund-balance")
        await Desk(given.catalogue, desk.edits).shows(later, "provident-fund-balance")
