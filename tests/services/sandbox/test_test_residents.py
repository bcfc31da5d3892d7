"""Test residents are the same in every sandbox, so that partners can say what they expect."""

import re
from pathlib import Path

import pytest

from config.played import TEST_REGION
from identity import ages, documents
from identity.documents import parse
from services.sandbox import test_residents
from services.sandbox.belongings import belongings, luhn_digit
from services.sandbox.regions import GUANGDONG
from services.sandbox.residences import registered_at
from services.sandbox.test_residents import TestResident
from tests.support.sandbox import Sandbox

ALL = test_residents.ALL
DOCS = Path(__file__).parents[3] / "docs" / "quickstart-partners.md"


def named(one: TestResident) -> str:
    return f"resident-{one.n}"


@pytest.mark.parametrize("one", ALL, ids=named)
def test_each_has_a_good_number_in_the_region_kept_for_them(one: TestResident):
    number = parse("resident-id", one.person.number)
    assert number.value.startswith(TEST_REGION)
    assert documents.is_male(number) == one.about.startswith("male")


def test_nobody_else_of_the_sandbox_is_given_such_a_number():
    assert not [county for county in GUANGDONG if county.startswith(TEST_REGION)]


def test_one_is_a_minor_one_is_over_sixty_and_one_moved_away():
    """What the derived fields are tested with."""
    numbers = [parse("resident-id", one.person.number) for one in ALL]
    assert [ages.is_under(number, 18) for number in numbers] == [False, False, True, False]
    assert [ages.is_under(number, 60) for number in numbers] == [True, False, True, True]
    home = [registered_at(one.person.number).startswith("4401") for one in ALL]
    assert home == [True, True, True, False]


@pytest.mark.parametrize("one", ALL, ids=named)
def test_what_they_carry_depends_on_no_key(one: TestResident):
    here, elsewhere = (belongings(key, one.person.number) for key in (b"a", b"b"))
    assert here == elsewhere
    assert luhn_digit(here.card[:-1]) == here.card[-1]
    assert re.fullmatch(r"\d{6}", here.pin) and re.fullmatch(r"1\d{10}", here.phone)


async def test_they_are_told_to_whoever_asks(sandbox: Sandbox):
    told = (await sandbox.send("GET", "/test-residents")).body["residents"]
    assert [one["n"] for one in told] == [1, 2, 3, 4]
    assert {one["number"] for one in told} == {one.person.number for one in ALL}
    assert {one["name"] for one in told} == {one.person.name for one in ALL}


@pytest.mark.parametrize("one", ALL, ids=named)
async def test_the_register_knows_them_with_a_portrait(healthy_sandbox: Sandbox, one: TestResident):
    question = {"name": one.person.name, "number": one.person.number}
    found = await healthy_sandbox.ask("population-register", "portrait", question)
    assert found.body["verdict"] == "match"
    assert found.body["portrait"]


async def test_another_name_is_not_theirs(healthy_sandbox: Sandbox):
    question = {"name": "王小明", "number": ALL[0].person.number}
    found = await healthy_sandbox.ask("population-register", "portrait", question)
    assert found.body == {"verdict": "name-differs"}


async def test_nobody_renames_them(sandbox: Sandbox):
    headers = {"X-Control-Key": sandbox.secret("control").hex()}
    wanted = {"number": ALL[0].person.number, "name": "王小明"}
    reply = await sandbox.send("POST", "/control/residents", json=wanted, headers=headers)
    assert (reply.status, reply.body["code"]) == (404, "sandbox-resident-missing")


@pytest.mark.parametrize("one", ALL, ids=named)
def test_they_stand_in_the_quickstart_as_they_are(one: TestResident):
    row = next(line for line in DOCS.read_text().splitlines() if one.person.number in line)
    for told in (str(one.n), one.person.name, one.phone, one.pin):
        assert told in row


# ── the robot, where it refuses


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/oauth/authorize",
        "https://elsewhere.example/oauth/authorize?client_id=x",
        "http://127.0.0.1:8000/v1/me",
        "http://127.0.0.1:8000@elsewhere.example/oauth/authorize",
        "http://[bad/oauth/authorize",
        "file:///etc/passwd",
        "",
    ],
)
async def test_the_robot_goes_to_this_house_and_to_one_address_of_it(sandbox: Sandbox, url: str):
    """It must not become a way around somebody's address guard."""
    reply = await sandbox.send("POST", "/robot/sign-in", json={"url": url})
    assert (reply.status, reply.body["code"]) == (422, "sandbox-robot-sent-away")


async def test_the_robot_plays_nobody_who_is_not_in_the_list(sandbox: Sandbox):
    wanted = {"url": "http://127.0.0.1:8000/oauth/authorize", "resident": 9}
    reply = await sandbox.send("POST", "/robot/sign-in", json=wanted)
    assert (reply.status, reply.body["code"]) == (404, "sandbox-test-resident-missing")


async def test_a_form_of_another_site_does_not_move_the_robot(sandbox: Sandbox):
    reply = await sandbox.send("POST", "/robot/sign-in", data={"url": "x"})
    assert (reply.status, reply.body["code"]) == (422, "sandbox-request-unreadable")
