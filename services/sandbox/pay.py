"""A payment provider like WeChat Pay's API v3: orders, queries, closing, refunds, the day's bill.

Merchants sign their requests, every answer is signed by the platform's certificate, and what is
private comes sealed. The payer's page is ``pay_cashier``; what goes wrong on demand ``pay_faults``.
"""

import hashlib
import json
from collections.abc import Awaitable, Callable, Coroutine
from datetime import UTC, date, datetime
from ipaddress import ip_address
from typing import Any

from sanic import HTTPResponse, Request, Sanic

from config.settings import SandboxSettings
from services.sandbox.database import Database
from services.sandbox.faults import Faults
from services.sandbox.models import SandboxRefund
from services.sandbox.pay_bill import bill
from services.sandbox.pay_books import Books, OrderOther, OrderOver, RefundRefused, Wanted
from services.sandbox.pay_calls import Calls, given_back, paid
from services.sandbox.pay_cashier import Cashier
from services.sandbox.pay_faults import LOOKS, REFUNDS, PayFaults, open_pay_control
from services.sandbox.pay_keys import APP, ID, MERCHANT, Keys, NotSigned

Asked = Request[Any, Any]
Answer = Callable[..., Awaitable[tuple[int, Any]]]
_ORDERS, _REFUNDS = "/v3/pay/transactions", "/v3/refund/domestic/refunds"
_EXISTS, _MISSING = "NO_STATEMENT_EXIST", "ORDER_NOT_EXIST"
_ENDS = {"refund-impossible": "ABNORMAL", "refund-closed": "CLOSED"}


class Refused(Exception):
    """Status and code of what the provider does not do."""

    def __init__(self, status: int, code: str):
        super().__init__(code)
        self.status, self.code = status, code


