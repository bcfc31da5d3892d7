"""Values as people read them: days, moments, money, yes and no, words of a list."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from mobile_ui.staff.words import Say

CHINA = ZoneInfo("Asia/Shanghai")  # every office of the house is in it
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


class Values:
    """How one locale writes them."""

    def __init__(self, locale: str, say: Say):
        self._english, self._say = locale == "en", say

    def day(self, iso: str) -> str:
        """A day without a time, as the server wrote it."""
        return self._day(date.fromisoformat(iso[:10]), year=True)

    def month(self, iso: str) -> str:
        day = date.fromisoformat(iso[:10])
        return (
            f"{_MONTHS[day.month - 1]} {day.year}"
            if self._english
            else f"{day.year}年{day.month}月"
        )

    def moment(self, iso: str) -> str:
        """A day and a time in China; the year where it is another than this one."""
        at, now = _here(iso), datetime.now(CHINA)
        return f"{self._day(at.date(), year=at.year != now.year)} {at:%H:%M}"

    def time(self, iso: str) -> str:
        """A time of today, else a moment."""
        at = _here(iso)
        return f"{at:%H:%M}" if at.date() == datetime.now(CHINA).date() else self.moment(iso)

    def clock(self, iso: str) -> str:
        return f"{_here(iso):%H:%M}"

    def size(self, count: int) -> str:
        """``count`` bytes."""
        return (
            f"{max(1, round(count / 1024))} KB" if count < 1024**2 else f"{count / 1024**2:.1f} MB"
        )

    def money(self, fen: int) -> str:
        """``fen``: hundredths of a yuan."""
        sign, yuan = "-" if fen < 0 else "", f"{abs(fen) / 100:,.2f}"
        return f"{sign}{'CN¥' if self._english else '¥'}{yuan}"

    def shown(self, value: Any, described: Mapping[str, Any] | None = None) -> str:
        """One value of a form or finding; ``described``: its JSON Schema."""
        known = described or {}
        labels = known.get("x-labels", {})
        if value is None or value == "":
            return "—"
        if str(value) in labels:
            return str(labels[str(value)])
        if isinstance(value, bool):
            return self._say("yes" if value else "no")
        if isinstance(value, list):
            items = known.get("items")
            return self._say("and").join(self.shown(one, items) for one in value) or "—"
        if isinstance(value, dict):
            return self._members(value, known.get("properties", {}))
        return self._plain(value, str(known.get("x-show", "")))

    def _plain(self, value: Any, show: str) -> str:
        """What only looks like a day, or is no sum of money, is shown as it was written."""
        try:
            if show == "money":
                return self.money(int(value))
            return self.day(value) if _DAY.fullmatch(str(value)) else str(value)
        except ValueError:
            return str(value)

    def _members(self, value: Mapping[str, Any], members: Mapping[str, Any]) -> str:
        named = [(members.get(name, {}), name, one) for name, one in value.items()]
        said = [f"{of.get('title', name)} {self.shown(one, of)}" for of, name, one in named]
        return " · ".join(said)

    def _day(self, day: date, *, year: bool) -> str:
        if self._english:
            return f"{_MONTHS[day.month - 1]} {day.day}" + (f", {day.year}" if year else "")
        return (f"{day.year}年" if year else "") + f"{day.month}月{day.day}日"


def _here(iso: str) -> datetime:
    at = datetime.fromisoformat(iso)
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(CHINA)
