"""A load generator in a process of its own: keep-alive connections over raw sockets.

``python -m tests.benchmarks.load`` reads what to do as JSON and prints one JSON line.
Closed load: each of N connections asks again as soon as it is answered. Open load: requests
leave on a schedule whatever the answers do, and their time counts from the schedule, so that a
stall is seen by everybody who would have come in it.
"""

import base64
import json
import os
import select
import socket
import sys
import time
from collections import deque
from dataclasses import asdict, dataclass
from typing import Any

_CHUNK = 262_144
_NAP = 0.0002  # seconds
_END = b"\r\n\r\n"
_LENGTH = b"content-length: "


@dataclass
class Measured:
    """One run: answers a second, times in milliseconds, and answers that were not 200."""

    rate: float
    p50: float
    p90: float
    p99: float
    worst: float
    answers: int
    failed: int


class Connection:
    """One keep-alive connection with at most one request under way."""

    def __init__(self, host: str, port: int):
        self.socket = socket.create_connection((host, port), timeout=10)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)
        self.began = 0.0
        self._got = b""

    def send(self, request: bytes, began: float) -> None:
        self.began = began
        sent = self.socket.send(request)
        if sent < len(request):
            raise RuntimeError("the request does not fit the socket's buffer")

    def received(self) -> int:
        """The status, once the answer is whole; 0 before."""
        chunk = self.socket.recv(_CHUNK)
        if not chunk:
            raise RuntimeError("the server closed a connection")
        self._got = self._got + chunk if self._got else chunk
        head = self._got.find(_END)
        if head < 0 or len(self._got) < head + 4 + _length(self._got, head):
            return 0
        status, self._got = int(self._got[9:12]), b""
        return status


def _length(got: bytes, head: int) -> int:
    found = got[:head].lower().find(_LENGTH)
    if found < 0:
        return 0
    return int(got[found + len(_LENGTH) : head + 2].split(b"\r\n", 1)[0])


class Load:
    """Sends one of ``requests`` after another over ``connections`` and counts what comes back."""

    def __init__(self, host: str, port: int, connections: int, requests: list[bytes]):
        self.all = [Connection(host, port) for _ in range(connections)]
        self.by_file = {one.socket.fileno(): one for one in self.all}
        self.poll = select.epoll()
        for file in self.by_file:
            self.poll.register(file, select.EPOLLIN)
        self.requests, self.next = requests, 0
        self.times: list[float] = []
        self.failed = 0

    def closed(self, seconds: float, warm: float) -> Measured:
        """Everybody asks again at once."""
        for one in self.all:
            one.send(self._request(), time.perf_counter())
        self._answers_until(time.perf_counter() + warm)
        self.times.clear()
        began = time.perf_counter()
        self._answers_until(began + seconds)
        return self._measured(time.perf_counter() - began)

    def open(self, seconds: float, rate: float) -> Measured:
        """``rate`` requests a second leave on time while a connection is free to carry them."""
        idle, waiting = deque(self.all), deque[float]()
        began = time.perf_counter()
        end, due = began + seconds, began
        while (now := time.perf_counter()) < end or len(idle) < len(self.all):
            while due <= now and due < end:
                waiting.append(due)
                due += 1 / rate
            while waiting and idle:
                idle.popleft().send(self._request(), waiting.popleft())
            time.sleep(max(0.0, min(due - time.perf_counter(), _NAP)))  # epoll counts in ms
            for file, _ in self.poll.poll(0):
                if self._took(self.by_file[file]):
                    idle.append(self.by_file[file])
        return self._measured(seconds)

    def _answers_until(self, end: float) -> None:
        while (now := time.perf_counter()) < end:
            for file, _ in self.poll.poll(max(0.0, end - now)):
                one = self.by_file[file]
                if self._took(one):
                    one.send(self._request(), time.perf_counter())

    def _took(self, one: Connection) -> bool:
        status = one.received()
        if not status:
            return False
        self.times.append(time.perf_counter() - one.began)
        self.failed += status != 200
        return True

    def _request(self) -> bytes:
        self.next = (self.next + 1) % len(self.requests)
        return self.requests[self.next]

    def _measured(self, seconds: float) -> Measured:
        times = sorted(self.times) or [0.0]

        def at(share: float) -> float:
            return round(times[min(len(times) - 1, int(len(times) * share))] * 1000, 3)

        rate = len(self.times) / seconds
        counts = (len(self.times), self.failed)
        return Measured(rate, at(0.5), at(0.9), at(0.99), at(1.0), *counts)


def main(given: dict[str, Any]) -> Measured:
    """One run as described by the arguments."""
    if core := given.get("core"):
        os.sched_setaffinity(0, {core})
    requests = [base64.b64decode(one) for one in given["requests"]]
    load = Load(given.get("host", "127.0.0.1"), given["port"], given["connections"], requests)
    if rate := given.get("rate"):
        return load.open(given["seconds"], rate)
    return load.closed(given["seconds"], given.get("warm", 0.3))


if __name__ == "__main__":
    print(json.dumps(asdict(main(json.loads(sys.stdin.read())))))
