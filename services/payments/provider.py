"""The payment provider over HTTP: orders, their state, refunds, the day's bill, callbacks.

Every request is signed by us; nothing that comes back is believed before its signature is
verified by a certificate that came sealed under our API v3 key.
"""

import asyncio
import hashlib
import json
import time
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

from cryptography import x509
from pydantic import BaseModel, ValidationError

from config import logs
from config.outbound import Outbound, OutboundFailed, Reply
from services.hours import SHANGHAI
from services.models import Payment, PaymentCharge, PaymentRefund
from services.payments import shapes, signing
from services.payments.errors import CallbackNotSigned, ProviderAway
from services.payments.merchant import Merchant
from services.payments.moves import title_of
from services.payments.signing import NotSigned
from services.payments.told import YUAN, BillLine, Looked, Returned, Taken

log = logs.get("services.payments")

ID = "wechat-pay"
_SECONDS = 5.0
_OK, _BAD, _MISSING, _SERVER_ERROR = 200, 400, 404, 500
_LATER = (401, 429)  # our clock or keys, their pace: says nothing of what was asked
_NEWS_SECONDS = 60.0  # unknown certificates are asked for so often at most
_AGAIN_SECONDS = 2.0  # and so soon again after nobody answered
_PAID_ALREADY, _NO_BILL = "ORDERPAID", "NO_STATEMENT_EXIST"
_BILL_BYTES = 32 * 1024 * 1024
_WORDS = 60  # characters of a description that the provider shows
Shape = TypeVar("Shape", bound=BaseModel)
Json = dict[str, Any]


class OrderPaid(Exception):
    """The provider does not close what somebody has paid."""


