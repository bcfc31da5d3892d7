"""What a partner publishes at an address of its own: keys, and the list of a sector.

The address is a stranger's, so it goes through the one way out (``config.outbound``): its guard,
no redirect, little time, little room.
"""

import json
from typing import Any

from config.outbound import Outbound, OutboundFailed

SECONDS = 3.0
MOST_BYTES = 64 * 1024
_OK = 200


class NotPublished(Exception):
    """``reason``: one of OutboundFailed's, ``status`` or ``not-json``."""

    def __init__(self, reason: str):
        super().__init__(reason)
        self.reason = reason


async def read(outbound: Outbound, url: str) -> Any:
    """The JSON that stands there. Raises NotPublished."""
    try:
        reply = await outbound.send(
            "GET",
            url,
            headers={"Accept": "application/json, application/jwk-set+json"},
            timeout=SECONDS,
            most_bytes=MOST_BYTES,
        )
    except OutboundFailed as fault:
        raise NotPublished(fault.reason) from fault
    if reply.status != _OK:
        raise NotPublished("status")
    try:
        return json.loads(reply.body)
    except (ValueError, RecursionError) as fault:
        raise NotPublished("not-json") from fault
