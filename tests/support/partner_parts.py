"""What partners say and publish, for the tests of their rooms."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from identity.partners import checks
from identity.partners.checks import Said
from identity.partners.client import Client, ClientKind, State
from tests.support.log_capture import personal
from tests.support.partner_app import CALLBACK, CREDIT_CODE

EC_KEY = ec.generate_private_key(ec.SECP256R1())
RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
WEAK_RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=1024)
RESPONSIBLE = {
    "name": personal("上官负责"),
    "phone": personal("020-55510203"),
    "mail": personal("answers@hospital.example"),
}
Json = dict[str, Any]


def jwk(private: Any = EC_KEY, **members: Any) -> Json:
    """The public half; ``members`` replace or add, None removes."""
    public = private.public_key()
    reader = RSAAlgorithm if isinstance(private, rsa.RSAPrivateKey) else ECAlgorithm
    made: Json = json.loads(reader.to_jwk(public))
    made.pop("key_ops", None)
    return {name: each for name, each in (made | members).items() if each is not None}


def said(**changed: Any) -> Json:
    """An honest registration of a hospital; ``changed`` replaces members, None removes one."""
    honest: Json = {
        "name": {"zh": "示范医院", "en": "Demo Hospital"},
        "purpose": {"zh": "为您挂号", "en": "to book a visit for you"},
        "organisation": {"zh": "示范医院有限公司", "en": "Demo Hospital Ltd"},
        "credit_code": CREDIT_CODE,
        "region": "440100",
        "redirect_uris": [CALLBACK],
        "scope": "openid profile:name",
        "jwks": {"keys": [jwk(kid="sign", use="sig", alg="ES256")]},
        "responsible": RESPONSIBLE,
    }
    return {name: each for name, each in (honest | changed).items() if each is not None}


def to_judge(kind: str = "partner", *, strict: bool = True, **changed: Any) -> Said:
    return Said(checks.parsed(said(**changed)), ClientKind(kind), strict)


def a_client(id: str = "c-1", **changed: Any) -> Client:
    return Client(
        id=id,
        kind=ClientKind.PARTNER,
        environment="production",
        state=State.APPROVED,
        metadata=checks.parsed(said(**changed)),
        sector="hospital.example",
        rate=1_000,
        quota=1_000_000,
        tokens_from=datetime.now(UTC),
    )


Answer = Callable[[web.Request], web.StreamResponse]


@dataclass
class PartnerServer:
    """A partner's own web server: ``says`` by path; ``asked``: the paths that were asked."""

    url: str = ""
    says: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request.path)
        found = self.says.get(request.path)
        if found is None:
            return web.Response(status=404)
        return found(request) if callable(found) else web.json_response(found)


@asynccontextmanager
async def a_partner_server() -> AsyncIterator[PartnerServer]:
    made = PartnerServer()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", made.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server: Any = site._server
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield made
    finally:
        await runner.cleanup()
