"""Faults on demand, so that a department's bad days can be had on a good one."""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Literal, get_args
from zoneinfo import ZoneInfo

Forgery = Literal[
    "wrong-nonce", "wrong-issuer", "another-audience", "another-party", "expired", "long-ago",
    "low-level", "no-verdict", "unsigned", "symmetric", "another-key",
]  # fmt: skip
Kind = Literal["slow", "hang", "error", "malformed", "closed", "none"] | Forgery
FORGERIES = frozenset(get_args(Forgery))  # of the network identity's ID tokens
SLOW_SECONDS = 3.0
HANG_SECONDS = 3600.0
CHINA = ZoneInfo("Asia/Shanghai")
OPENS = time(8, 0)


@dataclass(frozen=True)
class Fault:
    """``seconds`` is for slow and hang; ``times`` None means until reset; ``opens`` for closed."""

    kind: Kind
    seconds: float | None = None
    times: int | None = None
    opens: time = OPENS

    async def delay(self) -> None:
        """Wait as long as this fault makes a caller wait."""
        if self.kind == "slow":
            await asyncio.sleep(SLOW_SECONDS if self.seconds is None else self.seconds)
        if self.kind == "hang":
            await asyncio.sleep(HANG_SECONDS if self.seconds is None else self.seconds)

    def opens_at(self, now: datetime) -> datetime:
        """The next opening, in China's time (no daylight saving since 1991)."""
        local = now.astimezone(CHINA)
        today = datetime.combine(local.date(), self.opens, CHINA)
        return today if today > local else today + timedelta(days=1)


class Faults:
    """What ails each office now."""

    def __init__(self) -> None:
        self._set: dict[str, Fault] = {}

    def put(self, office: str, fault: Fault) -> None:
        """Replace the office's fault; kind ``none`` heals it."""
        if fault.kind == "none":
            self._set.pop(office, None)
        else:
            self._set[office] = fault

    def heal_all(self) -> None:
        self._set.clear()

    def take(self, office: str, forging: bool = False) -> Fault | None:
        """The fault this request meets; counts down where a count was given.

        A forgery is met by requests that ask for a token (``forging``) only.
        """
        fault = self._set.get(office)
        if fault is None or (fault.kind in FORGERIES and not forging):
            return None
        if fault.times is not None:
            left = fault.times - 1
            self.put(office, replace(fault, times=left, kind=fault.kind if left else "none"))
        return fault
