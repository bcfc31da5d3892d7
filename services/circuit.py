"""A breaker before a department: after repeated failures it is left in peace for a while.

Closed: everyone passes. Open: nobody passes until the rest is over. Then half open: one caller
goes ahead as the probe; its success closes the breaker, its failure starts another rest.
"""

import time
from collections.abc import Callable

FAILURES = 5
REST_SECONDS = 10.0


class Circuit:
    """One department's breaker in one process. ``clock`` counts seconds and never goes back."""

    def __init__(
        self,
        *,
        failures: int = FAILURES,
        rest: float = REST_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ):
        self._limit, self._rest, self._clock = failures, rest, clock
        self._failed = 0
        self._opened_at: float | None = None
        self._probing = False

    @property
    def open(self) -> bool:
        return self._opened_at is not None

    def wait(self) -> float:
        """0: go ahead (and say afterwards how it went); otherwise the seconds to stay away."""
        if self._opened_at is None:
            return 0.0
        left = self._opened_at + self._rest - self._clock()
        if left > 0 or self._probing:
            return max(left, 1.0)
        self._probing = True
        return 0.0

    def succeeded(self) -> None:
        """The department answered, whatever it said about the person."""
        self._failed, self._opened_at, self._probing = 0, None, False

    def failed(self) -> None:
        """The department did not answer, or not in a form anyone could use."""
        self._failed += 1
        self._probing = False
        if self._opened_at is not None or self._failed >= self._limit:
            self._opened_at = self._clock()

    def abandoned(self) -> None:
        """The caller went away before the outcome was known: another may be the probe."""
        self._probing = False
