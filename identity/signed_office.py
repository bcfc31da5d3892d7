"""Asking an office that knows us by a shared key (``identity.signed``), in JSON both ways.

Whatever goes wrong on the way is the office's own Unavailable leaf: no fault of the resident.
"""

import json
import time
from collections.abc import Mapping
from typing import Any

from config import logs
from config.errors import Unavailable
from config.outbound import Outbound, OutboundFailed, Reply
from identity.signed import signature

log = logs.get("office")


class SignedOffice:
    """``root``: its address; ``away``: what is raised when it gives no usable answer."""

    def __init__(
        self, outbound: Outbound, name: str, root: str, key: bytes, away: type[Unavailable]
    ):
        self._outbound, self._name = outbound, name
        self._root, self._key, self._away = root.rstrip("/"), key, away

    async def ask(self, what: str, question: Mapping[str, str], seconds: float) -> dict[str, Any]:
        """The JSON object of a 200, within ``seconds``. Its content is never quoted."""
        url = f"{self._root}/{what}"
        body = json.dumps(question, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json"} | signature(self._key, url, body)
        began = time.monotonic()
        try:
            reply = await self._outbound.send(
                "POST", url, body=body, headers=headers, timeout=seconds
            )
        except OutboundFailed as fault:
            raise self._away(fault.reason) from fault
        ms = round((time.monotonic() - began) * 1000)
        log.info("office-answered", office=self._name, what=what, status=reply.status, ms=ms)
        return self._read(reply)

    def _read(self, reply: Reply) -> dict[str, Any]:
        if reply.status != 200:
            raise self._away(f"status {reply.status}")
        try:
            said = json.loads(reply.body)
        except (ValueError, RecursionError):
            raise self._away("not JSON") from None  # the message would quote the body
        if not isinstance(said, dict):
            raise self._away("not an object")
        return said
