"""How the provider's endpoints answer: JSON that nobody keeps (RFC 6749 §5.1)."""

import json
from collections.abc import Mapping
from typing import Any

from api.ask import Ask
from api.replies import Reply
from identity.oauth.message import Message

_compact = json.JSONEncoder(separators=(",", ":")).encode


def message(ask: Ask[None, None]) -> Message:
    """What a route that takes ``parameters`` was sent."""
    assert ask.message is not None  # the door has read it, or refused
    return ask.message


def told(members: Mapping[str, Any]) -> Reply:
    return Reply(_compact(members).encode())
