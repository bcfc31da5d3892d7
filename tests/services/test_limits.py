"""Limits and hours of a department are data: of its folder, and of the environment over it."""

import pytest

from config.settings import RefusedToStart, Settings
from services import freshness, offices
from services.catalogue import Catalogue
from services.department import moment
from services.errors import DepartmentNonsense
from services.limits import Limits

FUND = "provident-fund"


@pytest.mark.parametrize(
    "wrong",
    ["4", "deadline", "deadline=", "deadline=0", "deadline=-1", "deadline=nan", "deadline=inf",
     "at_once=1.5", "patience=4", "deadline=4, rest=3"],
)  # fmt: skip
def test_limits_nobody_can_read_are_refused(wrong):
    with pytest.raises(ValueError, match="write them like"):
        Limits().but(wrong)


def test_what_is_written_changes_and_the_rest_stays():
    own = Limits(deadline=9.0, failures=2)
    changed = own.but(" at_once = 16 ; rest=2.5; ")
    assert changed == Limits(deadline=9.0, failures=2, at_once=16, rest=2.5)
    assert own.but("") == own


async def test_the_environment_comes_before_the_folder(desk_settings: Settings, monkeypatch):
    monkeypatch.setenv("PROVIDENT_FUND_LIMITS", "deadline=4; at_once=3; failures=1; rest=60")
    monkeypatch.setenv("PROVIDENT_FUND_HOURS", "mon-sun 06:00-24:00")
    async with offices.opened(Catalogue.load(), desk_settings) as departments:
        fund, bureau = departments[FUND], departments["social-insurance"]
        assert (fund.limits.deadline, fund.limits.attempt) == (4.0, Limits().attempt)
        assert fund._places._value == 3
        fund.circuit.failed()
        assert fund.circuit.open and fund.circuit.wait() > 50
        assert bureau.limits == Limits() and not bureau.circuit.open
        assert fund.access.hours.openings and not bureau.access.hours.openings


async def test_a_department_states_limits_and_hours_of_its_own(
    desk_settings: Settings, monkeypatch
):
    kind = Catalogue.load().departments[FUND]
    monkeypatch.setattr(kind, "limits", Limits(attempt=1.0))
    monkeypatch.setattr(kind, "hours", "mon-fri 08:30-17:30")
    async with offices.opened(Catalogue.load(), desk_settings) as departments:
        assert departments[FUND].limits.attempt == 1.0
        assert len(departments[FUND].access.hours.openings) == 5


async def test_wrong_limits_stop_the_start_and_name_the_setting(
    desk_settings: Settings, monkeypatch
):
    monkeypatch.setenv("PROVIDENT_FUND_LIMITS", "deadline=soon")
    with pytest.raises(RefusedToStart, match=r"PROVIDENT_FUND_LIMITS: .*deadline=soon"):
        async with offices.opened(Catalogue.load(), desk_settings):
            pass


@pytest.mark.parametrize("wrong", [None, "", "yesterday", 20261118, "2026-13-01", ["2026"]])
def test_a_moment_nobody_can_read_is_nonsense(wrong):
    with pytest.raises(DepartmentNonsense):
        moment(wrong)


def test_moments_without_a_zone_are_chinas():
    told = moment("20261118020000", "%Y%m%d%H%M%S")
    assert told == moment("2026-11-17T18:00:00+00:00") == moment("2026-11-18 02:00:00")


def test_the_oldest_of_what_was_heard_counts_and_nothing_is_heard_outside():
    early, late = moment("2026-11-17T02:00:00"), moment("2026-11-18T02:00:00")
    freshness.note(early)
    with freshness.listening() as fresh:
        freshness.note(late)
        with freshness.listening() as inner:
            freshness.note(early)
        assert inner.as_of == early
    assert fresh.as_of == late
