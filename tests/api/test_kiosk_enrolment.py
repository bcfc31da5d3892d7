"""Enrolment: an operator's one-time code and a key that was proven make a kiosk."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from identity.kiosks.codes import LENGTH
from identity.models import AuditEvent, Kiosk, KioskCode, Partner
from tests.support.device_key import DeviceKey
from tests.support.http import Api
from tests.support.kiosk import (
    ADDRESS,
    REGION,
    SERVICE,
    SITE,
    KioskPage,
    Phone,
    a_code,
    a_kiosk,
    an_operator,
    enrol,
)
from tests.support.log_capture import personal
from tests.support.staff import Desk, at_work

ANSWERS = f"/v1/services/{SERVICE}/answers"


@pytest.fixture(scope="module")
async def operator(api: Api) -> Desk:
    return await an_operator(api)


@pytest.fixture(scope="module")
async def kiosk(api: Api, operator: Desk) -> KioskPage:
    return await a_kiosk(api, operator)


@pytest.fixture
def page(api: Api) -> KioskPage:
    return KioskPage(api.url, "")


@pytest.fixture
async def phone(api: Api) -> Phone:
    return Phone(api, await api.sign_in())


@pytest.fixture(autouse=True)
async def fresh_pace(api: Api) -> None:
    """Every test comes from one address."""
    keys = [key async for key in api.parts.cache.scan_iter("kiosk-codes:*")]
    if keys:
        await api.parts.cache.delete(*keys)


@pytest.mark.parametrize("role", ["clerk", "supervisor", "administrator"])
async def test_nobody_but_an_operator_gives_codes(api: Api, role: str):
    desk = await at_work(api, role)
    wanted = {"site": SITE, "address": ADDRESS, "region": REGION}
    refused = await desk.post("/staff/kiosks/codes", wanted)
    assert (refused.status, refused.code) == (403, "staff-role-missing")
    assert (await desk.send("GET", "/staff/kiosks")).code == "staff-role-missing"


@pytest.mark.parametrize("region", ["", "11", "4", "440a"])
async def test_a_code_is_for_a_region_of_ones_own(operator: Desk, region: str):
    wanted = {"site": SITE, "address": ADDRESS, "region": region}
    refused = await operator.post("/staff/kiosks/codes", wanted)
    assert (refused.status, refused.code) == (403, "staff-region-beyond")


@pytest.mark.parametrize("site", ["", " ", "a\nb", "x" * 81])
async def test_a_site_is_a_line_that_people_can_read(operator: Desk, site: str):
    wanted = {"site": site, "address": ADDRESS, "region": REGION}
    assert (await operator.post("/staff/kiosks/codes", wanted)).code == "request-invalid"


async def test_a_code_has_enough_bits_lives_a_quarter_of_an_hour_and_is_kept_as_a_digest(
    operator: Desk,
):
    wanted = {"site": SITE, "address": ADDRESS, "region": REGION}
    given = (await operator.post("/staff/kiosks/codes", wanted)).body
    assert len(personal(given["code"])) == LENGTH >= 10
    until = datetime.fromisoformat(given["expires_at"]) - datetime.now(UTC)
    assert until <= timedelta(minutes=15)
    rows = await KioskCode.all()
    assert rows and all(given["code"] not in str(vars(row)) for row in rows)


async def test_a_kiosk_is_what_its_code_was_given_for(api: Api, operator: Desk, page: KioskPage):
    done = await enrol(api, page, await a_code(operator))
    assert done.status == 201
    assert done.body == {
        "client_id": page.id, "site": SITE, "address": ADDRESS, "region": REGION,
    }  # fmt: skip
    row, client = await Kiosk.get(client=page.id), await Partner.get(id=page.id)
    assert (client.kind, client.state, str(row.enrolled_by)) == (
        "kiosk", "approved", str(client.decided_by),
    )  # fmt: skip
    events = await AuditEvent.filter(event="kiosk:enrolled", client=page.id)
    assert len(events) == 1


@pytest.mark.parametrize("typed", [str.lower, lambda c: f"{c[:5]} - {c[5:]}"])
async def test_a_code_is_understood_however_it_is_typed(
    api: Api, operator: Desk, page: KioskPage, typed: Any
):
    assert (await enrol(api, page, typed(await a_code(operator)))).status == 201


async def test_a_code_enrols_one_kiosk_whoever_comes_at_once(api: Api, operator: Desk):
    code = await a_code(operator)
    pages = [KioskPage(api.url, "") for _ in range(8)]
    said = await asyncio.gather(*(enrol(api, one, code) for one in pages))
    assert sorted(one.status for one in said) == [201] + [403] * 7
    assert {one.code for one in said if one.status == 403} == {"kiosk-code-unknown"}


async def test_a_code_that_is_too_old_enrols_nobody(api: Api, operator: Desk, page: KioskPage):
    code = await a_code(operator)
    await KioskCode.filter(used_at__isnull=True).update(expires_at=datetime.now(UTC))
    assert (await enrol(api, page, code)).code == "kiosk-code-unknown"


async def test_guessing_codes_is_slow_for_an_address(api: Api, operator: Desk, page: KioskPage):
    said = [await enrol(api, page, "2345678923") for _ in range(11)]
    assert [one.status for one in said] == [403] * 10 + [429]
    assert int(said[-1].headers["Retry-After"]) > 60
    assert (await enrol(api, page, await a_code(operator))).code == "kiosk-codes-too-many"


async def test_good_codes_are_not_counted_as_guesses(api: Api, operator: Desk):
    for _ in range(11):
        assert (await enrol(api, KioskPage(api.url, ""), await a_code(operator))).status == 201


async def test_a_key_that_was_not_proven_is_not_enrolled(api: Api, operator: Desk, page: KioskPage):
    code = await a_code(operator)
    other = DeviceKey(api.url)
    for refused in (
        await enrol(api, page, code, proof=""),
        await enrol(api, page, code, proof=other.proof("POST", "/v1/kiosks")),
        await enrol(api, page, code, jwk=other.jwk),
        await enrol(api, page, code, jwk={"kty": "oct", "k": "AA"}),
        await enrol(api, page, code, jwk=page.key.jwk | {"x": "AA"}),
        await enrol(api, page, code, jwk={}),
    ):
        assert (refused.status, refused.code) == (422, "kiosk-key-unproven")
    assert (await enrol(api, page, code)).status == 201
