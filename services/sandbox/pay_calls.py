"""Callbacks of the payment provider: signed, sealed, repeated until they are taken; or faulty."""

import asyncio
import json
import secrets
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import aiohttp

from config import logs
from services.sandbox.faults import CHINA
from services.sandbox.models import SandboxCharge, SandboxRefund
from services.sandbox.pay_faults import CALLS, PayFaults
from services.sandbox.pay_keys import APP, MERCHANT, Keys

Json = dict[str, Any]
log = logs.get("sandbox")
_PAUSES = (0.0, 1.0, 3.0, 10.0, 30.0, 60.0)  # seconds before each try
_SECONDS = 10.0
_TAKEN = 300


def paid(charge: SandboxCharge) -> Json:
    """An order that somebody paid, as queries and callbacks tell it."""
    return {
        "appid": APP,
        "mchid": MERCHANT,
        "out_trade_no": charge.number,
        "transaction_id": charge.transaction,
        "trade_type": "MWEB",
        "trade_state": "SUCCESS",
        "success_time": _china(charge.at),
        "amount": {"total": charge.fen, "payer_total": charge.fen, "currency": charge.currency},
    }


def given_back(refund: SandboxRefund) -> Json:
    """A refund, as queries tell it; callbacks say ``refund_status``."""
    return {
        "refund_id": refund.id,
        "out_refund_no": refund.number,
        "transaction_id": refund.transaction,
        "status": refund.state,
        "success_time": _china(refund.at),
        "amount": {"refund": refund.fen, "currency": "CNY"},
    }


class Calls:
    def __init__(self, keys: Keys, faults: PayFaults):
        self._keys, self._faults = keys, faults
        self._sending: set[asyncio.Task[None]] = set()

    def tell_paid(self, charge: SandboxCharge, url: str) -> None:
        """By itself, in the background; with the fault that is asked for."""
        fault, seconds = self._faults.take(CALLS)
        told = paid(charge)
        if fault == "silent":
            return
        if fault == "other-amount":
            told["amount"] |= {"total": charge.fen - 1}
        if fault == "other-currency":
            told["amount"] |= {"currency": "USD"}
        times = 3 if fault == "repeated" else 1
        wait = seconds if fault == "late" else 0.0
        self._send(url, _News("TRANSACTION.SUCCESS", "transaction", told), fault, wait, times)

    def tell_refund(self, refund: SandboxRefund, wait: float = 0.0) -> None:
        told = given_back(refund)
        told["refund_status"] = told.pop("status")
        self._send(refund.notify_url, _News(f"REFUND.{refund.state}", "refund", told), wait=wait)

    async def refund_at_once(self, refund: SandboxRefund) -> None:
        """Its callback before anything else is said."""
        told = given_back(refund)
        told["refund_status"] = told.pop("status")
        await self._deliver(refund.notify_url, _News("REFUND.SUCCESS", "refund", told), "")

    async def _deliver(self, url: str, news: "_News", fault: str) -> int:
        """One callback; the status it was answered with, 0 where nobody answered."""
        body = json.dumps(self._envelope(news)).encode()
        headers = {"Content-Type": "application/json", **self._keys.signed(body, fault=fault)}
        limit = aiohttp.ClientTimeout(total=_SECONDS)
        try:
            async with (
                aiohttp.ClientSession(timeout=limit, trust_env=False) as http,
                http.post(url, data=body, headers=headers, allow_redirects=False) as reply,
            ):
                return reply.status
        except (aiohttp.ClientError, TimeoutError, OSError):
            return 0

    def later(self, seconds: float, doing: Coroutine[Any, Any, None]) -> None:
        """In the background, after a while."""

        async def wait() -> None:
            await asyncio.sleep(seconds)
            await doing

        task = asyncio.create_task(wait())
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    def _send(
        self, url: str, news: "_News", fault: str = "", wait: float = 0.0, times: int = 1
    ) -> None:
        async def send() -> None:
            for _ in range(times):
                await self._until_taken(url, news, fault)

        self.later(wait, send())

    async def _until_taken(self, url: str, news: "_News", fault: str) -> None:
        for pause in _PAUSES:
            await asyncio.sleep(pause)
            status = await self._deliver(url, news, fault)
            log.info("callback", status=status)
            if 0 < status < _TAKEN:
                return

    def _envelope(self, news: "_News") -> Json:
        plain = json.dumps(news.told).encode()
        return {
            "id": secrets.token_hex(16),
            "create_time": _china(datetime.now(CHINA)),
            "event_type": news.event,
            "resource_type": "encrypt-resource",
            "summary": "",
            "resource": self._keys.sealed(plain, news.kind, news.kind),
        }


@dataclass(frozen=True)
class _News:
    event: str
    kind: str
    told: Mapping[str, Any]


def _china(at: datetime) -> str:
    return at.astimezone(CHINA).isoformat(timespec="seconds")
