"""Every table that holds something of a resident is copied and erased, or says why not."""

from collections.abc import Iterator

import pytest
from tortoise.context import TortoiseContext
from tortoise.models import Model

import identity.models
import services.models
from config.settings import Settings
from config.texts import LOCALES, words
from identity import held, release
from identity.holdings import Coded, Holdings, SomebodyElse
from identity.vault import Vault
from services import held as services_held
from services.holdings import everything
from tests.support.everything_held import fill
from tests.support.minors import born_years_ago, number_of
from tests.support.people import admit
from tests.support.session_parts import a_worker

# Columns that lead to a resident, whatever table they stand in.
LEADING = {
    "resident_id", "ward_id", "guardian_id", "principal_id", "agent_id", "actor_id", "given_by",
    "merged_into", "other_id", "document_id",
}  # fmt: skip


def tables() -> Iterator[type[Model]]:
    for room in (identity.models, services.models):
        for thing in vars(room).values():
            if isinstance(thing, type) and issubclass(thing, Model) and thing is not Model:
                yield thing


NOT_HELD = held.NOT_HELD | services_held.NOT_HELD


@pytest.fixture
def holdings(settings: Settings) -> Holdings:
    return everything(Vault.from_settings(settings))


@pytest.mark.parametrize("table", list(tables()), ids=lambda table: table._meta.db_table)
def test_every_table_has_somebody_who_answers_for_it(table: type[Model], holdings: Holdings):
    name = table._meta.db_table
    assert (name in holdings.tables) is not (name in NOT_HELD)
    if name in NOT_HELD:
        assert not LEADING & set(table._meta.fields_map), "it leads to a resident"
        assert len(NOT_HELD[name]) > 10


def test_nobody_answers_for_a_table_that_is_gone(holdings: Holdings):
    there = {table._meta.db_table for table in tables()}
    assert holdings.tables | set(NOT_HELD) <= there


def test_a_name_or_a_table_is_registered_once(holdings: Holdings):
    async def nothing(*_: object) -> list:
        return []

    with pytest.raises(ValueError, match="documents"):
        holdings.register("documents", nothing, nothing)
    with pytest.raises(ValueError, match="session"):
        holdings.register("new", nothing, nothing, tables=["session"])


def test_rooms_above_are_erased_first_and_the_account_last(holdings: Holdings):
    async def nothing(*_: object) -> list:
        return []

    holdings.register("new", nothing, nothing, tables=["new"])
    order = [holding.name for holding in holdings.in_order_of_erasure]
    assert (order[0], order[-2], order[-1]) == ("new", "documents", "account")
    assert order.index("application-events") < order.index("applications")


@pytest.mark.parametrize("locale", LOCALES)
async def test_every_holding_and_every_field_has_its_words(
    settings: Settings, database: TortoiseContext, locale: str
) -> None:
    known = words(locale)
    async with a_worker(settings) as worker:
        who = await admit(settings, "欧阳修远", number_of(born_years_ago(40)).value)
        other = await admit(settings, "司马清平", number_of(born_years_ago(41), 2).value)
        await fill(worker, who, other)
        for holding in everything(worker.vault):
            assert known[f"held.{holding.name}.title"] and known[f"held.{holding.name}.about"]
            records = await holding.export(who.resident)
            assert records, f"the test fills no row of {holding.name}"
            for record in records:
                assert not [name for name in record if f"held.field.{name}" not in known]
                codes = [one for one in record.values() if isinstance(one, Coded)]
                assert not [
                    f"{one.prefix}.{one.code}"
                    for one in codes
                    if one.prefix != "service" and f"{one.prefix}.{one.code}" not in known
                ]
                assert release.copied(record).keys() == record.keys(), "a field never leaves"


async def test_a_stranger_holds_nothing_of_it(settings: Settings, database: TortoiseContext):
    async with a_worker(settings) as worker:
        who = await admit(settings, "欧阳修远", number_of(born_years_ago(40)).value)
        other = await admit(settings, "司马清平", number_of(born_years_ago(41), 2).value)
        await fill(worker, who, other)
        stranger = await admit(settings, "诸葛无忌", number_of(born_years_ago(42), 3).value)
        found = {
            holding.name: len(await holding.export(stranger.resident))
            for holding in everything(worker.vault)
        }
        assert {name for name, count in found.items() if count} == {"account", "documents"}


def test_keys_and_digests_never_leave_and_other_names_are_masked():
    record = {
        "name": "张三", "other_name": SomebodyElse("李四光"), "phone_sealed": "x", "digest": "x",
        "key": "x", "public_key": "x", "mark": "x", "subject": "x", "code": "x",
    }  # fmt: skip
    assert release.copied(record) == {"name": "张三", "other_name": "李*光"}
    assert "李四光" not in repr(SomebodyElse("李四光"))
