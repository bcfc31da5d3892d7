"""Windows of the work queue in a process of its own, as a web worker holds them.

``python -m tests.support.windows``: reads pickled settings and members, then a line for each round
(``next``, or the number of a case), which every window tries at the same moment; answers each round
with what every window got: a number, ``none``, or the code of the refusal.
"""

import asyncio
import json
import pickle
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from config import database as database_room
from config.errors import Problem
from config.settings import Settings
from identity.staff.roles import Member
from identity.vault import Vault
from services.applications.moves import Moves
from services.applications.queue import Asked, Queue
from services.applications.reach import Reaches
from services.catalogue import Catalogue


@dataclass
class Windows:
    """The other side: the process, and what it is told."""

    process: asyncio.subprocess.Process

    @classmethod
    async def opened(cls, settings: Settings, members: Sequence[Member]) -> "Windows":
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.support.windows",
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        one = cls(process)
        assert process.stdin
        process.stdin.write(pickle.dumps((settings, list(members))))
        await process.stdin.drain()
        assert await one.said() == "ready"
        return one

    async def said(self) -> object:
        assert self.process.stdout
        return json.loads(await self.process.stdout.readline())

    async def all_try(self, what: str) -> object:
        assert self.process.stdin
        self.process.stdin.write(f"{what}\n".encode())
        await self.process.stdin.drain()
        return await self.said()

    async def close(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        await self.process.wait()


async def main() -> None:
    settings, members = pickle.load(sys.stdin.buffer)
    catalogue, vault = Catalogue.load(), Vault.from_settings(settings)
    queue = Queue(Reaches(vault, catalogue), Moves(vault, catalogue))
    async with database_room.opened(database_room.tortoise_config(settings)):
        _say("ready")
        while what := (await asyncio.to_thread(sys.stdin.buffer.readline)).decode().strip():
            _say(await asyncio.gather(*(_tried(queue, one, what) for one in members)))


async def _tried(queue: Queue, member: Member, what: str) -> str:
    try:
        if what == "next":
            return await queue.take_next(member, Asked()) or "none"
        await queue.take(member, what)
    except Problem as problem:
        return problem.code
    return what


def _say(what: object) -> None:
    print(json.dumps(what), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
