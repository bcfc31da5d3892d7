"""Codes that people copy by hand: an alphabet in which nothing reads like anything else.

Crockford's base 32 has no I, L, O and U; whoever writes O, I or L means 0 or 1.
"""

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
GROUP = 4
_BITS = 5
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})


def drawn(length: int) -> str:
    """Random characters of five bits each."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def derived(secret: bytes, length: int) -> str:
    """The same characters for the same secret, which has five bits for each of them."""
    bits = int.from_bytes(secret)
    return "".join(ALPHABET[bits >> _BITS * n & len(ALPHABET) - 1] for n in range(length))


def grouped(code: str) -> str:
    """In groups of four."""
    return "-".join(code[place : place + GROUP] for place in range(0, len(code), GROUP))


def plain(written: str) -> str:
    """The code without its groups; O, I and L are read as 0 and 1."""
    return written.upper().translate(_READ_AS)


def readable(plain_code: str, length: int) -> bool:
    """Whether it is so many characters of the alphabet."""
    return len(plain_code) == length and set(plain_code) <= set(ALPHABET)


def checked(code: str) -> str:
    """The code with a character that notices every wrong one and nearly every swap."""
    return code + _luhn(code)


def fits(plain_code: str, length: int) -> bool:
    """Whether it can be a checked code of that length that was copied without a slip."""
    return readable(plain_code, length) and _luhn(plain_code[:-1]) == plain_code[-1]


def _luhn(code: str) -> str:
    """Luhn's sum over 32 values."""
    total = 0
    for place, character in enumerate(reversed(code)):
        value = ALPHABET.index(character) * (2 - place % 2)
        total += value // len(ALPHABET) + value % len(ALPHABET)
    return ALPHABET[-total % len(ALPHABET)]
