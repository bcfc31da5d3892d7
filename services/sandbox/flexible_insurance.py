"""The flexibly employed at the bureau: months of this year that they owe, and what they pay.

Whoever is born on a 27th is registered as flexibly employed since the first of January, and owes
every month of the year up to the present one until it is paid. Field codes from memory of LD/T 92;
WJYF, JYDH and PZH are the sandbox's own.
"""

import hashlib
from datetime import date
from typing import Any

from services.sandbox import months
from services.sandbox.deeds import NotDone
from services.sandbox.fiction import birth_date
from services.sandbox.months import compact, parse_yuan, rounded, yuan
from services.sandbox.office import Asking, Unreadable, text_of
from services.sandbox.premises import Premises
from services.sandbox.wages import (
    HIGHEST_PERCENT,
    LOWEST_PERCENT,
    average_wage,
    contribution_year,
)

FLEXIBLE_DAY, RATE_PERCENT = 27, 20
OFFICE, OPERATION = "social-insurance", "flexible-payment"
_MOST_MONTHS = 12
Json = dict[str, Any]


def flexible(number: str) -> bool:
    return birth_date(number).day == FLEXIBLE_DAY


def registered(today: date) -> date:
    return today.replace(month=1, day=1)


async def owed(premises: Premises, number: str) -> list[date]:
    """The oldest first."""
    today = premises.today()
    paid = {
        month
        for deed in await premises.deeds.of(OFFICE, OPERATION, number)
        for month in deed["AAE003"]
    }
    every = months.span(registered(today), today.replace(day=1))
    return [month for month in every if compact(month) not in paid]


async def pay(premises: Premises, asking: Asking, bad: Any) -> Json:
    """Enter it, once for a key. Raises NotDone, Unreadable."""

    async def do() -> Json:
        number = text_of(asking.body, "number").upper()
        chosen, base = _months(asking.body), parse_yuan(asking.body.get("AAE180"), "AAE180")
        still = await owed(premises, number)
        if [month for month in chosen if month not in still]:
            raise NotDone(bad("F2", "所选月份已缴或不欠缴"))
        if not all(allowed(month, base) for month in chosen):
            raise NotDone(bad("F1", "缴费基数超出上下限"))
        each = rounded(base * RATE_PERCENT, 100)
        if parse_yuan(asking.body.get("AAE022"), "AAE022") != each * len(chosen):
            raise NotDone(bad("F3", "金额不符"))
        digest = hashlib.sha256(text_of(asking.body, "key").encode()).hexdigest()
        return {
            "PZH": f"SB{premises.today():%Y%m%d}{int(digest[:8], 16) % 10**8:08d}",
            "AAE003": [compact(month) for month in chosen],
            "AAE180": yuan(base),
            "AAE022": yuan(each * len(chosen)),
            "AAE036": f"{premises.today():%Y%m%d}",
        }

    text_of(asking.body, "JYDH")
    return await premises.deeds.once(OFFICE, OPERATION, asking, do)


def _months(body: Any) -> list[date]:
    sent = body.get("AAE003")
    if not isinstance(sent, list) or not 1 <= len(sent) <= _MOST_MONTHS:
        raise Unreadable("AAE003")
    if len(set(map(str, sent))) != len(sent):
        raise Unreadable("AAE003")
    return [months.parse(f"{str(one)[:4]}-{str(one)[4:]}", "AAE003") for one in sent]


def allowed(month: date, base: int) -> bool:
    """Within the limits of that month; both in fen."""
    wage = average_wage(contribution_year(month))
    return wage * LOWEST_PERCENT <= base <= wage * HIGHEST_PERCENT
