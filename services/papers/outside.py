"""Anybody's PDF, judged against everybody we recognise."""

from dataclasses import dataclass, field

from cryptography.hazmat.primitives.serialization import Encoding

from services.issuers.errors import TrustListUnavailable
from services.issuers.everybody import Everybody
from services.issuers.keys import HOUSE, Issuers
from services.papers.apart import Apart
from services.papers.judging import Anchor, Anchors, Judged


@dataclass(frozen=True)
class Judging:
    issuers: Issuers
    everybody: Everybody
    apart: Apart = field(default_factory=Apart)

    async def judged(self, pdf: bytes, locale: str) -> Judged:
        """Raises PapersBusy, PaperTooSlow; TrustListUnavailable for a document of nobody here
        while the list of the others cannot be read.
        """
        away, theirs = None, []
        try:
            theirs = await self._theirs(locale)
        except TrustListUnavailable as fault:
            away = fault
        anchors = Anchors([*await self._own(), *theirs], await self.issuers.ended())
        found = await self.apart.judged(pdf, anchors)
        if away and found.state == "unknown-issuer":
            raise away
        return found

    async def _own(self) -> list[Anchor]:
        roots = await self.issuers.roots()
        return [Anchor(one.public_bytes(Encoding.DER), HOUSE) for one in roots]

    async def _theirs(self, locale: str) -> list[Anchor]:
        return [
            Anchor(
                root.public_bytes(Encoding.DER),
                one.title.get(locale) or one.title["zh-CN"],
                one.ended_at,
            )
            for one in await self.everybody.recognised()
            for root in one.roots
        ]
