"""A signed JWT within an encrypted one (RFC 7519 §5.2, §11.2): first signed, then encrypted."""

from joserfc import jwe

from identity.partners.client import Client
from identity.partners.keys import ClientKeys


async def nest(keys: ClientKeys, client: Client, signed: str, alg: str, enc: str) -> str:
    """The compact JWE of a compact JWS, for the key the client registered for ``alg``.

    Raises what ``ClientKeys.encryption_key`` raises.
    """
    key = await keys.encryption_key(client, alg)
    header = {"alg": alg, "enc": enc, "cty": "JWT"}
    if key.kid:
        header["kid"] = key.kid
    return jwe.encrypt_compact(header, signed.encode(), key, algorithms=[alg, enc])
