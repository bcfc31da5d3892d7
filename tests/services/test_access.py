"""Where a department is: the sandbox's office outside production, never inside it."""

import base64

import pytest
from pydantic import SecretStr

from config.settings import RefusedToStart, Settings
from services.access import access
from services.departments.provident_fund.department import ProvidentFundSettings

KEY = base64.b64encode(bytes(range(32))).decode()
GOOD = {"PROVIDENT_FUND_URL": "https://fund.example/api/", "PROVIDENT_FUND_KEY": KEY}


def production(settings: Settings) -> Settings:
    """As validated production settings would be, without their engines."""
    return settings.model_copy(update={"environment": "production", "sandbox_key": SecretStr("")})


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"PROVIDENT_FUND_KEY": ""}, "KEY is not set"),
        ({"PROVIDENT_FUND_KEY": "not base64!"}, "KEY is not base64"),
        ({"PROVIDENT_FUND_URL": ""}, "https"),
        ({"PROVIDENT_FUND_URL": "http://fund.example"}, "https"),
        ({"PROVIDENT_FUND_URL": "https://127.0.0.1:8001/provident-fund"}, "sandbox"),
        ({"PROVIDENT_FUND_URL": "https://localhost/provident-fund"}, "sandbox"),
        ({"PROVIDENT_FUND_URL": "https://[::1]/provident-fund"}, "sandbox"),
        ({"PROVIDENT_FUND_HOURS": "always"}, "HOURS"),
    ],
)
def test_production_refuses_what_is_absent_or_the_sandboxs(settings, monkeypatch, wrong, why):
    for name, value in (GOOD | wrong).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(RefusedToStart, match=why) as refused:
        access(production(settings), ProvidentFundSettings(), "provident-fund")
    assert str(refused.value).startswith("PROVIDENT_FUND_")


def test_production_takes_the_departments_own(settings, monkeypatch):
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)
    found = access(production(settings), ProvidentFundSettings(), "provident-fund")
    assert found.url == "https://fund.example/api"
    assert found.key == bytes(range(32))


def test_elsewhere_nothing_set_means_the_sandboxs_office(settings):
    found = access(settings, ProvidentFundSettings(), "provident-fund")
    assert found.url == f"{settings.sandbox_url}/provident-fund"
    assert found.key == settings.sandbox_secret("provident-fund")


def test_a_key_is_not_in_what_is_printed(settings):
    found = access(settings, ProvidentFundSettings(), "provident-fund")
    assert repr(found.key) not in repr(found)
