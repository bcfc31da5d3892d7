"""The cashier: what is to be paid, to whom, and three buttons. Then back to where one came from.

Two of the buttons are what happens to people: giving up, and being charged twice.
"""

import asyncio
from html import escape
from typing import Any
from urllib.parse import quote, urlsplit

from sanic import HTTPResponse, Request, Sanic
from sanic.response import html, redirect

from config.texts import text
from services.sandbox.models import SandboxOrder
from services.sandbox.months import yuan
from services.sandbox.pay_books import Books, OrderOver
from services.sandbox.pay_calls import Calls
from services.sandbox.pay_faults import CHARGES, PayFaults
from services.sandbox.pay_keys import ID
from services.sandbox.requests import locale_of
from services.sandbox.sheets import sheet

Asked = Request[Any, Any]
_HEADERS = {"Cache-Control": "no-store", "Vary": "Accept-Language"}
PAY, TWICE, LEAVE = "pay", "twice", "leave"


class Cashier:
    """``house``: where payers may be led back to, and nowhere else."""

    def __init__(self, books: Books, calls: Calls, faults: PayFaults, house: str):
        self._books, self._calls, self._faults = books, calls, faults
        self._house = house

    def open(self, app: Sanic[Any, Any]) -> None:
        path = f"/{ID}/cashier/<token:str>"
        app.add_route(self.show, path, methods=["GET"], name="pay_cashier")
        app.add_route(self.decide, path, methods=["POST"], name="pay_decide")

    async def show(self, request: Asked, token: str) -> HTTPResponse:
        order = await self._books.at_cashier(token)
        if order is None:
            return self._page(request, None, "unknown", 404)
        paid = await self._books.charges(order.number)
        return self._page(request, order, "paid" if paid else "")

    async def decide(self, request: Asked, token: str) -> HTTPResponse:
        order = await self._books.at_cashier(token)
        if order is None:
            return self._page(request, None, "unknown", 404)
        pressed = (request.form.get("do") if request.form else "") or LEAVE
        try:
            if pressed in (PAY, TWICE):
                await self._charge(order)
            if pressed == TWICE:
                again = await self._books.charge(order.number, again=True)
                self._calls.tell_paid(again, order.notify_url)
        except OrderOver as over:
            return self._page(request, order, "paid" if str(over) == "ORDERPAID" else "over", 409)
        back = self._back(request)
        return redirect(back) if back else self._page(request, order, "done")

    async def _charge(self, order: SandboxOrder) -> None:
        fault, seconds = self._faults.take(CHARGES)
        if fault == "charged-other-amount":
            made = await self._books.charge(order.number, fen=order.fen + 1)
        elif fault == "charged-other-currency":
            made = await self._books.charge(order.number, currency="USD")
        else:
            made = await self._books.charge(order.number)
        if fault == "charged-silently":
            await asyncio.sleep(seconds)
            return
        self._calls.tell_paid(made, order.notify_url)

    def _back(self, request: Asked) -> str:
        """Where the payer came from, if it is the house."""
        wanted = request.args.get("redirect_url") or ""
        theirs, ours = urlsplit(wanted), urlsplit(self._house)
        same = (theirs.scheme, theirs.netloc) == (ours.scheme, ours.netloc)
        return wanted if same else ""

    def _page(
        self, request: Asked, order: SandboxOrder | None, notice: str, status: int = 200
    ) -> HTTPResponse:
        locale = locale_of(request)
        said = text(f"sandbox.cashier.{notice}", locale) if notice else ""
        back = self._back(request)
        page = sheet(
            "cashier",
            locale,
            notice=f'<p class="notice" role="status">{escape(said)}</p>' if said else "",
            what=escape(order.description) if order else "",
            sum=f"¥{yuan(order.fen)}" if order else "",
            number=escape(order.number) if order else "",
            buttons="" if notice or order is None else _buttons(locale),
            back=_link(back, locale) if notice and back else "",
            query=f"?redirect_url={quote(back, safe='')}" if back else "",
        )
        house = urlsplit(self._house)
        policy = (
            "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
            f"frame-ancestors 'none'; form-action 'self' {house.scheme}://{house.netloc}"
        )
        return html(page, status, _HEADERS | {"Content-Security-Policy": policy})


def _buttons(locale: str) -> str:
    kinds = ((PAY, "main"), (LEAVE, "plain"), (TWICE, "plain"))
    return "".join(
        f'<button class="button {kind}" name="do" value="{value}" id="{value}">'
        f"{escape(text(f'sandbox.cashier.{value}', locale))}</button>"
        for value, kind in kinds
    )


def _link(back: str, locale: str) -> str:
    said = escape(text("sandbox.cashier.back", locale))
    return f'<p><a href="{escape(back, quote=True)}" id="back">{said}</a></p>'
