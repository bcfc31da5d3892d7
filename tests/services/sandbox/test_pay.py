"""The sandbox's payment provider: who may ask, what it charges once, where its page leads."""

import base64
import json
import secrets
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from tests.support.payer import keys
from tests.support.sandbox import Reply, Sandbox

ROOT = "/wechat-pay"


async def asked(
    sandbox: Sandbox, method: str, path: str, body: Any = None, *, merchant: str = "1900000001"
) -> Reply:
    """As our merchant signs it; or as another would."""
    raw = b"" if body is None else json.dumps(body).encode()
    at, nonce = str(int(time.time())), secrets.token_hex(8)
    message = f"{method}\n{ROOT}{path}\n{at}\n{nonce}\n".encode() + raw + b"\n"
    signed = base64.b64encode(keys(sandbox).merchant.sign(message, ec.ECDSA(SHA256()))).decode()
    parts = f'mchid="{merchant}",nonce_str="{nonce}",signature="{signed}",timestamp="{at}"'
    headers = {"Authorization": f'WECHATPAY2-SHA256-ECDSA {parts},serial_no="1"'}
    return await sandbox.send(method, f"{ROOT}{path}", data=raw or None, headers=headers)


def order(**other: Any) -> dict[str, Any]:
    made = {
        "appid": "wx-sandbox",
        "mchid": "1900000001",
        "description": "一件东西",
        "out_trade_no": f"ZF{secrets.token_hex(6)}",
        "time_expire": (datetime.now(UTC) + timedelta(minutes=5)).isoformat(),
        "notify_url": "http://127.0.0.1:1/nobody",
        "amount": {"total": 1200, "currency": "CNY"},
        "scene_info": {"payer_client_ip": "203.0.113.7", "h5_info": {"type": "Wap"}},
    }
    return made | other


async def cashier_of(sandbox: Sandbox, wanted: dict[str, Any]) -> str:
    made = await asked(sandbox, "POST", "/v3/pay/transactions/h5", wanted)
    assert made.status == 200, made.body
    return str(made.body["h5_url"]).removeprefix(sandbox.url)


async def press(sandbox: Sandbox, path: str, do: str = "pay") -> Reply:
    return await sandbox.send("POST", path, data={"do": do}, allow_redirects=False)


async def test_nobody_but_the_merchant_is_answered(sandbox: Sandbox):
    path = "/v3/pay/transactions/out-trade-no/ZF1?mchid=1900000001"
    assert (await asked(sandbox, "GET", path, merchant="1900000002")).status == 401
    assert (await sandbox.send("GET", f"{ROOT}{path}")).status == 401
    assert (await asked(sandbox, "GET", path)).body["code"] == "ORDER_NOT_EXIST"


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": {"total": 0, "currency": "CNY"}},
        {"amount": {"total": 1200, "currency": "USD"}},
        {"amount": 5},
        {"appid": "wx-other"},
        {"time_expire": "soon"},
        {"description": ""},
        {"scene_info": {"h5_info": {"type": "Wap"}}},
        {"scene_info": {"payer_client_ip": "somewhere", "h5_info": {"type": "Wap"}}},
    ],
    ids=str,
)
async def test_an_order_that_is_none_is_refused(sandbox: Sandbox, wrong):
    made = await asked(sandbox, "POST", "/v3/pay/transactions/h5", order(**wrong))
    assert made.status == 400


async def test_an_order_is_one_by_its_number_and_of_one_sum(sandbox: Sandbox):
    wanted = order()
    assert await cashier_of(sandbox, wanted) == await cashier_of(sandbox, wanted)
    other = wanted | {"amount": {"total": 1300, "currency": "CNY"}}
    refused = await asked(sandbox, "POST", "/v3/pay/transactions/h5", other)
    assert refused.body["code"] == "INVALID_REQUEST"


async def test_an_order_is_charged_once_and_never_after_its_time(sandbox: Sandbox):
    at = await cashier_of(sandbox, order())
    assert [(await press(sandbox, at)).status for _ in range(2)] == [200, 409]
    then = (datetime.now(UTC) - timedelta(seconds=5)).isoformat()
    late = await cashier_of(sandbox, order(time_expire=then))
    assert (await press(sandbox, late)).status == 409


async def test_what_was_paid_is_not_closed_and_what_is_closed_is_not_paid(sandbox: Sandbox):
    wanted = order()
    path = f"/v3/pay/transactions/out-trade-no/{wanted['out_trade_no']}/close"
    at = await cashier_of(sandbox, wanted)
    assert (await asked(sandbox, "POST", path, {"mchid": "1900000001"})).status == 204
    assert (await press(sandbox, at)).status == 409
    other = order()
    await press(sandbox, await cashier_of(sandbox, other))
    path = f"/v3/pay/transactions/out-trade-no/{other['out_trade_no']}/close"
    refused = await asked(sandbox, "POST", path, {"mchid": "1900000001"})
    assert refused.body["code"] == "ORDERPAID"


async def test_a_refund_is_one_by_its_number_and_never_more_than_was_taken(sandbox: Sandbox):
    wanted = order()
    await press(sandbox, await cashier_of(sandbox, wanted))
    path = f"/v3/pay/transactions/out-trade-no/{wanted['out_trade_no']}?mchid=1900000001"
    taken = (await asked(sandbox, "GET", path)).body["transaction_id"]

    async def refund(number: str, fen: int) -> Reply:
        sent = {
            "out_refund_no": number, "transaction_id": taken, "amount": {"refund": fen},
            "notify_url": "http://127.0.0.1:1/nobody",
        }  # fmt: skip
        return await asked(sandbox, "POST", "/v3/refund/domestic/refunds", sent)

    one, two = f"TK{secrets.token_hex(6)}", f"TK{secrets.token_hex(6)}"
    first = [await refund(one, 700) for _ in range(2)]
    assert first[0].body["refund_id"] == first[1].body["refund_id"]
    assert (await refund(one, 600)).body["code"] == "INVALID_REQUEST"
    assert (await refund(two, 501)).body["code"] == "NOT_ENOUGH"
    assert (await refund(two, 500)).status == 200


async def test_the_page_leads_back_to_the_house_and_nowhere_else(sandbox: Sandbox):
    at = await cashier_of(sandbox, order(description="<b>x"))
    page = await sandbox.send("GET", at)
    assert page.status == 200 and "&lt;b&gt;x" in page.raw.decode()
    assert "form-action 'self'" in page.headers["Content-Security-Policy"]
    lure = quote("https://elsewhere.example/", safe="")
    left = await press(sandbox, f"{at}?redirect_url={lure}", "leave")
    assert left.status == 200 and "location" not in {name.lower() for name in left.headers}
    assert (await sandbox.send("GET", f"{ROOT}/cashier/guessed")).status == 404


async def test_faults_are_for_who_knows_the_key(sandbox: Sandbox):
    wanted = {"fault": "silent"}
    for headers in ({}, {"X-Control-Key": "0" * 64}):
        reply = await sandbox.send("POST", "/control/payments", json=wanted, headers=headers)
        assert reply.status == 403
