"""The quickstart for partners, run as it is printed against a running house."""

import re
from pathlib import Path

import pytest

from tests.support.house import House
from tests.support.log_capture import personal
from tests.support.outside_clients import approve, invitation, run_script

pytestmark = pytest.mark.server

PAGE = Path(__file__).parents[2] / "docs" / "quickstart-partners.md"
_SCRIPT = re.compile(r"^```js (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def printed(tmp_path: Path, outside_packages: Path) -> dict[str, Path]:
    """The page's scripts in a folder like a partner's, by the names the page gives them."""
    (tmp_path / "node_modules").symlink_to(outside_packages / "node_modules")
    found = {name: text for name, text in _SCRIPT.findall(PAGE.read_text(encoding="utf-8"))}
    for name, text in found.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return {name: tmp_path / name for name in found}


def test_the_sign_in_takes_fewer_than_thirty_lines():
    [text] = [text for name, text in _SCRIPT.findall(PAGE.read_text()) if name == "sign-in.mjs"]
    assert len(text.splitlines()) < 30
    assert "openid-client" in text


def test_the_page_signs_a_resident_in_as_it_is_printed(
    running_house: House, printed: dict[str, Path]
):
    house, folder = running_house, printed["register.mjs"].parent
    given = (house.url, house.sandbox_url, invitation(house))
    client = run_script(printed["register.mjs"], *given, folder=folder).strip()
    approve(house, client)
    for token in re.findall(r"zg_[\w-]+", (folder / "client.json").read_text()):
        personal(token)
    told = run_script(printed["sign-in.mjs"], folder=folder)
    assert re.search(r"sub: '[0-9a-f-]{36}'", told)
    assert "over_18: true" in told
    assert "name_masked: '陈" in told and "陈思远" not in told
