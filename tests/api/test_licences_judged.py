"""Presentations good and bad before three verifiers: the command's, the page's, and npm @sd-jwt.

RFC 9901 §7.3 (key binding), SD-JWT VC (type, issuer), Token Status List (type, end, values).
"""

import base64
import json
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from tortoise.transactions import in_transaction

from services.licences import status
from services.licences.ledger import WITHDRAWN
from services.licences.verify.carried import Carried
from services.licences.verify.memory import Memory
from services.licences.verify.verdict import verify
from services.models import Licence
from tests.support.front_end import node
from tests.support.http import Api
from tests.support.licences import (
    CARD,
    DRIVING,
    MARRIAGE,
    carried,
    claims_of,
    phone,
    run_out,
)
from tests.support.licences_forged import (
    World,
    another_key,
    with_changed_fact,
    with_claims,
    with_critical,
    with_fact_of_another,
    with_halves_moved,
    with_header,
    with_less_than_was_bound,
)
from tests.support.outside_clients import told_by

PAGE = Path(__file__).parents[1] / "mobile_ui" / "verifier" / "judge.mjs"


@pytest.fixture(scope="module")
async def world(api: Api) -> World:
    holder = await phone(api)
    cards = {kind: (await holder.bring_in(kind))["id"] for kind in (DRIVING, MARRIAGE, CARD)}
    made = await holder.handed(cards[DRIVING], "name", "classes", "until")
    other = await holder.handed(cards[DRIVING], "id_number")
    ended = await holder.handed(cards[MARRIAGE], "name")
    still = await holder.handed(cards[CARD], "name")
    await end(api, cards[MARRIAGE])
    await suspend(cards[CARD])
    fresh = await carried(api)
    at = datetime.now(UTC)
    over = made | {"credential": await run_out(api, holder)}
    moved = made | await with_halves_moved(api, holder)
    carries = await bags(api, fresh, made)
    return World(api, holder, carries, at, made, other, ended, still, over, moved)


async def end(api: Api, licence: str) -> None:
    row = await Licence.get(id=licence)
    async with in_transaction() as connection:
        await api.parts.launch.wallet.ledger.end(connection, row, WITHDRAWN)


async def suspend(licence: str) -> None:
    row = await Licence.get(id=licence)
    async with in_transaction() as connection:
        await status.change(connection, UUID(str(row.status_id)), status.SUSPENDED)


async def bags(api: Api, fresh: Carried, made: dict[str, Any]) -> dict[str, Carried]:
    uri = claims_of(made["credential"].partition("~")[0])["status"]["status_list"]["uri"]
    issuers, now = api.parts.launch.issuers, datetime.now(UTC)
    own = await issuers.current("transport", "licence")
    foreign = await issuers.current("tax", "licence")
    stale = status.signed(own, uri, [], now - status.LIFE - timedelta(hours=1))
    forged = status.signed(foreign, uri, [], now)
    keyless = [one for one in fresh.issuers if not one["iss"].endswith("/transport")]
    given_up = [dict(one) | {"ended_at": "2020-01-01T00:00:00+00:00"} for one in fresh.issuers]
    return {
        "fresh": fresh,
        "stale": replace(fresh, tokens=dict(fresh.tokens) | {uri: stale}),
        "none": replace(fresh, tokens={}),
        "forged-list": replace(fresh, tokens={uri: forged}),
        "list-of-another": replace(fresh, tokens={uri: next(
            token for at, token in fresh.tokens.items() if at != uri)}),
        "no-issuer": replace(fresh, issuers=keyless),
        "given-up": replace(fresh, issuers=given_up),
    }  # fmt: skip


