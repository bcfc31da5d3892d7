"""Counts and durations of this worker, written in Prometheus's text format (version 0.0.4)."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)  # seconds

_Labels = tuple[str, str, int]


class Measures:
    """Requests by method, route template and status: few series, and no value of any caller."""

    def __init__(self) -> None:
        self._requests: dict[_Labels, int] = {}
        self._buckets: dict[str, list[int]] = {}
        self._seconds: dict[str, float] = {}

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """One answered request."""
        labels = (method if method in _METHODS else "other", route, status)
        self._requests[labels] = self._requests.get(labels, 0) + 1
        buckets = self._buckets.get(route)
        if buckets is None:
            buckets = self._buckets[route] = [0] * (len(BOUNDS) + 1)
        buckets[bisect_left(BOUNDS, seconds)] += 1
        self._seconds[route] = self._seconds.get(route, 0.0) + seconds

    def text(self, gauges: Mapping[str, float]) -> str:
        """Everything measured, with ``gauges`` (name → value now)."""
        lines = [*self._counters(), *self._histograms(), *_gauges(gauges)]
        return "\n".join(lines) + "\n"

    def _counters(self) -> Iterator[str]:
        yield "# HELP zhiban_requests_total Answered requests."
        yield "# TYPE zhiban_requests_total counter"
        for (method, route, status), count in sorted(self._requests.items()):
            labels = f'method="{method}",route="{route}",status="{status}"'
            yield f"zhiban_requests_total{{{labels}}} {count}"

    def _histograms(self) -> Iterator[str]:
        yield "# HELP zhiban_request_seconds Time from arrival to answer."
        yield "# TYPE zhiban_request_seconds histogram"
        for route, buckets in sorted(self._buckets.items()):
            total = 0
            for bound, count in zip((*map(str, BOUNDS), "+Inf"), buckets, strict=True):
                total += count
                yield f'zhiban_request_seconds_bucket{{route="{route}",le="{bound}"}} {total}'
            yield f'zhiban_request_seconds_sum{{route="{route}"}} {self._seconds[route]:.6f}'
            yield f'zhiban_request_seconds_count{{route="{route}"}} {total}'


_METHODS = {"GET", "HEAD", "POST", "DELETE", "PUT", "PATCH", "OPTIONS"}


def _gauges(gauges: Mapping[str, float]) -> Iterator[str]:
    told = ""
    for series, value in sorted(gauges.items()):
        name = series.partition("{")[0]
        if name != told:
            yield f"# TYPE {name} gauge"
            told = name
        yield f"{series} {value:g}"
