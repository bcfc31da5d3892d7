"""Status lists (draft-ietf-oauth-status-list): whether a licence still counts, for anybody to read.

A list is many small numbers and nobody's name: a place in it is drawn by chance, so that licences
that came together do not stand together. Who reads the whole list says not which one they check.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from openvc.status import token_status_list as codec
from tortoise.backends.base.client import BaseDBAsyncClient

from identity import jws
from services.issuers.issuer import Issuer
from services.issuers.keys import Issuers
from services.licences.errors import StatusListMissing
from services.models import LicenceStatus

VALID, INVALID, SUSPENDED = (
    codec.STATUS_VALID,
    codec.STATUS_INVALID,
    codec.STATUS_SUSPENDED,
)
BITS, PLACES = 2, 1 << 16
FULL = PLACES * 3 // 4  # beyond, a free place is no longer found at once
LIFE, TTL = timedelta(hours=24), timedelta(minutes=5)
CONTENT_TYPE = "application/statuslist+jwt"
_PATH = "/v1/status-lists/"
_TAKE = """
    INSERT INTO licence_status (id, list, place, value, changed_at) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (list, place) DO NOTHING RETURNING id
"""
_NEWEST = """
    SELECT list, count(*) AS taken FROM licence_status WHERE list LIKE $1
    GROUP BY list ORDER BY length(list) DESC, list DESC LIMIT 1
"""


@dataclass(frozen=True)
class Place:
    """Where one licence's status stands."""

    id: UUID
    list: str
    place: int


def address(public_url: str, list: str) -> str:
    """Where a list is read: its ``uri`` in credentials, and its own ``sub``."""
    return f"{public_url.rstrip('/')}{_PATH}{list}"


async def take(connection: BaseDBAsyncClient, department: str, value: int) -> Place:
    """A free place of the department's newest list, in the caller's transaction."""
    list = await _open_list(connection, department)
    while True:
        made, place = uuid4(), secrets.randbelow(PLACES)
        arguments = [made, list, place, value, datetime.now(UTC)]
        if await connection.execute_query_dict(_TAKE, arguments):
            return Place(made, list, place)


async def change(connection: BaseDBAsyncClient, status: UUID, value: int) -> None:
    """From now on every list that is read says so."""
    rows = LicenceStatus.filter(id=status).using_db(connection)
    await rows.update(value=value, changed_at=datetime.now(UTC))


async def token(issuers: Issuers, public_url: str, list: str, at: datetime) -> str:
    """The signed list as it stands. Raises StatusListMissing."""
    department, _, number = list.rpartition("-")
    if not number.isdecimal() or not await LicenceStatus.exists(list=list):
        raise StatusListMissing()
    rows = LicenceStatus.filter(list=list).exclude(value=VALID)
    values = await rows.values_list("place", "value")
    issuer = await issuers.current(department, "licence")
    return signed(issuer, address(public_url, list), [(int(p), int(v)) for p, v in values], at)


def signed(issuer: Issuer, uri: str, values: Sequence[tuple[int, int]], at: datetime) -> str:
    """``values``: place and value of what is not valid."""
    packed = codec.new_status_list(PLACES, bits=BITS)
    for place, value in values:
        codec.set_status(packed, place, value, bits=BITS)
    header = jws.encoded({"alg": jws.ES256, "typ": "statuslist+jwt", "kid": issuer.kid})
    claims = {
        "sub": uri,
        "iat": int(at.timestamp()),
        "exp": int((at + LIFE).timestamp()),
        "ttl": int(TTL.total_seconds()),
        "status_list": {"bits": BITS, "lst": codec.encode_status_list(bytes(packed))},
    }
    return jws.sign(header, claims, issuer.signing_key)


async def lists() -> list[str]:
    """Every list there is (section 9.1 of the draft: aggregation)."""
    rows = LicenceStatus.all().distinct().order_by("list")
    return [str(one) for one in await rows.values_list("list", flat=True)]


async def _open_list(connection: BaseDBAsyncClient, department: str) -> str:
    found = await connection.execute_query_dict(_NEWEST, [f"{department}-%"])
    if not found:
        return f"{department}-1"
    newest, taken = str(found[0]["list"]), int(found[0]["taken"])
    if taken < FULL:
        return newest
    return f"{department}-{int(newest.rpartition('-')[2]) + 1}"