NOW = 0
CASES: dict[str, tuple[Any, str, float, str, str]] = {
    # name: (text, bag, seconds later, word, why)
    "nothing": (lambda w: "", "fresh", NOW, "refused", "unreadable"),
    "a web address": (lambda w: "https://example.com/#x", "fresh", NOW, "refused", "unreadable"),
    "rubbish": (lambda w: "a.b.c~d~e.f.g", "fresh", NOW, "refused", "unreadable"),
    "too long": (lambda w: w.good + "~" * 2900, "fresh", NOW, "refused", "unreadable"),
    "no binding": (lambda w: w.made["credential"], "fresh", NOW, "refused", "unreadable"),
    "no nonce": (lambda w: w.shown(w.made, nonce=""), "fresh", NOW, "refused", "unreadable"),
    "another type": (lambda w: with_header(w, typ="JWT"), "fresh", NOW, "refused", "unreadable"),
    "more is critical": (with_critical, "fresh", NOW, "refused", "forged"),
    "unsigned": (lambda w: with_header(w, alg="none"), "fresh", NOW, "refused", "forged"),
    "HMAC": (lambda w: with_header(w, alg="HS256"), "fresh", NOW, "refused", "forged"),
    "other kid": (lambda w: with_header(w, kid="x"), "fresh", NOW, "refused", "issuer-unknown"),
    "wrong issuer": (lambda w: w.good, "no-issuer", NOW, "refused", "issuer-unknown"),
    "issuer given up": (lambda w: w.good, "given-up", NOW, "refused", "issuer-unknown"),
    "run out": (lambda w: w.shown(w.over), "fresh", NOW, "refused", "expired"),
    "earlier end": (lambda w: with_claims(w, exp=1), "fresh", NOW, "refused", "forged"),
    "later end": (lambda w: with_claims(w, exp=4e9), "fresh", NOW, "refused", "forged"),
    "thief's key": (another_key, "fresh", NOW, "refused", "forged"),
    "other's fact": (with_fact_of_another, "fresh", NOW, "refused", "forged"),
    "changed fact": (with_changed_fact, "fresh", NOW, "refused", "forged"),
    "less than bound": (with_less_than_was_bound, "fresh", NOW, "refused", "forged"),
    "for another house": (
        lambda w: w.shown(w.made, aud="https://elsewhere.example"), "fresh", NOW, "refused",
        "forged",
    ),
    "from the future": (
        lambda w: w.shown(w.made, iat=int(w.at.timestamp()) + 30), "fresh", NOW, "refused",
        "forged",
    ),
    "a time as text": (
        lambda w: w.shown(w.made, iat=str(int(w.at.timestamp()))), "fresh", NOW, "refused",
        "unreadable",
    ),
    "a time that is no number": (
        lambda w: w.shown(w.made, iat=float("nan")), "fresh", NOW, "refused", "unreadable",
    ),
    "a code as a list": (
        lambda w: w.shown(w.made, nonce=[w.made["code"]]), "fresh", NOW, "refused", "unreadable",
    ),
    "halves of a key moved": (lambda w: w.shown(w.moved), "fresh", NOW, "refused", "forged"),
    "a screenshot": (lambda w: w.good, "fresh", 75, "refused", "late"),
    "seen before": (lambda w: w.good, "fresh", NOW, "refused", "seen"),
    "revoked": (lambda w: w.shown(w.ended), "fresh", NOW, "refused", "revoked"),
    "suspended": (lambda w: w.shown(w.still), "fresh", NOW, "refused", "suspended"),
    "status list stale": (lambda w: w.good, "stale", NOW, "unsure", "status-stale"),
    "status list absent": (lambda w: w.good, "none", NOW, "unsure", "status-missing"),
    "list forged": (lambda w: w.good, "forged-list", NOW, "unsure", "status-missing"),
    "list of another": (lambda w: w.good, "list-of-another", NOW, "unsure", "status-missing"),
    "good": (lambda w: w.good, "fresh", NOW, "good", ""),
    "good as a link": (lambda w: w.made["link"] + w.good, "fresh", NOW, "good", ""),
    "good with spaces": (lambda w: f"\n {w.good} \n", "fresh", NOW, "good", ""),
    "good near its end": (lambda w: w.good, "fresh", 55, "good", ""),
}  # fmt: skip


@pytest.fixture(scope="module")
def texts(world: World) -> dict[str, str]:
    return {name: make(world) for name, (make, *_) in CASES.items()}


@pytest.fixture(scope="module")
def by_page(world: World, texts: dict[str, str]) -> dict[str, Any]:
    """All cases in one run of the page's own rules."""
    cases = {
        name: {
            "text": texts[name],
            "now": world.at.timestamp() + later,
            "seen": why == "seen",
            "bag": bag,
        }
        for name, (_, bag, later, _, why) in CASES.items()
    }
    carried_along = {
        name: {"issuers": bag.issuers, "lists": bag.tokens, "types": bag.types}
        for name, bag in world.bags.items()
    }
    run = subprocess.run(
        [node(), str(PAGE)], input=json.dumps({"bags": carried_along, "cases": cases}),
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    told: dict[str, Any] = json.loads(run.stdout)
    return told


@pytest.mark.parametrize("name", CASES)
def test_the_command_and_the_page_say_the_same(world, texts, by_page, name) -> None:
    _, bag, later, word, why = CASES[name]
    memory, now = Memory(), world.at + timedelta(seconds=later)
    if why == "seen":
        assert verify(texts[name], world.bags[bag], memory, now).word == "good"
    found = verify(texts[name], world.bags[bag], memory, now)
    assert (found.word, found.why) == (word, why)
    assert (by_page[name]["word"], by_page[name]["why"]) == (word, why)
    if word != "refused":
        expected = {"name": world.phone.name, "classes": "C1", "until": found.facts["until"]}
        assert dict(found.facts) == by_page[name]["facts"] == expected
        assert list(found.facts) == ["name", "classes", "until"]


def test_a_library_of_others_says_the_same(world: World, texts: dict, outside_packages) -> None:
    """Of what the standards decide alone; memory and sixty seconds are our own rules."""
    asked = ("good", "revoked", "suspended", "thief's key", "later end", "less than bound",
             "other kid")  # fmt: skip
    bag = world.bags["fresh"]
    told = told_by(
        "sd_jwt.mjs",
        {
            "keys": [key for one in bag.issuers for key in one["keys"]],
            "lists": dict(bag.tokens),
            "cases": {
                name: {"text": texts[name], "nonce": claims_of(texts[name].split("~")[-1])["nonce"]}
                for name in asked
            },
        },
    )
    assert {name: one["good"] for name, one in told.items()} == {
        name: CASES[name][3] == "good" for name in asked
    }, told
    good = told["good"]
    assert good["payload"]["name"] == world.phone.name and good["payload"]["classes"] == "C1"
    assert "id_number" not in good["payload"]
    assert good["audience"] == world.api.settings.public_url


def test_what_was_not_chosen_cannot_be_found_in_what_was_shown(world: World) -> None:
    number = world.phone.number
    for part in world.good.replace(".", "~").split("~"):
        opened = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
        assert number.encode() not in opened and b"id_number" not in opened


def test_two_presentations_share_nothing_but_the_facts(world: World) -> None:
    one, other = (claims_of(made["credential"]) for made in (world.made, world.other))
    assert not set(one["_sd"]) & set(other["_sd"])


def test_a_memory_that_several_verifiers_share_lets_one_succeed(world, texts, tmp_path) -> None:
    file = tmp_path / "seen.db"
    bag = world.bags["fresh"]
    said = [verify(texts["good"], bag, Memory(file), world.at).why for _ in range(3)]
    assert said == ["", "seen", "seen"]
