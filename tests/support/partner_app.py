"""A partner's program: an approved client with keys, its assertions, its proofs, its requests."""

import json
import secrets
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from identity.models import Partner
from tests.support.device_key import DeviceKey
from tests.support.http import Answer, Api
from tests.support.log_capture import personal

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
CALLBACK = "https://hospital.example/callback"
CREDIT_CODE = "91350100M000100Y43"
SCOPES = "openid profile:name profile:over-18 provident-fund-balance:read"


def _fresh() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@dataclass
class PartnerApp:
    """``root`` is the public address of the house, ``id`` the client's; ``nonce`` what it gave."""

    root: str
    id: str
    confidential: bool = True
    private: ec.EllipticCurvePrivateKey = field(default_factory=_fresh, repr=False)
    key: DeviceKey = field(default_factory=lambda: DeviceKey(""))
    nonce: str = ""
    kid: str = "sign"

    def __post_init__(self) -> None:
        self.key.root = self.root

    @property
    def jwk(self) -> dict[str, Any]:
        """The public half of the key it signs assertions with."""
        made: dict[str, Any] = json.loads(ECAlgorithm.to_jwk(self.private.public_key()))
        return made | {"kid": self.kid, "use": "sig", "alg": "ES256"}

    def assertion(self, *, header: dict[str, Any] | None = None, **claims: Any) -> str:
        """An honest client assertion (RFC 7523); ``claims`` replace members, None removes one."""
        now = int(time.time())
        honest: dict[str, Any] = {
            "iss": self.id,
            "sub": self.id,
            "aud": self.root,
            "iat": now,
            "exp": now + 60,
            "jti": secrets.token_urlsafe(12),
        }
        said = {name: each for name, each in (honest | claims).items() if each is not None}
        top = {"kid": self.kid} | (header or {})
        return personal(jwt.encode(said, self.private, algorithm="ES256", headers=top))

    def authenticated(self, **parameters: str) -> dict[str, str]:
        """The parameters with who asks."""
        if not self.confidential:
            return {"client_id": self.id} | parameters
        shown = {"client_assertion_type": ASSERTION, "client_assertion": self.assertion()}
        return shown | parameters

    def proof(self, method: str, path: str, token: str = "", **claims: Any) -> str:
        """A proof with the nonce the house gave last."""
        nonce = {"nonce": self.nonce} if self.nonce else {}
        return self.key.proof(method, path, token, **(nonce | claims))

    async def post(self, api: Api, path: str, **parameters: str) -> Answer:
        """A form to an endpoint as this client, with proof; asked for a nonce, it uses it."""
        return await self._sent(api, "POST", path, parameters)

    async def call(self, api: Api, method: str, path: str, token: str, **given: Any) -> Answer:
        """A resource with a bound access token."""
        more = given.pop("headers", {})
        for _ in range(2):
            proof = self.proof(method, path, token)
            headers = {"DPoP": proof, "Authorization": f"DPoP {token}", **more}
            answer = await api.send(method, path, headers=headers, **given)
            if not self._learns(answer):
                break
        return answer

    async def _sent(self, api: Api, method: str, path: str, parameters: dict[str, str]) -> Answer:
        for _ in range(2):
            form = self.authenticated(**parameters)
            headers = {"DPoP": self.proof(method, path)} if self.confidential else {}
            answer = await api.send(method, path, headers=headers, data=form)
            if not self._learns(answer):
                break
        return answer

    def _learns(self, answer: Answer) -> bool:
        """Whether the house asks to try again with a nonce it gave."""
        given = answer.headers.get("DPoP-Nonce", "")
        again = bool(given) and given != self.nonce and answer.status in (400, 401)
        self.nonce = given or self.nonce
        return again and "use_dpop_nonce" in (
            answer.raw.decode() + answer.headers.get("WWW-Authenticate", "")
        )


async def an_approved_partner(
    root: str, *, kind: str = "partner", environment: str = "production", **metadata: Any
) -> PartnerApp:
    """A client as an operator approved it, in the open database; ``metadata`` replaces members."""
    public = metadata.get("token_endpoint_auth_method") == "none"
    app = PartnerApp(root, f"c-{secrets.token_hex(8)}", confidential=not public)
    said: dict[str, Any] = {
        "name": {"zh": "示范医院", "en": "Demo Hospital"},
        "purpose": {"zh": "为您挂号", "en": "to book a visit for you"},
        "organisation": {"zh": "示范医院有限公司", "en": "Demo Hospital Ltd"},
        "credit_code": CREDIT_CODE,
        "region": "440100",
        "redirect_uris": [CALLBACK],
        "grant_types": ["authorization_code", "refresh_token"],
        "scope": SCOPES,
    }
    if not public:
        said["jwks"] = {"keys": [app.jwk]}
    await Partner.create(
        id=app.id,
        kind=kind,
        environment=environment,
        state="approved",
        metadata=json.dumps(said | metadata, ensure_ascii=False),
        sector="hospital.example",
        rate=100_000,
        quota=10_000_000,
        tokens_from=datetime.now(UTC) - timedelta(seconds=5),
    )
    return app
