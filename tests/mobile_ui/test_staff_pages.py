"""The staff pages as they are served: their files, their templates, their addresses."""

import re
from collections.abc import AsyncIterator

import aiohttp
import pytest
from sanic import Sanic

from api.staff_pages import staff_pages
from mobile_ui.staff import assets, drawing, site
from mobile_ui.staff.drawing import Frame
from mobile_ui.staff.page import Page, Refused, Shown, Visit
from mobile_ui.staff.words import in_words
from tests.support.house import ROOT, free_port

STAFF = ROOT / "mobile_ui" / "staff"
TEMPLATES = sorted((STAFF / "templates").glob("*.html"))
ENROL = Shown("enrol.html")
NASTY = '"><script>alert(1)</script>'


@pytest.fixture(scope="module")
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    """What asks nobody who visits, on a real server of its own."""
    app: Sanic = Sanic("staff-pages-under-test")
    app.config.TOUCHUP = False  # Sanic rewrites itself at a start, which works once a process
    app.blueprint(staff_pages([]))
    port = free_port()
    server = await app.create_server(host="127.0.0.1", port=port, return_asyncio_server=True)
    assert server is not None
    await server.startup()
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:
        yield session
    server.close()
    await server.wait_closed()


async def nobody_asks(*_asked: object) -> None:
    raise AssertionError("this page asks nobody")


def drawn(page: Page, shown: Shown, fault: Refused | None = None) -> str:
    visit = Visit(nobody_asks, in_words("en"), "en", page.path, fault=fault)
    return drawing.draw(Frame("/desk/assets/0/", "token"), visit, page, shown)


async def test_nothing_else_is_given_out(client: aiohttp.ClientSession) -> None:
    tree, _ = assets.prepare()
    for path in (
        f"/desk/assets/{tree}/layout.html",
        f"/desk/assets/{tree}/..%2Fpage.py",
        f"/desk/assets/{tree}/..%2Ftemplates%2Flayout.html",
        "/desk/assets/0/staff.css",
        "/staff/main.js",
    ):
        assert (await client.get(path)).status == 404, path


async def test_files_are_kept_for_ever_under_their_hash(client: aiohttp.ClientSession) -> None:
    tree, files = assets.prepare()
    assert {name.rpartition(".")[2] for name in files} == {"css", "svg"}  # and no script
    for name in files:
        answer = await client.get(f"/desk/assets/{tree}/{name}")
        assert answer.status == 200 and "immutable" in answer.headers["cache-control"]
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_page_asks_for_no_other_files_than_these() -> None:
    tree, files = assets.prepare()
    linked = re.findall(r'(?:src|href)="([^"#]+\.\w+)"', drawn(page_of("/desk/enrol"), ENROL))
    assert linked and {one.removeprefix("/desk/assets/0/") for one in linked} <= set(files)
    assert re.fullmatch("[0-9a-f]{16}", tree)


@pytest.mark.parametrize("old", ["/staff", "/staff/", "/desk"])
async def test_the_old_addresses_lead_there(client: aiohttp.ClientSession, old: str) -> None:
    answer = await client.get(old, allow_redirects=False)
    assert (answer.status, answer.headers["location"]) == (308, "/desk/")


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda one: one.name)
def test_no_template_holds_script_or_style(template) -> None:
    text = template.read_text(encoding="utf-8")
    assert not re.search(r"<script|<style|\son\w+\s*=|\sstyle\s*=|javascript:|\|\s*safe\b", text)
    assert not re.search(r"autoescape", text)


def test_no_room_makes_markup_by_hand() -> None:
    for file in STAFF.rglob("*.py"):
        assert not re.search(r"Markup\(|markupsafe", file.read_text(encoding="utf-8")), file.name


def page_of(path: str) -> Page:
    found = site.find(path)
    assert found is not None
    return found[0]


def test_what_was_refused_is_text_wherever_it_stands() -> None:
    fault = Refused(NASTY, NASTY, faults=(("login", NASTY),))
    for shown in (ENROL, Shown("refused.html", {"refused": fault}, title=NASTY)):
        document = drawn(page_of("/desk/enrol"), shown, fault)
        assert NASTY not in document and "&lt;script&gt;" in document


def test_an_unknown_fact_stops_the_page_instead_of_leaving_a_gap() -> None:
    with pytest.raises(Exception, match="is undefined"):
        drawn(page_of("/desk/enrol"), Shown("refused.html"))


@pytest.mark.parametrize(
    ("address", "leads"),
    [
        ("/desk/cases/ZB2611210482913", True),
        ("/desk/partners/1b4e28ba-2fa1-11d2-883f-0016d3cca427", True),
        ("/desk/cases/../accounts/1b4e28ba/disable", False),
        ("/desk/cases/..%2Faccounts", False),
        ("/desk/cases/..", False),
        ("/desk/cases/ZB1\n", False),
        ("/desk/cases/", False),
        ("/desk/tickets/HP1?x=y", False),
    ],
)
def test_a_link_from_outside_makes_a_page_ask_no_other_address(address: str, leads: bool) -> None:
    """What stands in it becomes a part of the address that is asked, and of what is sent there."""
    assert (site.find(address) is not None) is leads


def test_every_page_has_an_address_of_its_own_and_a_place_in_the_bar() -> None:
    paths = [page.path for page in site.PAGES]
    assert len(paths) == len(set(paths))
    for page in site.PAGES:
        assert callable(page.show), page.path
        assert site.find(re.sub(r"{\w+}", "X1", page.path)) is not None
        assert page.place in {"", *paths}, page.path
