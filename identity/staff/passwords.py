"""Passwords of staff: Argon2id (RFC 9106), long rather than strange (NIST SP 800-63B §5.1.1.2).

Nothing is demanded of their composition; the commonest and the repetitive ones are refused.
"""

import asyncio
import secrets
import unicodedata
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from identity.staff.errors import StaffPasswordWeak

SHORTEST, LONGEST = 12, 128
_FEWEST_DIFFERENT = 5
_UNAMBIGUOUS = "23456789abcdefghjkmnpqrstuvwxyz"
_COMMONEST = Path(__file__).with_name("common_passwords.txt")
# OWASP's figures: 19 MiB and two passes. At most two at once in a process: memory is shared
# with everybody whom it serves.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_seats = asyncio.Semaphore(2)


def judge(password: str, login: str) -> None:
    """Raise StaffPasswordWeak: too short or long, among the commonest, repetitive, or the login."""
    plain = _plain(password).casefold()
    weak = (
        not SHORTEST <= len(plain) <= LONGEST
        or len(set(plain)) < _FEWEST_DIFFERENT
        or plain in _commonest()
        or plain.replace(login.casefold(), "") in _commonest() | {""}
    )
    if weak:
        raise StaffPasswordWeak(shortest=SHORTEST)


def one_time() -> str:
    """Four groups of five characters that cannot be mistaken for each other (99 bits)."""
    groups = ("".join(secrets.choice(_UNAMBIGUOUS) for _ in range(5)) for _ in range(4))
    return "-".join(groups)


async def hashed(password: str) -> str:
    """The text to keep."""
    async with _seats:
        return await asyncio.to_thread(_hasher.hash, _plain(password))


async def fits(kept: str | None, password: str) -> bool:
    """Whether it is the password. Without an account the same work is done for nothing."""
    async with _seats:
        found = await asyncio.to_thread(_verified, kept or _nobodys(), password)
    return found and kept is not None


def is_outdated(kept: str) -> bool:
    """Whether it was hashed with other parameters than today's."""
    return _hasher.check_needs_rehash(kept)


def _verified(kept: str, password: str) -> bool:
    try:
        return _hasher.verify(kept, _plain(password))
    except (Argon2Error, InvalidHashError):
        return False


def _plain(password: str) -> str:
    """However it was typed, the same characters (RFC 8265 §4.2)."""
    return unicodedata.normalize("NFC", password)


@cache
def _nobodys() -> str:
    return _hasher.hash(secrets.token_hex(16))


@cache
def _commonest() -> frozenset[str]:
    return frozenset(_COMMONEST.read_text(encoding="utf-8").split())
