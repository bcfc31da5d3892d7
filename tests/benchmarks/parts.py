"""The parts of an answered question, one by one, in this process: where the time goes."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from config.settings import Settings
from identity.audit import OK, Audit
from identity.residents import Residents
from identity.vault import Vault
from services import offices
from services.answers import Answers, key_of
from services.catalogue import Catalogue
from services.desk import ANSWERED, Desk
from services.question import read
from tests.benchmarks.house import House
from tests.support.session_parts import a_worker

Work = Callable[[int], Awaitable[object]]
BALANCE = "provident-fund-balance"


class Unwritten(Audit):
    """An audit that writes nothing: what a desk costs without its record."""

    async def record_read(self, *_: object, **__: object) -> None:
        return


@asynccontextmanager
async def parts(house: House) -> AsyncIterator[dict[str, Work]]:
    """Coroutines by what they do; each takes the place of a resident."""
    settings: Settings = house.settings
    catalogue, vault, audit = Catalogue.load(), Vault.from_settings(settings), Audit()
    service = catalogue.service(BALANCE)
    async with a_worker(settings) as worker, offices.opened(catalogue, settings) as departments:
        callers = [await worker.tokens.read(token) for token in house.tokens]
        residents, answers = Residents(vault), Answers(worker.cache, vault)
        desk = Desk(departments, residents, audit, worker.cache, vault)
        bare = Desk(departments, residents, Unwritten(), worker.cache, vault)

        async def token(place: int) -> object:
            return await worker.tokens.read(house.tokens[place])

        async def question(place: int) -> object:
            return key_of(service, callers[place], read(service, {}, "zh-CN"))

        async def recall(place: int) -> object:
            return await answers.recall(keys[place])

        async def record(place: int) -> object:
            who = callers[place]
            return await audit.record_read(
                who, event=ANSWERED, resident=who.resident, service=BALANCE,
                purpose="own-record", outcome=OK,
            )  # fmt: skip

        async def reveal(place: int) -> object:
            return await residents.reveal(house.people[place].resident)

        async def whole(place: int) -> object:
            return (await desk.answer(service, callers[place], {}, "zh-CN")).as_json("zh-CN")

        async def unrecorded(place: int) -> object:
            return (await bare.answer(service, callers[place], {}, "zh-CN")).as_json("zh-CN")

        keys = [key_of(service, who, read(service, {}, "zh-CN")) for who in callers]
        yield {
            "token read again": token,
            "question checked, key made": question,
            "answer recalled from Valkey and opened": recall,
            "read recorded in PostgreSQL": record,
            "desk without the record": unrecorded,
            "desk, all of it": whole,
            "resident revealed (fresh answers only)": reveal,
        }
        await audit.close()