class Provider:
    """``house``: where residents and the provider reach us; without a merchant nothing is paid."""

    def __init__(self, outbound: Outbound, merchant: Merchant | None, house: str):
        self._outbound, self._merchant = outbound, merchant
        self._callbacks = f"{house.rstrip('/')}/v1/payments/callbacks/{ID}"
        self._certificates: dict[str, x509.Certificate] = {}
        self._asked, self._asking = -_NEWS_SECONDS, asyncio.Lock()

    async def cashier(self, payment: Payment, address: str) -> str:
        """The address of the provider's cashier for this payment; the same order however often.
        ``address``: of the payer in the network, without which H5 payments are refused.

        Raises ProviderAway.
        """
        ours = self._ours
        wanted = {
            "appid": ours.app,
            "mchid": ours.id,
            "description": title_of(payment)["zh-CN"][:_WORDS],
            "out_trade_no": payment.number,
            "time_expire": payment.expires_at.astimezone(SHANGHAI).isoformat(timespec="seconds"),
            "notify_url": self._callbacks,
            "amount": {"total": payment.fen, "currency": YUAN},
            "scene_info": {"payer_client_ip": address, "h5_info": {"type": "Wap"}},
        }
        status, said = await self._ask("POST", "/v3/pay/transactions/h5", wanted)
        where = said.get("h5_url")
        if status != _OK or not isinstance(where, str):
            raise ProviderAway(f"h5: {status} {said.get('code')}")
        return where

    async def look(self, number: str) -> Looked:
        """Where a payment stands with the provider. Raises ProviderAway."""
        path = f"/v3/pay/transactions/out-trade-no/{number}?mchid={self._ours.id}"
        status, said = await self._ask("GET", path)
        if status == _MISSING:
            return Looked("unknown")
        try:
            return self._good(status, said, shapes.Order).looked()
        except ValueError:
            raise ProviderAway("an order that nobody can read") from None

    async def close(self, number: str) -> None:
        """Nobody can pay it any more. Raises OrderPaid, ProviderAway."""
        path = f"/v3/pay/transactions/out-trade-no/{number}/close"
        status, said = await self._ask("POST", path, {"mchid": self._ours.id})
        if said.get("code") == _PAID_ALREADY:
            raise OrderPaid()
        if status >= _BAD and status != _MISSING:
            raise ProviderAway(f"close: {status} {said.get('code')}")

    async def refund(self, refund: PaymentRefund, charge: PaymentCharge) -> Returned:
        """Give back of a charge; the refund's number makes it one however often it is sent. What
        the provider says it does not make (no funds, a closed account) is ``refused``.

        Raises ProviderAway.
        """
        wanted = {
            "transaction_id": charge.transaction,
            "out_refund_no": refund.number,
            "notify_url": self._callbacks,
            "amount": {"refund": refund.fen, "total": charge.fen, "currency": YUAN},
        }
        status, said = await self._ask("POST", "/v3/refund/domestic/refunds", wanted)
        if status >= _BAD and status not in _LATER:
            log.warning("refund-refused", cause=f"{status} {said.get('code')}")
            return Returned(refund.number, "refused")
        return self._good(status, said, shapes.RefundShape).returned()

    async def look_refund(self, number: str) -> Returned:
        """Where a refund stands. Raises ProviderAway."""
        status, said = await self._ask("GET", f"/v3/refund/domestic/refunds/{number}")
        if status == _MISSING:
            return Returned(number, "unknown")
        return self._good(status, said, shapes.RefundShape).returned()

    async def bill(self, day: date) -> list[BillLine]:
        """Every charge and refund of a day in China. Raises ProviderAway."""
        query = urlencode({"bill_date": day.isoformat(), "bill_type": "ALL"})
        status, said = await self._ask("GET", f"/v3/bill/tradebill?{query}")
        if said.get("code") == _NO_BILL:
            return []  # nothing happened
        path = urlsplit(str(said.get("download_url")))
        if status != _OK or not path.query:
            raise ProviderAway(f"bill: {status}")
        reply = await self._send("GET", f"/v3/bill/downloadurl?{path.query}", b"", _BILL_BYTES)
        digest = hashlib.sha1(reply.body, usedforsecurity=False).hexdigest()
        if reply.status != _OK or digest != said.get("hash_value"):
            raise ProviderAway("another bill than the signed answer tells of")
        try:
            return list(shapes.bill_lines(reply.body.decode()))
        except ValueError:
            raise ProviderAway("a bill that nobody can read") from None

    async def read(self, headers: Mapping[str, str], body: bytes) -> Taken | Returned | None:
        """What a callback tells; None for what is no news to us. Raises CallbackNotSigned,
        ProviderAway while its certificate cannot be had.
        """
        try:
            await self._verify(headers, body)
            envelope = shapes.Envelope.model_validate_json(body)
            plain = signing.opened(self._ours.api_key, envelope.resource.model_dump())
            return self._told(envelope.event_type, plain)
        except (NotSigned, ValidationError) as fault:
            raise CallbackNotSigned(str(fault) if isinstance(fault, NotSigned) else "") from None
        except ValueError:
            raise CallbackNotSigned("not readable") from None

    @property
    def _ours(self) -> Merchant:
        if self._merchant is None:
            raise ProviderAway("no provider is set")
        return self._merchant

    def _told(self, event: str, plain: bytes) -> Taken | Returned | None:
        if event == "TRANSACTION.SUCCESS":
            order = shapes.Order.model_validate_json(plain)
            if order.mchid != self._ours.id:
                raise NotSigned("of another merchant")
            return order.looked().taken
        if event.startswith("REFUND."):
            return shapes.RefundShape.model_validate_json(plain).returned()
        return None

    def _good(self, status: int, said: Json, shape: type[Shape]) -> Shape:
        if status != _OK:
            raise ProviderAway(f"{shape.__name__}: {status} {said.get('code')}")
        try:
            return shape.model_validate(said)
        except ValidationError:
            raise ProviderAway(f"{shape.__name__}: of another form") from None

    async def _ask(self, method: str, path: str, wanted: Json | None = None) -> tuple[int, Json]:
        """Status and verified JSON. Raises ProviderAway."""
        body = b"" if wanted is None else json.dumps(wanted, ensure_ascii=False).encode()
        reply = await self._send(method, path, body)
        try:
            await self._verify(_lower(reply.headers), reply.body)
            said = json.loads(reply.body) if reply.body else {}
        except NotSigned as fault:
            raise ProviderAway(f"an answer that is not signed: {fault}") from None
        except ValueError:
            raise ProviderAway("an answer that is not JSON") from None
        return reply.status, said if isinstance(said, dict) else {}

    async def _send(
        self, method: str, path: str, body: bytes, most_bytes: int | None = None
    ) -> Reply:
        ours, began = self._ours, time.monotonic()
        whole = urlsplit(f"{ours.url}{path}")
        signed = whole.path + (f"?{whole.query}" if whole.query else "")
        headers = {
            "Authorization": signing.authorization(ours, method, signed, body),
            "Accept": "application/json",
            "Content-Type": "application/json",
        }
        try:
            reply = await self._outbound.send(
                method, whole.geturl(), body=body or None, headers=headers, timeout=_SECONDS,
                most_bytes=most_bytes,
            )  # fmt: skip
        except OutboundFailed as failed:
            raise ProviderAway(f"outbound: {failed.reason}") from failed
        ms = round((time.monotonic() - began) * 1000)
        log.info("provider-call", operation=path.split("?", maxsplit=1)[0].split("/")[2], ms=ms)
        if reply.status >= _SERVER_ERROR:
            raise ProviderAway(f"status {reply.status}")
        return reply

    async def _verify(self, headers: Mapping[str, str], body: bytes) -> None:
        """Raises NotSigned; ProviderAway while certificates cannot be had."""
        serial = signing.serial_of(headers)
        if serial not in self._certificates:
            await self._learn()
        found = self._certificates.get(serial)
        now = datetime.now(UTC)
        if found is None or not found.not_valid_before_utc <= now <= found.not_valid_after_utc:
            raise NotSigned("serial")
        signing.verify(found, headers, body)

    async def _learn(self) -> None:
        """The provider's certificates; asked for once a minute at most, whoever names others."""
        async with self._asking:
            if time.monotonic() < self._asked + _NEWS_SECONDS:
                return
            self._asked = time.monotonic() - _NEWS_SECONDS + _AGAIN_SECONDS
            reply = await self._send("GET", "/v3/certificates", b"")
            try:
                sent = shapes.Certificates.model_validate_json(reply.body)
                found = {one.serial_no: self._certificate(one) for one in sent.data}
            except (NotSigned, ValueError):
                raise ProviderAway("certificates that are not for us") from None
            self._certificates, self._asked = found, time.monotonic()

    def _certificate(self, one: shapes.Certificate) -> x509.Certificate:
        plain = signing.opened(self._ours.api_key, one.encrypt_certificate.model_dump())
        return x509.load_pem_x509_certificate(plain)


def _lower(headers: Mapping[str, str]) -> Mapping[str, str]:
    return {name.lower(): value for name, value in headers.items()}
