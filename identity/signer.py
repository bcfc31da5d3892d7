"""Everything that leaves signed by us: a JWS (RFC 7515) under the key in force, its type named.

Each kind of JWT has a ``typ`` of its own, so that none is taken for another (RFC 8725 §3.11).
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from identity import jws
from identity.keys import SigningKeys

ALGORITHM = jws.ES256
ACCESS_TOKEN = "at+jwt"  # RFC 9068 §2.1
PLAIN = "JWT"  # OpenID Connect: ID tokens and userinfo


class Signer:
    def __init__(self, keys: SigningKeys):
        self._keys = keys

    async def sign(self, claims: Mapping[str, Any], kind: str = PLAIN) -> str:
        """The compact JWS of these claims; ``kind`` is its ``typ``. Raises DatabaseUnavailable
        where the keys have to be read first.
        """
        pair = await self._keys.signer()
        return jws.sign(_header(pair.kid, kind), claims, pair.private)


@lru_cache(64)
def _header(kid: str, kind: str) -> str:
    return jws.encoded({"alg": ALGORITHM, "typ": kind, "kid": kid})
