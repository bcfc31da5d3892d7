"""From a request to what makes it one and the same when it comes again (services.idempotency)."""

import json
import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from pydantic import BaseModel

from api.errors import IdempotencyKeyInvalid, IdempotencyKeyMissing
from api.parsing import File
from api.routes import Route
from identity.caller import Caller
from services.idempotency import Once

HEADER = "idempotency-key"
_KEY = re.compile(r"[\x21-\x7e]{1,64}")


def once(
    route: Route, caller: Caller, headers: Mapping[str, str], path: Mapping[str, str], *sent: Any
) -> Once | None:
    """None for a route that is not declared ``idempotent``, and for whoever is no resident.

    Raises IdempotencyKeyMissing or IdempotencyKeyInvalid.
    """
    if not route.idempotent or caller.resident is None:
        return None
    key = headers.get(HEADER) or ""
    if not key:
        raise IdempotencyKeyMissing()
    if not _KEY.fullmatch(key):
        raise IdempotencyKeyInvalid()
    named = f"{route.method} {route.path}"
    return Once(caller.resident, f"{caller.actor}|{caller.client}", named, key, digest(path, *sent))


def digest(path: Mapping[str, str], *sent: Any) -> str:
    """SHA-256 over everything that was sent, each part after its length."""
    whole = sha256()
    for part in (dict(path), *sent):
        written = _written(part)
        whole.update(sum(map(len, written)).to_bytes(8))
        for one in written:
            whole.update(one)
    return whole.hexdigest()


def _written(part: Any) -> tuple[bytes, ...]:
    """In pieces: a file is not copied."""
    if isinstance(part, File):
        return f"{part.media_type}\0{part.disposition}\0".encode(), part.content
    if isinstance(part, BaseModel):
        return (part.model_dump_json(by_alias=True).encode(),)
    return (json.dumps(part, ensure_ascii=False, sort_keys=True, default=str).encode(),)
