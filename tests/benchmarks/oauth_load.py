"""Signs requests of one client, then sends each of them once: ``python -m
tests.benchmarks.oauth_load`` reads what to do as JSON and prints one JSON line.

Signing is done before the clock starts, and on the load's own core.
"""

import http.client
import json
import os
import re
import sys
import time
from dataclasses import asdict
from typing import Any

from tests.benchmarks.load import Load, Measured
from tests.benchmarks.oauth_requests import Requests

HOST = "127.0.0.1"


class Once(Load):
    """A closed load that ends when every request was answered."""

    def each(self) -> Measured:
        waiting = iter(self.requests)
        began, left = time.perf_counter(), len(self.requests)
        for one in self.all:
            one.send(next(waiting), time.perf_counter())
        while left:
            for file, _ in self.poll.poll(10):
                one = self.by_file[file]
                if self._took(one):
                    left -= 1
                    if request := next(waiting, b""):
                        one.send(request, time.perf_counter())
        return self._measured(time.perf_counter() - began)


def nonce(port: int, requests: Requests, path: str) -> str:
    """What the server wants in proofs (RFC 9449 §8): it says so to one without."""
    return ask(port, requests.tokens(path))[1]


def ask(port: int, request: bytes) -> tuple[dict[str, Any], str]:
    """One answer: its JSON and the nonce beside it."""
    head, _, body = request.partition(b"\r\n\r\n")
    method, path, *lines = re.split(r" |\r\n", head.decode(), maxsplit=3)
    headers = dict(line.split(": ", 1) for line in lines[-1].split("\r\n"))
    connection = http.client.HTTPConnection(HOST, port, timeout=10)
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    said: dict[str, Any] = json.loads(answer.read() or b"{}")
    connection.close()
    return said, answer.headers.get("DPoP-Nonce", "")


def main(given: dict[str, Any]) -> Measured:
    os.sched_setaffinity(0, {given["core"]})
    requests = Requests(given["root"], given["client"], given["pem"])
    port, path, more = given["port"], given["path"], given.get("more", {})
    if token := given.get("token"):
        signed = [requests.introspection(path, token) for _ in range(given["count"])]
    else:
        requests.nonce = nonce(port, requests, path)
        signed = [requests.tokens(path, **more) for _ in range(given["count"])]
    return Once(HOST, port, given["connections"], signed).each()


if __name__ == "__main__":
    print(json.dumps(asdict(main(json.loads(sys.stdin.read())))))
