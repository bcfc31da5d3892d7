"""The three applications from submission to their end, against the sandbox's offices."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from pydantic import SecretStr
from redis.asyncio import Redis

from config.settings import Settings
from identity.documents import organisation
from identity.person import IdNumber
from identity.vault import Vault
from services import offices
from services.catalogue import Catalogue
from services.desk import Desk
from services.signing.errors import SignedFormDiffers
from tests.services.applications.bench import Bench
from tests.services.applications.test_window import staff
from tests.services.applications.worker import working
from tests.services.conftest import Counter
from tests.services.counter import Revealing, Writing, patient, resident
from tests.support import faces
from tests.support.log_capture import personal
from tests.support.sandbox import Sandbox

WITHDRAWAL, TRADER = "provident-fund-withdrawal", "sole-trader-registration"
ENDORSEMENT = "residence-endorsement"
RENT = {"purpose": "rent", "amount": 6_000_00, "months": 3}
SHOP = {"name": "和顺", "trade": "retail", "place": "广州市天河区和平路1号"}
Begin = Callable[[str, str], Awaitable[Bench]]


@pytest.fixture
async def begin(
    settings: Settings, cache: Redis, database: object, healthy_sandbox: Sandbox
) -> AsyncIterator[Begin]:
    """A resident born on a day, and a worker over the sandbox's offices."""
    port, key = urlsplit(healthy_sandbox.url).port, SecretStr(healthy_sandbox.key)
    near = settings.model_copy(update={"sandbox_port": port, "sandbox_key": key})
    catalogue = Catalogue.load()
    async with offices.opened(catalogue, near) as departments:
        patient(departments)

        async def ready(id: str, born: str) -> Bench:
            portrait = faces.portrait(faces.OBAMA)
            made = await healthy_sandbox.new_resident(portrait, sex="female", born=born)
            number = IdNumber(personal(made.number))
            person = replace(resident(), name=personal(made.name), number=number)
            residents, audit = Revealing(person), Writing()
            desk = Desk(departments, residents, audit, cache, Vault.from_settings(settings))
            counter = Counter(desk, catalogue, departments, person, residents, audit)
            return working(settings, counter, id)

        yield ready


async def told(bench: Bench, number: str) -> dict:
    return await bench.story.case_file(bench.who, number, "en")


async def test_rent_without_a_contract_on_file_is_paid_after_a_supplement_once(begin):
    bench = await begin(WITHDRAWAL, "1991-05-11")
    number = await bench.submit(RENT)
    await bench.work()
    case = await told(bench, number)
    assert case["state"] == "supplement-asked"
    assert [one["kind"] for one in case["supplement"]["wanted"]] == ["rent-contract"]
    assert "Please upload" in case["supplement"]["reasons"][0]
    contract = await bench.upload("rent-contract")
    await bench.story.answer(bench.who, number, None, (contract,), "en")
    await bench.work()
    assert not bench.faults
    case = await told(bench, number)
    assert case["state"] == "approved"
    assert case["decision"]["reasons"][0].startswith("Your contract is not on file: at most ¥1,400")
    assert "¥4,200.00 is paid out" in case["decision"]["reasons"][0]
    assert "You asked for ¥6,000.00" in case["decision"]["reasons"][1]
    paid = {one["name"]: one["value"] for one in case["steps"][-1]["finding"]}
    assert paid["amount"] == 4_200_00


async def test_rent_with_a_contract_on_file_asks_for_nothing(begin):
    """What an office holds is never asked of the resident."""
    bench = await begin(WITHDRAWAL, "1991-05-19")
    number = await bench.submit(RENT | {"amount": 100_00})
    await bench.work()
    case = await told(bench, number)
    assert case["state"] == "approved"
    assert "supplement-asked" not in await bench.events(number)
    held = [(one["kind"], one["source"]) for one in case["materials"]]
    assert held == [("rent-contract", "department")]


async def test_three_offices_work_at_once_and_a_spouse_is_asked_about_after_the_marriage(begin):
    bench = await begin(WITHDRAWAL, "1991-06-15")
    number = await bench.submit(RENT)
    await bench.run_one((await bench.jobs())[0])  # advance
    queued = {name for name, row in (await bench.steps(number)).items() if row.state == "queued"}
    assert queued == {"account", "home", "marriage"}
    await bench.work()
    case = await told(bench, number)
    assert case["state"] == "refused"
    assert case["decision"]["reasons"][0].startswith("Your spouse owns a home")
    married = next(one for one in case["steps"] if one["name"] == "marriage")
    assert [one["name"] for one in married["finding"]] == ["status"]  # never who the spouse is


