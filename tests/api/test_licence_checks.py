"""Presentations checked on line: once, within their minute, by whoever scanned them."""

import asyncio
import json
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tortoise.transactions import in_transaction

from services.clocks import today
from services.licences.ledger import WITHDRAWN
from services.licences.verify.memory import Memory
from services.licences.verify.verdict import verify
from services.models import Licence, Presentation
from tests.support.device_key import DeviceKey
from tests.support.front_end import node
from tests.support.http import Api
from tests.support.licences import (
    DRIVING,
    Phone,
    binding,
    carried,
    of_another_province,
    phone,
    public,
    run_out,
)
from tests.support.sandbox import Sandbox

CHECK = "/v1/presentations/check"
HEARD = Path(__file__).parents[1] / "mobile_ui" / "verifier" / "heard.mjs"


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
    bag, now = await carried(api), datetime.now(UTC)
    found = verify(of_another_province(api.sandbox, now), bag, Memory(), now)
    assert (found.word, found.why, dict(found.facts)) == (
        "unsure", "status-missing", {"name": "王小明"},
    )  # fmt: skip
    assert bag.title(found.issuer, "en") == "Linjiang Province"


async def test_on_line_another_provinces_licence_is_not_called_old_or_false(api: Api):
    """Whether it is in force is theirs to say, and the answer names them."""
    text = of_another_province(api.sandbox, datetime.now(UTC))
    answer = await api.post(CHECK, {"presentation": text}, headers={"Accept-Language": "en"})
    assert (answer.status, answer.code) == (409, "presentation-foreign")
    assert "Linjiang Province" in answer.body["detail"]
    forged = await checked(api, text[:-6] + ("AAAAAA" if text[-6:] != "AAAAAA" else "BBBBBB"))
    assert (forged.status, forged.code) == (422, "presentation-unreadable")


async def test_what_ran_out_is_called_run_out_whether_or_not_a_job_has_seen_it(
    api: Api, holder: Phone
):
    """Its end is midnight in China; the job comes two minutes later, or when a worker runs."""
    licence = (await holder.bring_in(DRIVING))["id"]
    made = await holder.handed(licence, "name")
    row = await Licence.get(id=licence)
    await Licence.filter(id=licence).update(until_on=today() - timedelta(days=1))
    by_row = await checked(api, made["credential"] + binding(made, holder.key))
    await Licence.filter(id=licence).update(until_on=row.until_on)
    over = made | {"credential": await run_out(api, holder)}
    by_itself = await checked(api, over["credential"] + binding(over, holder.key))
    for answer in (by_row, by_itself):
        assert (answer.status, answer.code) == (409, "licence-not-in-force")
        assert answer.body["state"] == "expired"


def heard_by_the_page(answers: dict[str, Any]) -> Any:
    sent = json.dumps(answers)
    run = subprocess.run(
        [node(), str(HEARD)], input=sent, capture_output=True, text=True, check=True
    )
    return json.loads(run.stdout)


async def test_the_page_takes_nothing_for_a_refusal_that_is_none(api: Api, holder: Phone):
    """What the house did not judge is left to the keys: nobody honest is called a forger."""
    licence = (await holder.bring_in(DRIVING))["id"]
    text, now = await holder.show(licence, "name"), datetime.now(UTC)
    old = await holder.handed(licence, "name")
    late = old["credential"] + binding(old, holder.key, iat=int(now.timestamp()) - 90)
    answers = {
        "good": await checked(api, text), "used": await checked(api, text),
        "late": await checked(api, late), "rubbish": await checked(api, "x"),
        "too long": await checked(api, "x" * 5000),
        "foreign": await checked(api, of_another_province(api.sandbox, now)),
    }  # fmt: skip
    heard = {name: {"ok": one.status == 200, "said": one.body} for name, one in answers.items()}
    for code in ("too-many-from-address", "database-unavailable"):
        heard[code] = {"ok": False, "said": {"code": code, "title": "", "detail": ""}}
    refused = dict.fromkeys(("used", "late", "rubbish", "too long"), "refused")
    unjudged = dict.fromkeys(("foreign", "too-many-from-address", "database-unavailable"))
    assert heard_by_the_page(heard) == {"good": "good"} | refused | unjudged
