"""A sole trader signs, in a browser: reads the application, proves once more who they are without a
face, signs, submits; the PDF they download counts for pyHanko and for openssl.
"""

import base64
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest

from services.papers.judging import Anchor, Anchors
from tests.services.papers.test_sealed import judged
from tests.support.house import House
from tests.support.residents_at_pages import (
    a_resident,
    by_network_identity,
    proven_by_network_identity,
    seen,
    somebody,
)
from tests.support.sandbox import SandboxResident
from tests.support.sealed import openssl_believes, openssl_believes_stamp, parts
from tests.support.visitor import NOW, Visitor

pytestmark = [pytest.mark.server, pytest.mark.browser, pytest.mark.timeout(600)]
TRADER, PAID = "sole-trader-registration", "social-insurance-contributions"
# Rents, with a contract on file; not barred: the sandbox says so of who is born on such a day.
BORN = "1990-03-17"


@pytest.fixture
async def visitor(packages: Path, running_house: House) -> AsyncIterator[Visitor]:
    async with somebody(running_house) as one:
        yield one


async def test_a_sole_trader_signs_and_the_signature_counts(
    running_house: House, visitor: Visitor, tmp_path: Path
) -> None:
    person = await a_resident(running_house, born=BORN)
    await visitor.open("#/pages/verify/verify")
    await by_network_identity(visitor, person)
    await filled_in(visitor)
    await proven_again(visitor, person)
    await submitted(visitor)
    pdf = await downloaded(visitor)
    await counts(running_house, pdf, person, tmp_path)
    certificate = await certified(visitor)
    await judged_by_anybody(visitor, tmp_path, {"signed": pdf, "certificate": certificate})


async def filled_in(visitor: Visitor) -> None:
    """Up to the document, which is shown before anything is asked."""
    page = visitor.page
    await visitor.open(f"#/pages/apply/apply?id={TRADER}")
    await page.fill(f"{NOW}#q-name", "和顺")
    await page.select_option(f"{NOW}#q-trade", label="批发零售")
    await page.fill(f"{NOW}#q-place", "广州市天河区和平路1号")
    await page.click(f"{NOW}button[type=submit]")
    await page.wait_for_selector(f"{NOW}[data-material=place-proof]")
    assert not await page.locator(f"{NOW}[data-material=signed-application]").count()
    await page.click(f"{NOW}#to-review")
    await page.wait_for_selector(f"{NOW}#paper")
    told = await visitor.text("#paper")
    for said in ("申请书", "和顺", "批发零售", "广州市天河区和平路1号"):
        assert said in told, said
    await seen(visitor, "sign-document")
    await page.click(f"{NOW}#submit")
    assert await visitor.text("#agree-fault")


async def proven_again(visitor: Visitor, person: SandboxResident) -> None:
    """The proof by which one is signed in was given for something else."""
    page = visitor.page
    await page.check(f"{NOW}input[value=yes]")
    confirmation = page.expect_response(lambda one: one.url.endswith("/confirmation"))
    async with confirmation as waited:
        await page.click(f"{NOW}#submit")
    assert (await waited.value).status == 401
    await page.click(f"{NOW}.trouble .button >> nth=0")
    await proven_by_network_identity(visitor, person)
    await page.wait_for_selector(f"{NOW}#paper")
    assert person.name in await visitor.text("#paper")


async def submitted(visitor: Visitor) -> None:
    page = visitor.page
    await page.check(f"{NOW}input[value=yes]")
    await page.click(f"{NOW}#submit")
    await page.wait_for_selector(f"{NOW}#sent")
    await page.click(f"{NOW}#follow")
    await page.wait_for_selector(f"{NOW}#signed-file")
    await seen(visitor, "sign-submitted")


async def downloaded(visitor: Visitor) -> bytes:
    async with visitor.page.expect_download() as waited:
        await visitor.page.click(f"{NOW}#signed-file")
    return (await (await waited.value).path()).read_bytes()


async def counts(house: House, pdf: bytes, person: SandboxResident, folder: Path) -> None:
    """With nothing but the published list of issuers."""
    async with aiohttp.ClientSession() as http, http.get(f"{house.url}/v1/issuers") as answer:
        issuers = (await answer.json())["issuers"]
    root = base64.b64decode(issuers[0]["roots"][0])
    found = await judged(pdf, Anchors([Anchor(root, "own")]))
    (one,) = found.signatures
    assert (found.state, one.by, one.stamped) == ("valid", person.name, True)
    assert openssl_believes(parts(pdf), root, datetime.now(UTC), folder)
    assert openssl_believes_stamp(parts(pdf), root, folder)


async def certified(visitor: Visitor) -> bytes:
    """What was paid, with the seal of the office that says so."""
    page = visitor.page
    await visitor.open(f"#/pages/service/service?id={PAID}")
    await page.wait_for_selector(f"{NOW}#take-paper")
    await seen(visitor, "certificate-offered")
    async with page.expect_download() as waited:
        await page.click(f"{NOW}#take-paper")
    return (await (await waited.value).path()).read_bytes()


async def judged_by_anybody(visitor: Visitor, folder: Path, files: dict[str, bytes]) -> None:
    """On a page that asks nobody to sign in; a byte changed, and it is said."""
    page = visitor.page
    first = files["certificate"]
    files["changed"] = first[:5000] + bytes([first[5000] ^ 1]) + first[5001:]
    for name, content in files.items():
        file = folder / f"{name}.pdf"
        file.write_bytes(content)
        await visitor.open("#/pages/papers/papers")
        async with page.expect_file_chooser() as waited:
            await page.click(f"{NOW}#choose-pdf")
        await (await waited.value).set_files(file)
        await page.wait_for_selector(f"{NOW}#found")
        state = await page.get_attribute(f"{NOW}#found", "data-state")
        assert (state in ("changed", "broken")) if name == "changed" else state == "valid", name
    await seen(visitor, "paper-judged")
    await page.click(f"{NOW}#again")
    await page.fill(f"{NOW}#paper-code", "K7QF-2M9P")
    await page.click(f"{NOW}#check-code")
    assert await visitor.text("#paper-fault")
    await seen(visitor, "paper-check")
