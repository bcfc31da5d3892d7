"""Residents who pay while parts of the house die: they ask again until they are told, and press at
the cashier once, or twice where the provider is to charge twice.
"""

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any, Self

import aiohttp

from tests.support.applicants import PATIENCE, Applicant
from tests.support.house import House

SERVICE, BORN = "flexible-social-insurance", "1990-03-27"  # the sandbox: flexibly employed
_PRESSED = (200, 302, 409)  # 409: the try before was heard


@dataclass
class Payer(Applicant):
    """``paid``: the numbers of payments that were pressed for at the cashier."""

    paid: list[str] = field(default_factory=list)

    @classmethod
    async def come(cls, house: House, serial: int) -> Self:
        return await cls.arrived(house, serial, BORN)

    async def pays(self) -> None:
        """One month, at the cashier."""
        await self._pay("pay")

    async def is_charged_twice(self) -> None:
        await self._pay("twice")

    async def asks_again(self) -> None:
        """With the keys that were acknowledged: AssertionError unless it is the same one."""
        for told in self.told:
            again = await self._until_told(told.path, told.key, keep=False, **told.given)
            assert again.answer["number"] == told.answer["number"], told.path

    async def _pay(self, button: str) -> None:
        path = f"/v1/services/{SERVICE}/quotes"
        quote = await self._until_told(path, json={"months": 1})
        wanted = {"subject": quote.answer["subject"]}
        payment = await self._until_told("/v1/payments", json=wanted)
        await self._press(payment.answer, button)
        self.paid.append(payment.answer["number"])

    async def _press(self, payment: Any, button: str) -> None:
        """The cashier's own database may be away too."""
        deadline = time.monotonic() + PATIENCE
        async with aiohttp.ClientSession() as http:
            while time.monotonic() < deadline:
                try:
                    async with http.post(
                        payment["cashier"]["url"], data={"do": button}, allow_redirects=False
                    ) as reply:
                        if reply.status in _PRESSED:
                            return
                except (aiohttp.ClientError, ConnectionError):
                    pass
                await asyncio.sleep(0.2)
        raise AssertionError("the cashier never answered")
