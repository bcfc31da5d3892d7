"""The two providers of the comparison, each on the first core, as the load meets them."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
from cryptography.hazmat.primitives import serialization

from identity.models import Partner
from mobile_ui import install as installing
from tests.benchmarks import house as houses
from tests.benchmarks.house import House
from tests.benchmarks.load import Measured
from tests.benchmarks.oauth_load import ask
from tests.benchmarks.oauth_requests import Requests
from tests.benchmarks.oauth_requests import jwk as public
from tests.support.partner_app import PartnerApp, an_approved_partner
from tests.support.workers import free_port

PEER = Path(__file__).parent / "peer"
API = "https://api.example"
_PEM = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8)
UNLIMITED = 2_000_000_000


@dataclass(frozen=True)
class Provider:
    """``jwt`` and ``opaque``: clients, or parameters, that get the one or the other form of access
    token; ``pid``: the process whose time is counted, with its children.
    """

    root: str
    port: int
    token: str
    introspect: str
    pid: int
    clients: dict[str, tuple[str, str]] = field(repr=False)
    more: dict[str, dict[str, str]]

    def requests(self, form: str) -> Requests:
        client, pem = self.clients[form]
        return Requests(self.root, client, pem)

    def one(self, form: str) -> str:
        """An access token of that form."""
        requests = self.requests(form)
        for _ in range(3):
            said, nonce = ask(self.port, requests.tokens(self.token, **self.more[form]))
            requests.nonce = nonce or requests.nonce
            if "access_token" in said:
                return str(said["access_token"])
        raise RuntimeError(f"no token: {said}")

    async def tokens(self, form: str, count: int, connections: int) -> tuple[Measured, float]:
        return await self._run(form, count, connections, path=self.token, more=self.more[form])

    async def introspections(
        self, form: str, count: int, connections: int
    ) -> tuple[Measured, float]:
        token = await asyncio.to_thread(self.one, form)
        return await self._run(form, count, connections, path=self.introspect, token=token)

    async def sign_ins(self, tokens: Sequence[str], each: int) -> tuple[float, float]:
        """Whole sign-ins a second by as many browsers as there are tokens, and microseconds."""
        said, spent = await self._load("oauth_journeys", "partner", tokens=tokens, each=each)
        count = len(tokens) * (each + 1)  # each browser has warmed up with one
        return said["rate"], spent / count * 1e6

    async def _run(
        self, form: str, count: int, connections: int, **given: Any
    ) -> tuple[Measured, float]:
        """What was measured, and microseconds of the provider's processor a request."""
        work = {"count": count, "connections": connections} | given
        said, spent = await self._load("oauth_load", form, **work)
        return Measured(**said), spent / count * 1e6

    async def _load(self, module: str, form: str, **given: Any) -> tuple[dict[str, Any], float]:
        client, pem = self.clients[form]
        work = {"root": self.root, "client": client, "pem": pem, "port": self.port}
        before = busy(self.pid)
        load = await asyncio.create_subprocess_exec(
            sys.executable, "-m", f"tests.benchmarks.{module}",
            cwd=houses.ROOT, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        asked = json.dumps(work | given | {"core": houses.LAST_CORE})
        said, _ = await load.communicate(asked.encode())
        return json.loads(said), busy(self.pid) - before


def busy(pid: int) -> float:
    """Seconds of processor time of a process and its children."""
    one = psutil.Process(pid)
    times = [each.cpu_times() for each in (one, *one.children(recursive=True))]
    return float(sum(each.user + each.system for each in times))


async def ours(house: House) -> Provider:
    """Two approved clients, without a limit to what they may ask."""
    clients = {}
    for form in ("jwt", "opaque"):
        app = await an_approved_partner(
            house.settings.public_url,
            kind="department",
            grant_types=["client_credentials"],
            redirect_uris=[],
            scope="client:read",
            access_tokens=form,
        )
        clients[form] = app.id, _pem(app)
    partner = await an_approved_partner(house.settings.public_url)
    clients["partner"] = partner.id, _pem(partner)
    ids = [id for id, _ in clients.values()]
    await Partner.filter(id__in=ids).update(rate=UNLIMITED, quota=UNLIMITED)
    return Provider(
        house.settings.public_url, house.port, "/oauth/token", "/oauth/introspect",
        house.web.pid, clients, {"jwt": {}, "opaque": {}},
    )  # fmt: skip


@asynccontextmanager
async def peer() -> AsyncIterator[Provider]:
    """oidc-provider, brought by npm where it is not there yet."""
    await asyncio.to_thread(installing.install, folder=PEER)
    app, port = PartnerApp("", "bench"), free_port()
    key = json.dumps(public(app.private) | {"kid": "sign", "alg": "ES256", "use": "sig"})
    process = await asyncio.create_subprocess_exec(
        installing.node() or "node", "provider.mjs", str(port),
        cwd=PEER, preexec_fn=houses._on_the_first_core, env=os.environ | {"NODE_ENV": "production"},
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    assert process.stdin and process.stdout
    process.stdin.write(key.encode())
    process.stdin.write_eof()
    try:
        assert (await process.stdout.readline()).strip() == b"ready"
        clients = dict.fromkeys(("jwt", "opaque"), ("bench", _pem(app)))
        more = {form: {"resource": f"{API}/{form}", "scope": "client:read"} for form in clients}
        yield Provider(
            f"http://127.0.0.1:{port}", port, "/token", "/token/introspection", process.pid,
            clients, more,
        )  # fmt: skip
    finally:
        process.terminate()
        await process.wait()


def _pem(app: PartnerApp) -> str:
    return app.private.private_bytes(*_PEM, serialization.NoEncryption()).decode()
