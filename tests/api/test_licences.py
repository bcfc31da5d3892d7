"""The wallet over HTTP: six kinds of licence, shown for a minute and one check, by the phone that
holds them.
"""

from datetime import timedelta

import pytest

from services.clocks import today
from services.issuers.keys import Issuers
from services.licences.number import parse
from services.licences.showing import Showing
from services.licences.verify.presentation import LONGEST
from services.models import Licence
from tests.support.device_key import DeviceKey
from tests.support.everything_held import caller_of
from tests.support.http import Api
from tests.support.licences import (
    BUSINESS,
    CARD,
    DRIVING,
    INSURANCE,
    MARRIAGE,
    PERMIT,
    PERMITTED,
    Phone,
    endorse,
    open_a_shop,
    phone,
    public,
)
from tests.support.log_capture import personal
from tests.support.sandbox import Sandbox

LONG_URL = "https://zhengwu-fuwu.guangdong.example.gov.cn"


@pytest.fixture(scope="module")
async def holder(api: Api) -> Phone:
    return await phone(api)


@pytest.fixture(scope="module")
async def driving(holder: Phone) -> str:
    return str((await holder.bring_in(DRIVING))["id"])


@pytest.mark.parametrize("method", ["GET", "PUT", "POST"])
async def test_nobody_else_reaches_a_wallet(api: Api, holder: Phone, driving: str, method: str):
    stranger = await phone(api)
    paths = {
        "GET": f"/v1/licences/{driving}",
        "PUT": f"/v1/licence-types/{DRIVING}/licence",
        "POST": f"/v1/licences/{driving}/presentations",
    }
    body = {"shown": ["name"], "key": public(stranger.key)} if method == "POST" else None
    assert (await api.send(method, paths[method], json=body)).status == 401
    if method != "PUT":
        theirs = await stranger.send(method, paths[method], json=body)
        assert (theirs.status, theirs.code) == (404, "licence-missing")
    pdf = await stranger.send("GET", f"/v1/licences/{driving}/pdf")
    assert (pdf.status, pdf.code) == (404, "licence-missing")


@pytest.mark.parametrize("id", ["x", "0f8fad5b-d9cb-469f-a165-70867728950e", "0" * 40])
async def test_what_is_not_in_the_wallet_is_missing(holder: Phone, id: str):
    assert (await holder.send("GET", f"/v1/licences/{id}")).code == "licence-missing"


async def test_a_kind_that_there_is_not_is_not_brought_in(holder: Phone):
    made = await holder.send("PUT", "/v1/licence-types/wings/licence")
    assert (made.status, made.code) == (404, "licence-type-unknown")
    assert (await holder.api.get("/v1/licence-types/wings")).code == "licence-type-unknown"
    assert (await holder.api.get("/v1/status-lists/wings-1")).code == "status-list-missing"


async def test_what_no_office_has_is_not_made(holder: Phone):
    """Born in an even month: no residence permit (docs/sandbox.md)."""
    made = await holder.send("PUT", f"/v1/licence-types/{PERMIT}/licence")
    assert (made.status, made.code) == (404, "no-record")
    assert not await Licence.exists(resident_id=holder.who.resident, type=PERMIT)


async def test_an_office_that_is_away_changes_nothing(holder: Phone, healthy_sandbox: Sandbox):
    await holder.bring_in(INSURANCE)
    await healthy_sandbox.fault("social-insurance", "error")
    made = await holder.send("PUT", f"/v1/licence-types/{INSURANCE}/licence")
    assert (made.status, made.code) == (503, "department-failed")
    assert made.body["department"] in made.body["detail"]
    assert await Licence.exists(resident_id=holder.who.resident, type=INSURANCE, ended_at=None)
    await healthy_sandbox.heal()
    holder.api.parts.departments["social-insurance"].circuit.succeeded()


async def test_sensitive_facts_need_a_fresh_proof(api: Api, holder: Phone, driving: str):
    """PIPL art. 28; CONTRACTS: sensitive reads need 4, proven in the last 900 s."""
    card = (await holder.bring_in(CARD))["id"]
    back = Phone(api, holder.who, holder.name, holder.number, holder.key)
    back.who = await api.sign_in(resident=holder.who.resident, acr="3", key=holder.key.thumbprint)
    whole = await back.send("GET", f"/v1/licences/{driving}")
    said = {fact["name"]: fact["value"] for fact in whole.body["facts"]}
    assert said["name"] == holder.name and holder.number not in whole.raw.decode()
    assert said["id_number"].startswith(holder.number[0] + "*")
    chosen = {"shown": ["name", "id_number"], "key": public(holder.key)}
    for path, body in (
        (f"/v1/licences/{driving}/presentations", chosen),
        (f"/v1/licences/{card}/presentations", chosen | {"shown": ["name"]}),
    ):
        refused = await back.send("POST", path, json=body)
        assert (refused.status, refused.code) == (401, "step-up-needed")
    for path in (f"/v1/licences/{card}", f"/v1/licences/{driving}/pdf"):
        assert (await back.send("GET", path)).code == "step-up-needed"
    assert (await back.handed(driving, "name"))["code"]


