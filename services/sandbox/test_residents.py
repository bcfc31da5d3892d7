"""Residents who are always there, the same in every sandbox, for partners to test with.

Everything about them is fixed and documented, so a partner's test can say what it expects. Their
numbers begin with ``config.played.TEST_REGION``: clients of the sandbox sign in these and nobody
else. One face serves them all, filmed from another picture than the register's.
"""

import asyncio
from dataclasses import dataclass
from functools import cache

from config.played import TEST_REGION
from services.sandbox.errors import SandboxPortraitsMissing
from services.sandbox.fiction import Fictional
from services.sandbox.portrait import normalise
from services.sandbox.portraits import NoPortraits, portrait

_PHONE = "1990000000"
_FACE, _CAMERA = "obama2.jpg", "obama.jpg"


@dataclass(frozen=True)
class TestResident:
    """``n`` counts from 1."""

    __test__ = False  # nothing for pytest

    n: int
    person: Fictional
    about: str

    @property
    def pin(self) -> str:
        return f"{self.n:06d}"

    @property
    def phone(self) -> str:
        return f"{_PHONE}{self.n}"

    @property
    def card(self) -> str:
        """The bank card's number without its check digit."""
        return f"{self.n:012d}"


def _one(n: int, name: str, digits: str, about: str) -> TestResident:
    return TestResident(n, Fictional(name, TEST_REGION + digits), about)


ALL = (
    _one(1, "陈思远", "198803150015", "male, born 1988-03-15, lives in Guangzhou"),
    _one(2, "李静怡", "196211020023", "female, born 1962-11-02, over 60"),
    _one(3, "黄子轩", "201105200032", "male, born 2011-05-20, a minor until 2029-05-20"),
    _one(4, "欧阳婉清", "199507080248", "female, born 1995-07-08, moved to Shenzhen"),
)
_BY_NUMBER = {one.person.number: one for one in ALL}


def known(number: str) -> TestResident | None:
    """The test resident with this number."""
    return _BY_NUMBER.get(number)


def numbered(n: int) -> TestResident | None:
    """The test resident called ``n`` in the documentation."""
    return next((one for one in ALL if one.n == n), None)


async def register_portrait() -> bytes:
    """JPEG bytes as the register has them. Raises SandboxPortraitsMissing."""
    return await _off_loop(_FACE)


async def before_the_camera() -> bytes:
    """The picture a film of them is made from. Raises SandboxPortraitsMissing."""
    return await _off_loop(_CAMERA)


async def _off_loop(name: str) -> bytes:
    try:
        return await asyncio.to_thread(_picture, name)
    except NoPortraits as fault:
        raise SandboxPortraitsMissing(str(fault)) from fault


@cache
def _picture(name: str) -> bytes:
    return normalise(portrait(name))