class Pay:
    def __init__(self, keys: Keys, books: Books, calls: Calls, faults: Faults, own: PayFaults):
        self._keys, self._books, self._calls = keys, books, calls
        self._faults, self._own = faults, own
        self._origin = ""

    def open(self, app: Sanic[Any, Any], origin: str) -> None:
        """``origin``: where payers' browsers find the cashier."""
        self._origin = origin
        for path, method, answer in (
            ("/v3/certificates", "GET", self.certificates),
            (f"{_ORDERS}/h5", "POST", self.order),
            (f"{_ORDERS}/out-trade-no/<number:str>", "GET", self.look),
            (f"{_ORDERS}/out-trade-no/<number:str>/close", "POST", self.close),
            (_REFUNDS, "POST", self.refund),
            (f"{_REFUNDS}/<number:str>", "GET", self.look_refund),
            ("/v3/bill/tradebill", "GET", self.tradebill),
        ):
            name = f"pay_{answer.__name__}"
            app.add_route(self._served(answer), f"/{ID}{path}", methods=[method], name=name)
        app.add_route(self.download, f"/{ID}/v3/bill/downloadurl", methods=["GET"], name="pay_bill")

    async def certificates(self, request: Asked) -> tuple[int, Any]:
        pem = self._keys.certificate()
        sealed = self._keys.sealed(pem, "certificate")
        return 200, {"data": [{"serial_no": self._keys.serial, "encrypt_certificate": sealed}]}

    async def order(self, request: Asked) -> tuple[int, Any]:
        sent = _body(request)
        if (sent.get("mchid"), sent.get("appid")) != (MERCHANT, APP):
            raise Refused(400, "APPID_MCHID_NOT_MATCH")
        try:
            row = await self._books.order(_wanted(sent))
        except OrderOther:
            raise Refused(400, "INVALID_REQUEST") from None
        except OrderOver as over:
            raise Refused(400, str(over)) from None
        return 200, {"h5_url": f"{self._origin}/{ID}/cashier/{row.token}"}

    async def look(self, request: Asked, number: str) -> tuple[int, Any]:
        row = await self._books.found(number)
        if row is None:
            raise Refused(404, _MISSING)
        if charges := await self._books.charges(number):
            return 200, paid(charges[0])
        stands = "CLOSED" if row.closed else "NOTPAY"
        return 200, {"mchid": MERCHANT, "out_trade_no": number, "trade_state": stands}

    async def close(self, request: Asked, number: str) -> tuple[int, Any]:
        try:
            if not await self._books.close(number):
                raise Refused(404, _MISSING)
        except OrderOver as over:
            raise Refused(400, str(over)) from None
        return 204, None

    async def refund(self, request: Asked) -> tuple[int, Any]:
        sent = _body(request)
        number, transaction = _text(sent, "out_refund_no"), _text(sent, "transaction_id")
        amount = sent.get("amount")
        fen = amount.get("refund") if isinstance(amount, dict) else None
        if not isinstance(fen, int) or fen < 1:
            raise Refused(400, "PARAM_ERROR")
        fault, seconds = self._own.take(REFUNDS)
        if fault == "refund-refused":
            raise Refused(403, "NOT_ENOUGH")
        state = _ENDS.get(fault, "PROCESSING")
        try:
            row = await self._books.refund(
                number, transaction, fen, _text(sent, "notify_url"), state
            )
        except RefundRefused as refused:
            raise Refused(400, str(refused)) from None
        if row.state == "PROCESSING" and fault != "refund-slow":
            done = await self._books.finish(number)
            await self._tell(done, fault)
        elif fault == "refund-slow":
            self._calls.later(seconds, self._finish(number))
        return 200, given_back(row)

    async def look_refund(self, request: Asked, number: str) -> tuple[int, Any]:
        if self._own.take(LOOKS)[0] == "refund-put-right":
            await self._books.put_right(number)
        row = await self._books.refund_of(number)
        if row is None:
            raise Refused(404, "RESOURCE_NOT_EXISTS")
        return 200, given_back(row)

    async def tradebill(self, request: Asked) -> tuple[int, Any]:
        day = _day(request)
        text = bill(*await self._books.day(day)) if day else ""
        if not text:
            raise Refused(400, _EXISTS)
        digest = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
        url = f"{self._origin}/{ID}/v3/bill/downloadurl?bill_date={day}"
        return 200, {"hash_type": "SHA1", "hash_value": digest, "download_url": url}

    async def download(self, request: Asked) -> HTTPResponse:
        if (refused := self._stranger(request)) is not None:
            return refused
        day = _day(request)
        text = bill(*await self._books.day(day)) if day else ""
        return HTTPResponse(text.encode(), content_type="text/csv")

    async def _tell(self, done: SandboxRefund, fault: str) -> None:
        if fault != "refund-before-charge":
            self._calls.tell_refund(done)
            return
        await self._calls.refund_at_once(done)
        for charge in await self._books.charges(await self._books.number_of(done.transaction)):
            self._calls.tell_paid(charge, done.notify_url)

    async def _finish(self, number: str) -> None:
        self._calls.tell_refund(await self._books.finish(number))

    def _served(self, answer: Answer) -> Callable[..., Coroutine[Any, Any, HTTPResponse]]:
        async def serve(request: Asked, **path: str) -> HTTPResponse:
            if (refused := self._stranger(request)) is not None:
                return refused
            fault = self._faults.take(ID)
            if fault is not None:
                await fault.delay()
                if fault.kind in ("error", "closed"):
                    return self._said(500, {"code": "SYSTEM_ERROR", "message": "系统异常"})
            try:
                status, said = await answer(request, **path)
            except Refused as no:
                status, said = no.status, {"code": no.code, "message": no.code}
            response = self._said(status, said)
            if fault is not None and fault.kind == "malformed":
                response.body = (response.body or b"")[: len(response.body or b"") // 2]
            return response

        return serve

    def _stranger(self, request: Asked) -> HTTPResponse | None:
        query = f"?{request.query_string}" if request.query_string else ""
        try:
            self._keys.check(request.method, request.path + query, request.headers, request.body)
        except NotSigned as reason:
            return self._said(401, {"code": "SIGN_ERROR", "message": str(reason)})
        return None

    def _said(self, status: int, said: Any) -> HTTPResponse:
        body = b"" if said is None else json.dumps(said, ensure_ascii=False).encode()
        headers = self._keys.signed(body)
        return HTTPResponse(body, status, headers, content_type="application/json")


def _body(request: Asked) -> dict[str, Any]:
    try:
        sent = json.loads(request.body)
    except (ValueError, RecursionError):
        raise Refused(400, "PARAM_ERROR") from None
    if not isinstance(sent, dict):
        raise Refused(400, "PARAM_ERROR")
    return sent


def _text(sent: dict[str, Any], name: str) -> str:
    value = sent.get(name)
    if not isinstance(value, str) or not 1 <= len(value) <= 300:
        raise Refused(400, "PARAM_ERROR")
    return value


def _wanted(sent: dict[str, Any]) -> Wanted:
    amount = sent.get("amount")
    fen = amount.get("total") if isinstance(amount, dict) else None
    if not isinstance(fen, int) or fen < 1 or not isinstance(amount, dict):
        raise Refused(400, "PARAM_ERROR")
    if amount.get("currency") != "CNY" or not _of_a_payer(sent.get("scene_info")):
        raise Refused(400, "PARAM_ERROR")
    try:
        expires = datetime.fromisoformat(_text(sent, "time_expire")).astimezone(UTC)
    except ValueError:
        raise Refused(400, "PARAM_ERROR") from None
    names = (_text(sent, name) for name in ("out_trade_no", "description", "notify_url"))
    number, description, notify = names
    return Wanted(number, fen, description, notify, expires)


def _of_a_payer(scene: Any) -> bool:
    """Whether it says from where somebody pays, as H5 payments must."""
    try:
        ip_address(scene["payer_client_ip"])
    except (KeyError, TypeError, ValueError):
        return False
    return isinstance(scene.get("h5_info"), dict)


def _day(request: Asked) -> date | None:
    try:
        return date.fromisoformat(request.args.get("bill_date") or "")
    except ValueError:
        return None


def open_pay(
    app: Sanic[Any, Any], settings: SandboxSettings, database: Database, faults: Faults
) -> None:
    """Provider, cashier and the control of their faults."""
    own = PayFaults()
    keys = Keys.of(
        *(settings.sandbox_secret(f"{ID} {name}") for name in ("merchant", "platform", "api v3"))
    )
    books, calls = Books(database), Calls(keys, own)
    origin = f"http://{settings.sandbox_host}:{settings.sandbox_port}"
    Pay(keys, books, calls, faults, own).open(app, origin)
    Cashier(books, calls, own, settings.public_url).open(app)
    open_pay_control(app, settings.sandbox_secret("control"), own)
