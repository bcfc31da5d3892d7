"""The code behind a windscreen's QR: 130 bits by chance, kept as a digest and sealed for printing.

It stands in the fragment of the address, which a browser keeps to itself: no server, proxy or log
line has it in a path or a query (RFC 9110 §4.2.5). Whoever counts through codes would need longer
than there is time, and is slowed by ``identity.wrong_codes`` besides.
"""

import segno

from identity import written_codes
from identity.vault import Vault

LENGTH = 26  # characters of five bits
_PAGE = "#/pages/move-car/move-car?code="
_CODE, _PLATE, _FRAME, _SECRET = (f"car-{what}" for what in ("code", "plate", "frame", "request"))


def drawn() -> str:
    """A new one, in the alphabet in which nothing reads like anything else."""
    return written_codes.drawn(LENGTH)


def address(public_url: str, code: str) -> str:
    """What the QR holds."""
    return f"{public_url.rstrip('/')}/{_PAGE}{code}"


def picture(address: str) -> str:
    """A data URI of SVG. A quarter of it may be dirty or bleached (error level Q)."""
    return segno.make(address, error="q", boost_error=False).svg_data_uri(scale=8, border=4)


def code_digest(vault: Vault, code: str) -> str:
    return vault.digest(_CODE, code)


def code_digests(vault: Vault, said: str) -> list[str]:
    """Under every living key; none for what cannot be a code of ours."""
    plain = written_codes.plain(said)
    readable = written_codes.readable(plain, LENGTH)
    return list(vault.digests(_CODE, plain).values()) if readable else []


def plate_digest(vault: Vault, plate: str) -> str:
    return vault.digest(_PLATE, plate)


def plate_digests(vault: Vault, plate: str) -> list[str]:
    return list(vault.digests(_PLATE, plate).values())


def frame_digest(vault: Vault, frame: str) -> str:
    return vault.digest(_FRAME, frame)


def frame_digests(vault: Vault, frame: str) -> list[str]:
    return list(vault.digests(_FRAME, frame).values())


def secret_digest(vault: Vault, secret: str) -> str:
    """Of what a stranger holds to follow their own request."""
    return vault.digest(_SECRET, secret)


def secret_digests(vault: Vault, secret: str) -> list[str]:
    return list(vault.digests(_SECRET, secret).values())


def plate_context(car: object) -> str:
    return f"car.plate:{car}"


def code_context(car: object) -> str:
    return f"car.code:{car}"
