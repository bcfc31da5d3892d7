"""The banks' office that judges (CARD_OFFICE_URL), played by the sandbox outside production."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from config.outbound import Outbound
from config.settings import Settings
from identity.cards.errors import CardOfficeUnavailable
from identity.person import IdNumber
from identity.signed_office import SignedOffice

OFFICE = "card-checker"
SECONDS = 6.0


class Verdict(StrEnum):
    """What it says of a code, and then of the four together."""

    MATCH = "match"
    DIFFERS = "differs"
    WRONG_CODE = "wrong-code"
    EXPIRED = "expired"


class CardOffice:
    def __init__(self, outbound: Outbound, settings: Settings):
        given = settings.card_office_key.get_secret_value()
        root = settings.card_office_address
        key = given.encode() if given or not root else settings.sandbox_secret(OFFICE)
        self.offered = bool(root)
        self._office = SignedOffice(outbound, OFFICE, root, key, CardOfficeUnavailable)

    async def begin(self, name: str, number: IdNumber, card: str, phone: str) -> str:
        """Have a code sent; the office's name for this check. Raises CardOfficeUnavailable."""
        question = {"name": name, "number": number.value, "card": card, "phone": phone}
        check = (await self._ask("begin", question)).get("check")
        if not isinstance(check, str) or not check:
            raise CardOfficeUnavailable("names no check")
        return check

    async def judge(self, check: str, number: IdNumber, code: str) -> Verdict:
        """The office's word on a code. Raises CardOfficeUnavailable."""
        question = {"check": check, "number": number.value, "code": code}
        said = await self._ask("verdict", question)
        try:
            return Verdict(said.get("verdict", ""))
        except ValueError:
            raise CardOfficeUnavailable("no such verdict") from None

    async def _ask(self, what: str, question: Mapping[str, str]) -> dict[str, Any]:
        if not self.offered:
            raise CardOfficeUnavailable("no office is named")
        return await self._office.ask(what, question, SECONDS)
