"""The keys a client registered by value (RFC 7591 §2, ``jwks``)."""

from collections.abc import Mapping
from typing import Any

import jwt

from identity.oauth.assertion import UNREADABLE
from identity.oauth.refusals import InvalidClient
from identity.partners.client import Client
from identity.partners.metadata import SIGNING


class InlineKeys:
    async def verify(self, client: Client, value: str) -> Mapping[str, Any]:
        """The claims of a JWT this client signed. Raises InvalidClient."""
        try:
            header = jwt.get_unverified_header(value)
            allowed = client.metadata.token_endpoint_auth_signing_alg
            if header.get("alg") not in ((allowed,) if allowed else SIGNING):
                raise InvalidClient("an algorithm that is not its own")
            kid = header.get("kid")
            for jwk in (client.metadata.jwks or {}).get("keys", ()):
                if jwk.get("kid") == kid and jwk.get("use", "sig") == "sig":
                    options: Any = {
                        f"verify_{each}": False for each in ("exp", "nbf", "iat", "aud")
                    }
                    claims: dict[str, Any] = jwt.decode(
                        value, jwt.PyJWK(jwk), algorithms=[header["alg"]], options=options
                    )
                    return claims
        except UNREADABLE as fault:
            raise InvalidClient(type(fault).__name__) from fault
        raise InvalidClient("signed by an unknown key")
