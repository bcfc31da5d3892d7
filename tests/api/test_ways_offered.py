"""Which ways a page offers: none that nobody stands behind, and never a face only."""

from pathlib import Path
from uuid import UUID

import pytest

from api.ways import keep_offered, offered
from config.settings import Settings
from identity.caller import Caller, CallerKind
from identity.release import step_up
from identity.ways import WAYS
from tests.conftest import settings_on

ISSUER, OFFICE = "https://id.example.gov.cn", "https://cards.example.com"


@pytest.fixture
def house(tmp_path: Path) -> Settings:
    return settings_on("", "", tmp_path)


@pytest.mark.parametrize(
    ("named", "missing"),
    [
        ({}, {"network-identity", "bank-card"}),
        ({"outside_issuer": ISSUER}, {"bank-card"}),
        ({"card_office_url": OFFICE}, {"network-identity"}),
        ({"outside_issuer": ISSUER, "card_office_url": OFFICE}, set()),
    ],
    ids=["nobody", "a provider", "an office", "both"],
)
def test_in_production_what_nobody_named_is_not_offered(
    house: Settings, named: dict[str, str], missing: set[str]
):
    given = offered(house.model_copy(update={"environment": "production", **named}))
    assert {way.id for way in WAYS} - {way.id for way in given} == missing
    assert any(not way.face and not way.bound and way.level >= 4 for way in given)


def test_outside_production_the_sandbox_stands_behind_all(house: Settings):
    assert offered(house) == list(WAYS)


@pytest.mark.parametrize("max_age", [None, 900])
def test_a_refusal_leads_to_no_way_that_is_not_there(house: Settings, max_age: int | None):
    resident = Caller(CallerKind.RESIDENT, UUID(int=1), acr="3")
    alone = house.model_copy(update={"environment": "production"})
    told = keep_offered(step_up(resident, 4, max_age), alone)
    assert told.facts["ways"] == ["face", "passkey", "window"]
    assert keep_offered(step_up(resident, 4, max_age), house).facts["ways"] == [
        "face",
        "network-identity",
        "passkey",
        "window",
    ]