async def test_another_name_answers_a_name_conflict_and_the_code_is_given(begin):
    bench = await begin(TRADER, "1991-05-11")
    place = await bench.upload("place-proof")
    form = SHOP | {"name": "云帆"}
    papers = (place, await bench.signed(form))
    made = await bench.story.submit(bench.who, TRADER, form, papers, "en")
    await bench.work()
    case = await told(bench, made.number)
    assert [one["kind"] for one in case["supplement"]["wanted"]] == ["name"]
    with pytest.raises(SignedFormDiffers):  # the other name must be signed too
        await bench.story.answer(bench.who, made.number, SHOP, (), "en")
    await bench.story.answer(bench.who, made.number, SHOP, (await bench.signed(SHOP),), "en")
    await bench.work()
    assert not bench.faults
    case = await told(bench, made.number)
    assert case["state"] == "approved"
    given = {one["name"]: one["value"] for one in case["steps"][-1]["finding"]}
    assert organisation.parse(given["code"]) == given["code"]


async def test_an_endorsement_is_accepted_advised_decided_endorsed_once_and_fetched(begin):
    """Nobody is asked before staff accept; the rules advise; the card is fetched at the end."""
    bench = await begin(ENDORSEMENT, "1991-05-19")
    number = await bench.submit({"stay": "rent"})
    await bench.work()
    row = await bench.row(number)
    assert (row.state, row.waits_for) == ("submitted", "staff")
    assert all(one.started_at is None for one in (await bench.steps(number)).values())
    await staff(bench, number, "accept")
    await bench.work()
    row = await bench.row(number)
    assert (row.state, row.waits_for) == ("in-review", "staff")
    [advice] = bench.story.reader.advice(row, "en")
    assert advice.startswith("All conditions are met")
    before = (await told(bench, number))["steps"][0]["finding"]
    await staff(bench, number, "approve", reasons=("in-time",))
    await bench.work()
    assert not bench.faults
    case = await told(bench, number)
    assert case["state"] == "approved" and "collect" in case["may"]
    until = {one["name"]: one["value"] for one in before}["until"]
    endorsed = {one["name"]: one["value"] for one in case["steps"][-1]["finding"]}
    assert int(str(endorsed["until"])[:4]) == int(str(until)[:4]) + 1
    await bench.story.collect(bench.who, number)
    assert await bench.state(number) == "collected"


async def test_an_endorsement_long_before_its_time_is_advised_against_and_refused_in_words(begin):
    bench = await begin(ENDORSEMENT, "1991-05-20")
    number = await bench.submit({"stay": "own"})
    await staff(bench, number, "accept")
    await bench.work()
    row = await bench.row(number)
    assert [one[:22] for one in bench.story.reader.advice(row, "en")] == ["Your endorsement holds"]
    await staff(
        bench, number, "refuse", reasons=("too-early",), facts=bench.moves.papers.facts(row)
    )
    case = await told(bench, number)
    assert case["state"] == "refused"
    assert "Apply from" in case["decision"]["reasons"][0]
    assert "endorse" not in await bench.steps(number)


async def test_who_is_barred_is_refused_and_nothing_is_registered(begin):
    bench = await begin(TRADER, "1991-05-31")
    signed = await bench.signed(SHOP)
    number = (await bench.story.submit(bench.who, TRADER, SHOP, (signed,), "en")).number
    await bench.work()
    case = await told(bench, number)
    assert case["state"] == "refused"
    assert case["decision"]["reasons"][0].startswith("You are barred")
    assert "register" not in await bench.steps(number)


async def test_no_personal_value_of_a_spouse_stands_in_a_case_file(begin):
    bench = await begin(WITHDRAWAL, "1991-06-15")
    number = await bench.submit(RENT)
    await bench.work()
    rows = await bench.steps(number)
    marriage = bench.service.plan.step("marriage")
    spouse = bench.moves.papers.finding(rows["marriage"], marriage.finding)
    whole = json.dumps(await told(bench, number), ensure_ascii=False, default=str)
    assert spouse.spouse_number and spouse.spouse_number not in whole
    assert spouse.spouse_name not in whole
