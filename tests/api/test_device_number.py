"""The number that the telephone shows is typed at the kiosk, and a device code is used once."""

import asyncio

import pytest

from identity.models import Session
from tests.support.http import Api
from tests.support.kiosk import KioskPage, Phone, a_kiosk, agreed, later, let_in


@pytest.fixture(scope="module")
async def kiosk(api: Api) -> KioskPage:
    return await a_kiosk(api)


@pytest.fixture
async def phone(api: Api) -> Phone:
    return Phone(api, await api.sign_in())


def other_than(number: str, step: int = 1) -> str:
    return f"{(int(number) + step) % 10_000:04d}"


async def test_a_yes_without_the_number_opens_nothing(api: Api, kiosk: KioskPage, phone: Phone):
    code, _ = await agreed(api, kiosk, phone)
    assert (await kiosk.poll(api, code)).body["error"] == "authorization_pending"
    assert not await Session.filter(client=kiosk.id, resident_id=phone.resident).exists()


async def test_a_wrong_number_may_be_typed_again_twice_and_then_it_is_dead(
    api: Api, kiosk: KioskPage, phone: Phone
):
    code, number = await agreed(api, kiosk, phone)
    tries = [await kiosk.poll(api, code, other_than(number, step)) for step in (1, 2, 3)]
    assert [one.body["error"] for one in tries] == [
        "authorization_pending", "authorization_pending", "access_denied",
    ]  # fmt: skip
    assert [one.headers.get("Handoff-Tries") for one in tries] == ["2", "1", None]
    assert tries[0].headers["Handoff-State"] == "wrong-number"
    right = await kiosk.poll(api, code, number)
    assert (right.status, right.body["error"]) == (400, "access_denied")


async def test_the_right_number_counts_at_the_last_try(api: Api, kiosk: KioskPage, phone: Phone):
    code, number = await agreed(api, kiosk, phone)
    for step in (1, 2):
        await kiosk.poll(api, code, other_than(number, step))
    assert (await kiosk.poll(api, code, number)).status == 200


async def test_many_numbers_at_once_are_three_tries(api: Api, kiosk: KioskPage, phone: Phone):
    """Counted before they are compared."""
    code, number = await agreed(api, kiosk, phone)
    wrong = [other_than(number, step) for step in range(1, 21)]
    said = await asyncio.gather(*(kiosk.poll(api, code, one) for one in wrong))
    assert [one.body["error"] for one in said].count("authorization_pending") == 2
    assert (await kiosk.poll(api, code, number)).body["error"] == "access_denied"


async def test_a_device_code_is_used_once_whoever_asks_at_once(
    api: Api, kiosk: KioskPage, phone: Phone
):
    """Three tries let three through to the use itself, and one of them has it."""
    code, number = await agreed(api, kiosk, phone)
    done = await asyncio.gather(*(kiosk.poll(api, code, number) for _ in range(20)))
    assert sorted(one.status for one in done) == [200] + [400] * 19
    again = await kiosk.poll(api, code, number)
    assert again.status == 400
    assert await Session.filter(client=kiosk.id, resident_id=phone.resident).count() == 1


async def test_postgresql_has_the_last_word_on_a_device_code(
    api: Api, kiosk: KioskPage, phone: Phone
):
    """A Valkey that forgot the use does not open it twice."""
    code, number = await agreed(api, kiosk, phone)
    assert (await kiosk.poll(api, code, number)).status == 200
    await later(api, "used")
    again = await kiosk.poll(api, code, number)
    assert (again.status, again.body["error"]) == (400, "invalid_grant")


async def test_a_valkey_that_was_emptied_makes_the_visitor_begin_anew(
    api: Api, kiosk: KioskPage, phone: Phone
):
    code, number = await agreed(api, kiosk, phone)
    for what in ("shown", "claim", "decision"):
        await later(api, what)
    assert (await kiosk.poll(api, code, number)).body["error"] == "invalid_grant"
    assert (await let_in(api, kiosk, phone)).status == 200
