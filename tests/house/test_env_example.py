"""``.env.example`` equals the settings, the departments' own included."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from config.env_example import HOUSE, render, settings_in
from config.settings import CommonSettings

ROOT = Path(__file__).parents[2]


def test_env_example_equals_the_settings():
    expected = render((*HOUSE, *settings_in("services.departments")))
    assert (ROOT / ".env.example").read_text(encoding="utf-8") == expected, (
        "run python -m config.env_example services.departments"
    )


def test_a_new_setting_changes_the_example():
    class Changed(CommonSettings):
        new_setting: int = Field(7, description="what it does")

    assert "# what it does\n#NEW_SETTING=7\n" in render([Changed])
    assert "LOG_LEVEL" not in render([Changed])


def test_a_departments_prefix_stands_before_its_settings():
    class Office(CommonSettings):
        model_config = SettingsConfigDict(env_prefix="FUND_")

    assert "#FUND_LOG_LEVEL=INFO\n" in render([Office])


def test_the_departments_settings_are_found():
    names = {kind.__name__ for kind in settings_in("services.departments")}
    assert len(names) >= 2
