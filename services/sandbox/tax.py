"""The tax department: a year's declarations in its own field names.

Field names after the tax system's own abbreviations of pinyin, from memory. Requests are signed by
HTTP message signatures (RFC 9421, HMAC-SHA256) over method, path and the body's digest (RFC 9530).
"""

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sanic import HTTPResponse
from sanic.response import json as json_response

from services.sandbox.life import lead
from services.sandbox.months import compact, yuan
from services.sandbox.office import Asking, Office, Unreadable
from services.sandbox.premises import Premises
from services.sandbox.signatures import NotSigned, Signed
from services.sandbox.tax_ledger import Wage, declared

ID = "tax"
WAGES = "0101"  # SDXMDM
_FRESH_AT = 23  # o'clock
_INPUT = re.compile(
    r'sig=(?P<all>\("@method" "@path" "content-digest"\);created=(?P<ts>[0-9]+);'
    r'nonce="(?P<nonce>[^"]+)";keyid="(?P<app>[^"]+)")'
)
_SIGNATURE = re.compile(r"sig=:([A-Za-z0-9+/=]+):")
_YEAR = re.compile(r"20[0-9]{2}")
_REFUSALS = {
    "unsigned": ("90", "签名验证失败"),
    "unreadable": ("91", "报文格式错误"),
    "unavailable": ("99", "系统繁忙"),
}


def office(premises: Premises) -> Office:
    """The department, whose records are brought up to date every evening at eleven."""
    return Office(ID, by_message, {"year": _Books(premises).year}, _refuse, _closed)


def by_message(headers: Mapping[str, str]) -> Signed:
    """Signature-Input, Signature and Content-Digest; the digest is that of the body that came.
    Raises NotSigned.
    """
    given = _INPUT.fullmatch(headers.get("signature-input", ""))
    mac = _SIGNATURE.fullmatch(headers.get("signature", ""))
    if given is None or mac is None:
        raise NotSigned("unsigned")

    def base(method: str, path: str, body: bytes) -> bytes:
        digest = f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"
        if headers.get("content-digest") != digest:
            raise NotSigned("signature")
        lines = (f'"@method": {method}', f'"@path": {path}', f'"content-digest": {digest}')
        return "\n".join([*lines, f'"@signature-params": {given["all"]}']).encode()

    try:
        raw = base64.b64decode(mac[1], validate=True)
    except binascii.Error as fault:
        raise NotSigned("unsigned") from fault
    return Signed(given["app"], given["ts"], given["nonce"], raw, base)


class _Books:
    def __init__(self, premises: Premises):
        self._premises = premises

    async def year(self, asking: Asking) -> dict[str, Any]:
        """``SSND`` is the year, as text."""
        named = asking.named_rightly  # asked first: a question without a name is unreadable
        year = asking.body.get("SSND")
        if not isinstance(year, str) or not _YEAR.fullmatch(year):
            raise Unreadable("SSND")
        if asking.resident is None:
            return _bad("11", "未查询到纳税人")
        if not named:
            return _bad("12", "姓名与证件号码不符")
        number = asking.resident.person.number
        life = lead(self._premises.key, number)
        rows = declared(life, int(year), self._premises.today()) if life else []
        if not rows:
            return _bad("11", "未查询到申报记录")
        return self._good({"NSRSBH": number, "SSND": year, "NSMX": [_row(one) for one in rows]})

    def _good(self, content: dict[str, Any]) -> dict[str, Any]:
        encoded = base64.b64encode(json.dumps(content, ensure_ascii=False).encode()).decode()
        fresh = self._premises.closed_at(_FRESH_AT)
        return _state("00", "成功") | {"sjgxsj": f"{fresh:%Y%m%d%H%M%S}", "content": encoded}


def _row(one: Wage) -> dict[str, str]:
    return {
        "SKSSQ": compact(one.month),
        "SDXMDM": WAGES,
        "KJYWRMC": one.employer,
        "SRE": yuan(one.income),
        "YKJSE": yuan(one.withheld),
    }


def _state(code: str, words: str) -> dict[str, Any]:
    return {"returnStateInfo": {"returnCode": code, "returnMessage": words}}


def _bad(code: str, words: str) -> dict[str, Any]:
    return _state(code, words) | {"content": ""}


def _refuse(kind: str, detail: str) -> dict[str, Any]:
    code, words = _REFUSALS[kind]
    return _bad(code, f"{words}：{detail}" if detail else words)


def _closed(opens: datetime) -> HTTPResponse:
    return json_response(_bad("98", "系统升级维护") | {"kfsj": f"{opens:%Y%m%d%H%M%S}"})
