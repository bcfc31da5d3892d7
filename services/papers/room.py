"""Documents made and sealed: the one door for rooms that give residents something on paper."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

from services.issuers.issuer import Issuer
from services.issuers.keys import Issuers
from services.papers import marks
from services.papers.draft import Draft
from services.papers.layout import WIDTH, drawn
from services.papers.signing import Clock, Hand, Place, signed

_AT_ONCE = 2  # a document takes a processor for a third of a second
_SEAL_MIDDLE = (WIDTH * 3 / 4 - 11, 48.0)  # over the issuer's name, from the lower left corner
_NAME_LOW = 40.0
MIME = "application/pdf"


class Papers:
    """``sealed`` for a department, ``drawn`` and ``signed`` for a person who reads it first."""

    def __init__(self, issuers: Issuers):
        self._issuers = issuers
        self._gate = asyncio.Semaphore(_AT_ONCE)

    async def sealed(
        self, draft: Draft, issuer: Issuer, *, reason: str, at: datetime | None = None
    ) -> bytes:
        """The document with the issuer's visible seal, its signature and a time stamp.

        ``issuer``: of use ``seal`` (services.issuers). ``reason`` is read in the signature.
        """
        moment, clock = at or datetime.now(UTC), await self._clock(at)

        def make() -> bytes:
            half = marks.SEAL / 2
            x, y = _SEAL_MIDDLE
            place = Place((x - half, y - half, x + half, y + half), marks.seal(issuer.name))
            pages = drawn(draft, issuer.name, moment)
            return signed(
                pages, hand_of(issuer), clock, place, field_name="Seal", reason=reason, final=True
            )

        return await self._apart(make)

    async def drawn(self, draft: Draft, at: datetime) -> bytes:
        """The document as a person reads it before they sign."""
        return await self._apart(lambda: drawn(draft, "", at))

    async def signed(
        self, pdf: bytes, hand: Hand, *, name: str, number: str, reason: str, at: datetime
    ) -> bytes:
        """Exactly this document, with a person's signature behind it."""
        clock = await self._clock(at)

        def make() -> bytes:
            left, (width, height) = WIDTH / 2, marks.NAME
            box = (left, _NAME_LOW, left + width, _NAME_LOW + height)
            place = Place(box, marks.signature(name, at, number))
            return signed(
                pdf, hand, clock, place, field_name="Signature", reason=reason, final=False
            )

        return await self._apart(make)

    async def _clock(self, at: datetime | None) -> Clock:
        return Clock(hand_of(await self._issuers.stamp()), at)

    async def _apart(self, make: Callable[[], bytes]) -> bytes:
        async with self._gate:
            return await asyncio.to_thread(make)


def hand_of(issuer: Issuer) -> Hand:
    return Hand(issuer.key, issuer.certificate_der, issuer.chain_der)


__all__ = ["MIME", "Papers", "hand_of"]
