"""Presentations checked on line: once, within their minute, by whoever scanned them."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from tortoise.transactions import in_transaction

from services.licences.credential import Issued, bound, credential, public_jwk
from services.licences.ledger import WITHDRAWN
from services.licences.verify.memory import Memory
from services.licences.verify.verdict import verify
from services.models import Licence, Presentation
from services.sandbox.other_province import Province
from tests.support.device_key import DeviceKey
from tests.support.http import Api
from tests.support.licences import (
    DRIVING,
    Phone,
    binding,
    carried,
    phone,
    public,
)
from tests.support.sandbox import Sandbox

CHECK = "/v1/presentations/check"


@pytest.fixture(scope="module")
async def holder(api: Api) -> Phone:
    return await phone(api)


@pytest.fixture(scope="module")
async def driving(holder: Phone) -> str:
    return str((await holder.bring_in(DRIVING))["id"])


async def checked(api: Api, text: str):
    return await api.post(CHECK, {"presentation": text})


@pytest.mark.parametrize("text", ["", "x", "a~b", "https://x.example/#a~b~c", "x" * 5000])
async def test_rubbish_is_no_presentation(api: Api, text: str):
    answer = await checked(api, text)
    assert (answer.status, answer.code) in {
        (422, "presentation-unreadable"), (422, "request-invalid"),
    }  # fmt: skip


async def test_a_thief_of_the_picture_has_no_key(api: Api, holder: Phone, driving: str):
    """A code is not used up by who cannot bind it."""
    made = await holder.handed(driving, "name")
    thief = DeviceKey(api.settings.public_url)
    refused = await checked(api, made["credential"] + binding(made, thief))
    assert (refused.status, refused.code) == (422, "presentation-unreadable")
    own = await checked(api, made["credential"] + binding(made, holder.key))
    assert own.status == 200


async def test_a_code_of_ones_own_is_unknown(api: Api, holder: Phone, driving: str):
    """Whoever keeps a credential can bind it anew, but the house was not asked."""
    made = await holder.handed(driving, "name")
    own = made | {"code": "A" * 22}
    answer = await checked(api, made["credential"] + binding(own, holder.key))
    assert (answer.status, answer.code) == (404, "presentation-unknown")


async def test_a_screenshot_is_late(api: Api, holder: Phone, driving: str):
    made = await holder.handed(driving, "name")
    old = int(datetime.now(UTC).timestamp()) - 90
    late = await checked(api, made["credential"] + binding(made, holder.key, iat=old))
    assert (late.status, late.code) == (409, "presentation-late")
    await Presentation.filter(resident_id=holder.who.resident).update(
        good_until=datetime.now(UTC) - timedelta(seconds=1)
    )
    late = await checked(api, made["credential"] + binding(made, holder.key))
    assert (late.status, late.code) == (409, "presentation-late")


async def test_what_ended_meanwhile_is_not_shown_nor_checked(api: Api):
    holder = await phone(api)
    licence = (await holder.bring_in(DRIVING))["id"]
    text, later = await holder.show(licence, "name"), await holder.handed(licence, "name")
    row = await Licence.get(id=licence)
    async with in_transaction() as connection:
        await api.parts.launch.wallet.ledger.end(connection, row, WITHDRAWN)
    answer = await checked(api, text)
    assert (answer.status, answer.code) == (409, "licence-not-in-force")
    body = {"shown": ["name"], "key": public(holder.key)}
    again = await holder.send("POST", f"/v1/licences/{licence}/presentations", json=body)
    assert again.code == "licence-not-in-force"
    kept = later["credential"] + binding(later, holder.key)
    assert verify(kept, await carried(api), Memory()).why == "revoked"
    notices = (await holder.send("GET", "/v1/me/notices")).body["notices"]
    assert "licence-withdrawn" in [one["kind"] for one in notices]


async def test_of_fifty_who_check_at_once_one_succeeds(api: Api, holder: Phone, driving: str):
    text = await holder.show(driving, "name", "classes")
    answers = await asyncio.gather(*(checked(api, text) for _ in range(50)))
    assert sorted(one.status for one in answers) == [200] + [409] * 49
    assert {one.code for one in answers} == {None, "presentation-used"}
    (good,) = (one.body for one in answers if one.status == 200)
    assert {fact["name"]: fact["value"] for fact in good["facts"]} == {
        "name": holder.name, "classes": "C1",
    }  # fmt: skip
    assert good["type"]["id"] == DRIVING and good["department"]["id"] == "transport"
    assert good["portrait"] is None and not good["portrait_missing"]
    events = (await holder.send("GET", "/v1/me/activity")).body["events"]
    assert {"licence:shown", "licence:checked"} <= {one["event"] for one in events}


async def test_a_portrait_is_fetched_for_the_answer_and_kept_nowhere(
    api: Api, holder: Phone, driving: str, healthy_sandbox: Sandbox
):
    text = await holder.show(driving, "name", "portrait")
    assert "portrait" not in text
    answer = await checked(api, text)
    assert answer.body["portrait"].startswith("data:image/jpeg;base64,/9j/")
    assert answer.headers["cache-control"] == "no-store"
    rows = await Presentation.filter(resident_id=holder.who.resident).values()
    assert all(len(str(row)) < 600 for row in rows)
    text = await holder.show(driving, "name", "portrait")
    await healthy_sandbox.fault("population-register", "error")
    missing = await checked(api, text)
    assert (missing.status, missing.body["portrait"]) == (200, None)
    assert missing.body["portrait_missing"]


async def test_a_host_without_keys_is_given_a_whole_presentation(api: Api):
    """Inside WeChat no key is kept: one that lives for this presentation binds it."""
    holder = await phone(api, bound=False)
    licence = (
        await api.send("PUT", f"/v1/licence-types/{DRIVING}/licence", holder.who.access)
    ).body
    path, sent = f"/v1/licences/{licence['id']}/presentations", {"shown": ["name"]}
    made = (await api.post(path, sent, holder.who.access)).body
    assert made["qr"].startswith("data:image/svg+xml")
    answer = await checked(api, made["link"] + made["presentation"])
    assert answer.status == 200, answer.body


async def test_a_recognised_provinces_licence_is_known_by_its_key(api: Api):
    """Mutual recognition: genuine; its status list is fetched from where it lies, not from us."""
    sandbox, now, bag = api.sandbox, datetime.now(UTC), await carried(api)
    province = Province(f"{sandbox.url}/other-province", sandbox.secret("other-province"))
    holder, key = ec.generate_private_key(ec.SECP256R1()), province.key("licence")
    issued = Issued(
        province.address, province.jwk("licence")["kid"], key, f"{province.address}/kind",
        f"{province.address}/list", 7,
    )  # fmt: skip
    facts = {"name": "王小明", "classes": "C1"}
    made = credential(issued, facts, ["name"], public_jwk(holder), until=None, at=now)
    text = bound(made, holder, province.address, "n" * 22)
    found = verify(text, bag, Memory(), now)
    assert (found.word, found.why, dict(found.facts)) == (
        "unsure", "status-missing", {"name": "王小明"},
    )  # fmt: skip
    assert bag.title(found.issuer, "en") == "Linjiang Province"
