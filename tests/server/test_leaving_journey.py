"""In a real browser: fifty rare characters from the form to the sealed table and back to the
screen, and an account that is erased when its week is over.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
from pgqueuer.adapters.persistence.queries import Queries

from config import embedded
from identity import documents, erasure
from identity.vault import KeyRing, Vault
from tests.services.test_worker import until
from tests.support.house import House
from tests.support.residents_at_pages import a_resident, at, by_network_identity, confirm, somebody
from tests.support.sandbox import SandboxResident
from tests.support.visitor import NOW, Visitor

pytestmark = [pytest.mark.server, pytest.mark.browser, pytest.mark.timeout(300)]
NAME = "阿依" + "𬱖" * 40 + "丽·艾山" + "𠮷" * 4
FITS = "document.documentElement.scrollWidth <= window.innerWidth"


@pytest.fixture
async def visitor(packages: Path, running_house: House) -> AsyncIterator[Visitor]:
    """A browser that nobody has used before, and no camera."""
    async with somebody(running_house) as one:
        yield one


@pytest.fixture
async def tables(running_house: House) -> AsyncIterator[asyncpg.Connection]:
    """What the house keeps."""
    connection = await asyncpg.connect(embedded.postgres_dsn(running_house.data))
    yield connection
    await connection.close()


def vault_of(one: House) -> Vault:
    """The house's own keys, from its folder."""
    lines = (one.data / "keys.env").read_text().split()
    keys = dict(line.split("=", 1) for line in lines)
    seal, index = (KeyRing.parse(name, keys[name]) for name in ("SEAL_KEYS", "INDEX_KEYS"))
    return Vault(seal, index)


async def kept(one: House, tables: asyncpg.Connection, person: SandboxResident) -> Any:
    """The row of this person's document, found by its digest; None where there is none."""
    number = documents.parse("resident-id", person.number)
    digests = list(vault_of(one).digests("document", number.canonical).values())
    return await tables.fetchrow(
        "SELECT d.* FROM document d JOIN document_index i ON i.document_id = d.id "
        "WHERE i.digest = ANY($1)",
        digests,
    )


@asynccontextmanager
async def readable_copy(visitor: Visitor, folder: Path) -> AsyncIterator[Any]:
    """The copy of everything held, opened in another tab."""
    await at(visitor, "rights", "#copy-page")
    async with visitor.page.expect_download() as waited:
        await visitor.page.click(f"{NOW}#copy-page")
    file = folder / "copy.html"
    await (await waited.value).save_as(file)
    page = await visitor.page.context.new_page()
    await page.goto(file.as_uri())
    yield page
    await page.close()


async def a_week_passes(tables: asyncpg.Connection, resident: UUID) -> None:
    """And the worker's hour comes."""
    left: float = await tables.fetchval(
        "SELECT extract(epoch FROM erase_after - now())::float FROM resident WHERE id = $1",
        resident,
    )
    assert left > 6.9 * 24 * 3600
    await tables.execute("UPDATE resident SET erase_after = now() WHERE id = $1", resident)
    await Queries(AsyncpgDriver(tables)).enqueue(erasure.JOB, b"{}")


async def test_fifty_rare_characters_reach_the_sealed_table_and_the_screen(
    running_house: House, visitor: Visitor, tables: asyncpg.Connection, tmp_path: Path
) -> None:
    assert len(NAME) == 50 and len(NAME.encode("utf-16-le")) > 2 * 50
    person = await a_resident(running_house, name=NAME)
    await visitor.open("#/pages/verify/verify")
    await by_network_identity(visitor, person)
    assert await visitor.text(".id__name") == NAME[0] + "*" * 48 + NAME[-1]
    assert await visitor.page.evaluate(FITS)
    row = await kept(running_house, tables, person)
    assert NAME.encode() not in row["name_sealed"]
    opened = vault_of(running_house).open(row["name_sealed"], f"document.name:{row['id']}")
    assert opened.decode() == NAME
    await at(visitor, "me", ".id__name")
    assert await visitor.page.evaluate(FITS)
    async with readable_copy(visitor, tmp_path) as page:
        assert NAME in await page.inner_text("body")
        assert await page.evaluate(FITS)


async def test_an_account_is_erased_and_whoever_comes_back_is_somebody_new(
    running_house: House, visitor: Visitor, tables: asyncpg.Connection
) -> None:
    page = visitor.page
    person = await a_resident(running_house)
    await visitor.open("#/pages/verify/verify")
    await by_network_identity(visitor, person)
    first = (await kept(running_house, tables, person))["resident_id"]
    await at(visitor, "rights", "#erase")
    await page.click(f"{NOW}#erase")
    await confirm(visitor)
    await page.wait_for_selector(f"{NOW}#erase-after")
    assert await kept(running_house, tables, person)

    await a_week_passes(tables, first)

    async def gone() -> bool:
        return not await tables.fetchval("SELECT count(*) FROM resident WHERE id = $1", first)

    await until(gone)
    assert await kept(running_house, tables, person) is None
    await at(visitor, "me", ".me__invite")
    await visitor.open("#/pages/verify/verify")
    await by_network_identity(visitor, person)
    assert (await kept(running_house, tables, person))["resident_id"] != first