@pytest.mark.parametrize(
    "shown",
    [[], ["portrait"], ["nothing"], ["name", "name"], ["name", "spouse"], ["Name"], ["a"] * 31],
)
async def test_only_what_stands_on_it_is_shown(holder: Phone, driving: str, shown: list[str]):
    body = {"shown": shown, "key": public(holder.key)}
    made = await holder.send("POST", f"/v1/licences/{driving}/presentations", json=body)
    assert made.status == 422
    assert made.code in {"licence-fields-not-offered", "request-invalid"}


async def test_only_the_sessions_own_key_is_bound(api: Api, holder: Phone, driving: str):
    other = DeviceKey(api.settings.public_url)
    keys = [None, public(other), public(other) | {"x": "A" * 43}]
    for key in keys:
        body = {"shown": ["name"], "key": key}
        made = await holder.send("POST", f"/v1/licences/{driving}/presentations", json=body)
        assert (made.status, made.code) == (422, "holder-key-unfit")


async def test_bringing_in_twice_changes_nothing_and_another_fact_makes_another_version(
    api: Api,
):
    """The number of the next version ends in the next three digits (GB/T 36904)."""
    holder = await phone(api, born=PERMITTED)
    first = await holder.bring_in(PERMIT)
    assert (await holder.bring_in(PERMIT))["id"] == first["id"]
    await endorse(holder)
    second = await holder.bring_in(PERMIT)
    assert second["id"] != first["id"] and second["until"] > first["until"]
    numbers = [
        parse((await holder.send("GET", f"/v1/licences/{one['id']}")).body["number"])
        for one in (first, second)
    ]
    assert [one.version for one in numbers] == [1, 2]
    lines = (await holder.send("GET", "/v1/licences")).body["licences"]
    assert [line["state"] for line in lines] == ["valid", "superseded"]


async def test_a_page_of_the_wallet_follows_another(api: Api, holder: Phone):
    types = (await holder.send("GET", "/v1/licences")).body["types"]
    assert {DRIVING, CARD, MARRIAGE, PERMIT, INSURANCE, BUSINESS} <= {one["id"] for one in types}
    assert (await holder.send("GET", "/v1/licences?cursor=x")).code == "question-invalid"


async def test_six_kinds_with_everything_on_them_fit_a_qr_code(api: Api):
    """2,900 bytes, of a house whose address is longer than most."""
    issuers = Issuers(api.parts.ground.vault, api.parts.catalogue.departments, LONG_URL)
    showing = Showing(api.parts.launch.wallet, issuers, LONG_URL)
    married, lodger = await phone(api), await phone(api, born=PERMITTED)
    await open_a_shop(married)
    sizes = {}
    for holder, kinds in (
        (married, (CARD, DRIVING, INSURANCE, MARRIAGE, BUSINESS)), (lodger, (PERMIT,)),
    ):  # fmt: skip
        caller = caller_of(holder.who.resident)
        for kind in kinds:
            licence = (await holder.bring_in(kind))["id"]
            whole = (await holder.send("GET", f"/v1/licences/{licence}")).body
            names = ["number", *(fact["name"] for fact in whole["facts"])]
            made = await showing.show(caller, licence, names, None, "en")
            sizes[kind] = len(personal(made.link + made.shown))
    assert len(sizes) == 6
    assert max(sizes.values()) <= LONGEST, sizes


async def test_a_licence_is_printed_with_its_departments_seal(holder: Phone, driving: str):
    made = await holder.send("GET", f"/v1/licences/{driving}/pdf")
    assert made.status == 200 and made.raw.startswith(b"%PDF-")
    assert made.headers["content-type"] == "application/pdf"
    assert b"/SubFilter /ETSI.CAdES.detached" in made.raw


async def test_past_its_last_day_nothing_is_sealed_shown_or_called_in_force(api: Api):
    """Whether or not the job of that night has come: it may be late, or the worker down."""
    holder = await phone(api)
    licence = (await holder.bring_in(DRIVING))["id"]
    await Licence.filter(id=licence).update(until_on=today() - timedelta(days=1))
    body = {"shown": ["name"], "key": public(holder.key)}
    for answer in (
        await holder.send("GET", f"/v1/licences/{licence}/pdf"),
        await holder.send("POST", f"/v1/licences/{licence}/presentations", json=body),
    ):
        assert (answer.status, answer.code) == (409, "licence-not-in-force")
        assert answer.body["state"] == "expired"
    (card,) = (await holder.send("GET", "/v1/licences")).body["licences"]
    assert (card["state"], card["living"]) == ("expired", False)
    await Licence.filter(id=licence).update(until_on=today())
    assert (await holder.send("GET", f"/v1/licences/{licence}/pdf")).status == 200


async def test_kinds_are_described_for_whoever_checks(api: Api):
    """SD-JWT VC type metadata: ``vct`` leads to where the kind is described."""
    for kind in (await api.get("/v1/licence-types")).body["types"]:
        path = kind["vct"].removeprefix(api.settings.public_url)
        assert (await api.get(path)).body == kind
        assert all(claim["sd"] == "always" and claim["display"] for claim in kind["claims"])


async def test_a_status_list_is_of_its_type_and_says_nobodys_name(api: Api, holder: Phone):
    lists = (await api.get("/v1/status-lists")).body["status_lists"]
    assert lists
    answer = await api.get(lists[0].removeprefix(api.settings.public_url))
    assert answer.headers["content-type"] == "application/statuslist+jwt"
    assert len(answer.raw) < 2000
