"""Sessions and refresh families under concurrency: random programs against a model of the rule.

CONTRACTS, refresh rotation: any number of presentations at once yields one successor; within ten
seconds the same key is given that same one; later, or with another key, the family is revoked.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tortoise.context import TortoiseContext
from tortoise.transactions import in_transaction

from config.settings import Settings
from identity.errors import RefreshTokenInvalid, RefreshTokenReused
from identity.models import RefreshToken, Session
from identity.sessions import GRACE
from tests.support.session_parts import SessionParts, a_resident, a_worker

KEYS = ("", "key-of-the-phone", "key-of-a-thief")
SHOWN = st.lists(st.sampled_from(["own", "other"]), min_size=1, max_size=5)
PICK = st.integers(0, 6)
STEPS = st.one_of(
    st.tuples(st.just("open"), st.sampled_from(KEYS)),
    st.tuples(st.just("show"), PICK, PICK, st.just(["own"] * 4)),
    st.tuples(st.just("show"), PICK, PICK, SHOWN),
    st.tuples(st.just("wait"), PICK),
    st.tuples(st.just("raise"), PICK),
    st.tuples(st.just("race"), PICK, PICK),
    st.tuples(st.just("end"), PICK),
    st.tuples(st.just("end-all")),
)


@dataclass
class Token:
    """``used``: "", "lately" or "long ago"."""

    value: str
    used: str = ""
    successor: str = ""


@dataclass
class Family:
    session: UUID
    key: str
    tokens: list[Token] = field(default_factory=list)
    over: bool = False

    @property
    def unused(self) -> int:
        return sum(not token.used for token in self.tokens)


class Machine:
    """One resident, two workers, and what the rule says must be."""

    def __init__(self, one: SessionParts, two: SessionParts, resident: UUID):
        self.workers, self.resident = (one, two), resident
        self.families: list[Family] = []

    async def run(self, program: list[tuple[Any, ...]]) -> None:
        await self.open(KEYS[1])
        for name, *given_ in program:
            await getattr(self, name.replace("-", "_"))(*given_)
            await self.holds()

    async def open(self, key: str) -> None:
        async with in_transaction() as connection:
            opened = await self.workers[0].sessions.open(
                connection,
                self.resident,
                device="d" * 64,
                device_name="",
                acr="4",
                amr=["face"],
                key=key,
            )
        family = Family(UUID(str(opened.session.id)), key, [Token(opened.refresh_token)])
        self.families.append(family)

    async def show(self, which: int, token: int, shown: list[str]) -> None:
        family, held = self._pick(which, token)
        answers = await asyncio.gather(
            *(self._rotate(place, held, self._key(family, own)) for place, own in enumerate(shown))
        )
        given_ = {answer for answer in answers if isinstance(answer, str)}
        reused = sum(answer is RefreshTokenReused for answer in answers)
        if family.over:
            assert set(answers) == {RefreshTokenInvalid}
        elif "other" in shown or held.used == "long ago":
            assert reused == 1 and len(given_) <= 1, "revoked once, by whoever came first"
            family.over = True
        else:
            assert given_ == set(answers) and len(given_) == 1, "one successor for all"
            self._succeed(family, held, given_.pop())

    async def wait(self, which: int) -> None:
        """The grace passes in one family."""
        family, _ = self._pick(which, 0)
        long_ago = datetime.now(UTC) - 2 * GRACE
        rows = RefreshToken.filter(session_id=family.session, used_at__isnull=False)
        await rows.update(used_at=long_ago)
        for token in family.tokens:
            token.used = "long ago" if token.used else ""

    async def race(self, which: int, token: int) -> None:
        """Signing out while somebody refreshes: whoever wins, the session is over."""
        family, held = self._pick(which, token)
        if family.over or held.used == "long ago":
            return
        answer, _ = await asyncio.gather(
            self._rotate(0, held, family.key),
            self.workers[1].sessions.end(family.session, self.resident),
        )
        assert isinstance(answer, str) or answer is RefreshTokenInvalid
        if isinstance(answer, str):
            assert await self._rotate(1, Token(answer), family.key) is RefreshTokenInvalid
        family.over = True

    async def end(self, which: int) -> None:
        family, _ = self._pick(which, 0)
        if not family.over:
            await self.workers[1].sessions.end(family.session, self.resident)
        family.over = True

    async def end_all(self) -> None:
        async with in_transaction() as connection:
            await self.workers[0].sessions.end_all(connection, self.resident, "sign-out")
        for family in self.families:
            family.over = True

    async def raise_(self, which: int) -> None:
        family, _ = self._pick(which, 0)
        if family.over:
            return
        async with in_transaction() as connection:
            opened = await self.workers[0].sessions.raise_level(
                connection, family.session, acr="4", amr=["face"], key=family.key
            )
        family.tokens.append(Token(opened.refresh_token))

    async def holds(self) -> None:
        """What is in the tables is what the rule says."""
        for family in self.families:
            row = await Session.get(id=family.session)
            assert bool(row.ended_at) == family.over
            left = RefreshToken.filter(session_id=family.session, used_at__isnull=True)
            assert await left.count() == (0 if family.over else family.unused)

    async def _rotate(self, place: int, token: Token, key: str) -> Any:
        try:
            opened = await self.workers[place % 2].sessions.rotate(token.value, key)
        except (RefreshTokenInvalid, RefreshTokenReused) as refused:
            return type(refused)
        return opened.refresh_token

    def _succeed(self, family: Family, held: Token, successor: str) -> None:
        if held.used:
            assert successor == held.successor, "a lost answer is given again"
            return
        held.used, held.successor = "lately", successor
        family.tokens.append(Token(successor))

    def _pick(self, which: int, token: int) -> tuple[Family, Token]:
        family = self.families[which % len(self.families)]
        return family, family.tokens[token % len(family.tokens)]

    def _key(self, family: Family, own: str) -> str:
        return family.key if own == "own" else next(key for key in KEYS if key != family.key)


setattr(Machine, "raise", Machine.raise_)  # a word of the language, and the machine's


@pytest.fixture
async def workers(
    settings: Settings, database: TortoiseContext
) -> AsyncIterator[tuple[SessionParts, SessionParts]]:
    async with a_worker(settings) as one, a_worker(settings) as two:
        yield one, two


@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(program=st.lists(STEPS, min_size=3, max_size=14))
async def test_every_program_keeps_the_rule(
    workers: tuple[SessionParts, SessionParts], program: list[tuple[Any, ...]]
):
    await Machine(*workers, await a_resident()).run(program)
