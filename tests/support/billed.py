"""Patients and their hospital while parts of the house die: both ask again until they are told."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import aiohttp

from tests.support.applicants import _AWAY, PATIENCE
from tests.support.bills import FEES, Hospital
from tests.support.house import House
from tests.support.partner_codes import TOKEN, remember
from tests.support.payers import Payer

BORN = "1982-03-04"  # the sandbox: insured without pauses
_EXPIRED = 401  # a token of the hospital's is short-lived
_BROKEN = (aiohttp.ClientError, ConnectionError, ValueError)
_MUCH = 40_000_003  # fen, of which cash is left to pay


@dataclass(frozen=True)
class Billing:
    """One visit: its bill, what is given back of it, and whose it is."""

    patient: "BilledPatient" = field(repr=False)
    visit: str
    number: str
    refund: Mapping[str, Any]


@dataclass
class BilledPatient(Payer):
    """``billed``: all that was acknowledged."""

    billed: list[Billing] = field(default_factory=list)

    @classmethod
    async def come(cls, house: House, serial: int) -> Self:
        return await cls.arrived(house, serial, BORN)

    async def is_billed(self, hospital: Hospital) -> None:
        """By insurance and cash; half of it goes back."""
        visit = f"{self.serial}-{len(self.billed)}"
        bill = await self._opened(hospital, visit)
        cash = await self._shared(bill)
        payment = await self._until_told("/v1/payments", json={"subject": cash["subject"]})
        await self._press(payment.answer, "pay")
        await self._until(f"/v1/payments/{payment.answer['number']}", "paid")
        paid = await self._until(f"/v1/bills/{bill}", "paid")
        refund = await self._half_back(hospital, visit, bill, paid["total_fen"] // 2)
        self.billed.append(Billing(self, visit, bill, refund))

    async def is_sent_again(self, hospital: Hospital) -> None:
        """With the hospital's own numbers: AssertionError unless each is the same one."""
        for one in self.billed:
            assert await self._opened(hospital, one.visit) == one.number
            again = await self._half_back(hospital, one.visit, one.number, one.refund["fen"])
            assert again["created_at"] == one.refund["created_at"]

    async def _opened(self, hospital: Hospital, visit: str) -> str:
        sent = {
            "visit": visit,
            "patient": {"name": self.person.name, "id_number": self.person.number},
            "care": "inpatient",
            "fees": [FEES[0] | {"fen": _MUCH}],
            "reductions": [{"kind": "hospital", "fen": 101}],
        }
        return str((await told(hospital, "/v1/medical-bills", sent))["number"])

    async def _half_back(
        self, hospital: Hospital, visit: str, number: str, fen: int
    ) -> Mapping[str, Any]:
        sent = {"reference": f"back-{visit}", "fen": fen}
        return await told(hospital, f"/v1/medical-bills/{number}/refunds", sent)

    async def _shared(self, number: str) -> Mapping[str, Any]:
        """As insurance reckoned it."""
        path = f"/v1/bills/{number}"
        await self._asked("POST", f"{path}/share", json={"insurance": True})
        return await self._until(path, "ready")

    async def _until(self, path: str, state: str) -> Mapping[str, Any]:
        deadline = time.monotonic() + PATIENCE * 2
        while time.monotonic() < deadline:
            seen = await self._asked("GET", path)
            if seen["state"] == state:
                return seen
            assert seen["state"] in _BEFORE[state], seen
            await asyncio.sleep(0.2)
        raise AssertionError(f"never {state}: {path.split('/')[2]}")

    async def _asked(self, method: str, path: str, **given: Any) -> Mapping[str, Any]:
        """Until somebody answers; what changes nothing when it is asked twice."""
        deadline = time.monotonic() + PATIENCE
        headers = {"Authorization": f"Bearer {self.access}"}
        async with aiohttp.ClientSession(headers=headers) as http:
            while time.monotonic() < deadline:
                try:
                    async with http.request(method, self.house.url + path, **given) as reply:
                        raw = await reply.read()
                        said: Mapping[str, Any] = await reply.json() if raw else {}
                except _BROKEN:
                    await asyncio.sleep(0.1)
                    continue
                if reply.status < 300:
                    return said
                assert reply.status in _AWAY, said
                await asyncio.sleep(0.1)
        raise AssertionError(f"nobody answered {method} {path.split('/')[2]}")


_BEFORE = {"ready": ("sharing",), "paid": ("opened", "paying", "ready", "settling")}


async def told(hospital: Hospital, path: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
    """As a hospital's program does: the same request until it is acknowledged."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            answer = await hospital.send("POST", path, body)
            if answer.status == 201:
                made: Mapping[str, Any] = answer.body
                return made
            if answer.status == _EXPIRED:
                await _renew(hospital)
            else:
                assert answer.status in _AWAY, answer.body
        except _BROKEN:
            pass
        await asyncio.sleep(0.1)
    raise AssertionError("nobody answered the hospital")


async def _renew(hospital: Hospital) -> None:
    given = await hospital.app.post(hospital.api, TOKEN, grant_type="client_credentials")
    if given.status == 200:
        hospital.token = remember(given).body["access_token"]
