"""Authlib as a partner's program: as it is for public clients, and, for confidential ones, with
what it leaves to its user: proofs of possession, and an assertion that lives a minute.
"""

import json
import urllib.request
from dataclasses import dataclass, field
from typing import Any

from authlib.integrations.httpx_client import OAuth2Client
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from authlib.oauth2.rfc7523.assertion import private_key_jwt_sign
from httpx2 import Request, Response
from joserfc import jwe, jws, jwt
from joserfc.jwk import ECKey, KeySet

from tests.support.device_key import DeviceKey
from tests.support.outside_clients import CALLBACK, OutsideClient


class MinuteLong(PrivateKeyJWT):
    """Authlib's own assertions live an hour; two minutes is the most we take."""

    alg = "ES256"

    def sign(self, auth: Any, token_endpoint: str) -> str:
        return private_key_jwt_sign(
            auth.client_secret,
            auth.client_id,
            token_endpoint,
            self.alg,
            header=dict(self.headers),
            expires_in=60,
        )


@dataclass
class Possession:
    """Adds a proof to every request, with the nonce of the last answer (RFC 9449 §8)."""

    key: DeviceKey
    nonce: str = ""
    nonces: set[str] = field(default_factory=set)

    def shown(self, request: Request) -> None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        nonce = {"nonce": self.nonce} if self.nonce else {}
        bound = token if scheme == "DPoP" else ""
        request.headers["DPoP"] = self.key.proof(request.method, request.url.path, bound, **nonce)

    def learned(self, response: Response) -> None:
        self.nonce = response.headers.get("DPoP-Nonce", self.nonce)


def discovered(client: OutsideClient) -> dict[str, Any]:
    with urllib.request.urlopen(f"{client.house.url}/.well-known/openid-configuration") as answer:
        found: dict[str, Any] = json.load(answer)
    return found


def a_public_session(client: OutsideClient, scope: str) -> OAuth2Client:
    """Nothing of ours in it."""
    return OAuth2Client(
        client.id,
        scope=scope,
        redirect_uri=CALLBACK,
        token_endpoint_auth_method="none",
        code_challenge_method="S256",
        token_endpoint=discovered(client)["token_endpoint"],
    )


def a_confidential_session(client: OutsideClient, scope: str) -> OAuth2Client:
    root = client.house.url
    possession = Possession(DeviceKey(root))
    session = OAuth2Client(
        client.id,
        ECKey.import_key(client.key),
        scope=scope,
        redirect_uri=CALLBACK,
        token_endpoint_auth_method="private_key_jwt",
        revocation_endpoint_auth_method="private_key_jwt",
        code_challenge_method="S256",
        token_endpoint=discovered(client)["token_endpoint"],
        event_hooks={"request": [possession.shown], "response": [possession.learned]},
    )
    session.register_client_auth_method(MinuteLong(root, headers={"kid": client.key["kid"]}))
    return session


def keys_of(client: OutsideClient) -> KeySet:
    with urllib.request.urlopen(discovered(client)["jwks_uri"]) as answer:
        return KeySet.import_key_set(json.load(answer))


def verified(client: OutsideClient, token: str, nonce: str) -> dict[str, Any]:
    """The claims of an ID token, checked by joserfc (OpenID Connect Core §3.1.3.7)."""
    found = jwt.decode(token, keys_of(client), algorithms=["ES256"])
    known = {"essential": True}
    jwt.JWTClaimsRegistry(
        iss=known | {"value": client.house.url},
        aud=known | {"value": client.id},
        nonce=known | {"value": nonce},
        exp=known,
        sub=known,
    ).validate(found.claims)
    return dict(found.claims)


def opened(token: str, key: dict[str, Any]) -> str:
    """The JWS inside a JWE for us (RFC 7516); its header says so (RFC 7519 §5.2)."""
    private = ECKey.import_key(key)
    found = jwe.decrypt_compact(token, private, algorithms=["ECDH-ES+A256KW", "A256GCM"])
    assert found.headers()["cty"] == "JWT"
    assert found.plaintext
    inner = found.plaintext.decode()
    assert jws.extract_compact(inner.encode()).headers()["alg"] == "ES256"
    return inner
