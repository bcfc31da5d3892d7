"""The one HTTP client to the outside: one pool, a hard deadline, and an address guard.

The guard stands where names are resolved, so the address that was judged is the address that
is connected to; a name that changes its mind between check and use gains nothing.
"""

import json as json_format
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from types import TracebackType
from typing import Any, Self

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from config.settings import Settings

MOST_CONNECTIONS = 100
MOST_CONNECTIONS_OF_ONE = 32
MOST_BYTES = 4 * 1024 * 1024  # ten years of monthly records are a fiftieth of it
IDLE_SECONDS = 10.0  # shorter than servers keep a connection, so that we end it first
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052 §2.1

Address = IPv4Address | IPv6Address


class OutboundFailed(Exception):
    """No usable answer. ``reason`` is one of timeout, refused, unresolved, tls, broken,
    too-large, redirected, address-not-allowed. Not a Problem: who called translates it."""

    def __init__(self, reason: str):
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Reply:
    """Any answer that arrived whole, 4xx and 5xx included."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


class Guard:
    """Which addresses may be spoken to.

    Never: link-local (cloud metadata lives there), multicast, unspecified. In production also
    no loopback, and private ones only inside ``outbound_networks``; and only by https.
    """

    def __init__(self, settings: Settings):
        self._strict = settings.environment == "production"
        self._networks = settings.outbound_networks

    def checked(self, text: str) -> URL:
        """Raises OutboundFailed for a scheme, user info or literal address that is not allowed."""
        try:
            url = URL(text)
        except ValueError as fault:
            raise OutboundFailed("address-not-allowed") from fault
        schemes = {"https"} if self._strict else {"https", "http"}
        host = url.host
        if url.scheme not in schemes or not host or url.user or url.password:
            raise OutboundFailed("address-not-allowed")
        literal = _literal(host)
        if literal is not None and not self.allows(literal):
            raise OutboundFailed("address-not-allowed")
        return url

    def allows(self, address: Address) -> bool:
        """Whether this address, and the IPv4 address it may carry, can be spoken to."""
        inner = _carried(address)
        if inner is not None:
            return self.allows(inner)
        if address.is_link_local or address.is_multicast or address.is_unspecified:
            return False
        if not self._strict or (address.is_global and not address.is_reserved):
            return True
        return not address.is_loopback and any(address in network for network in self._networks)


def _literal(host: str) -> Address | None:
    """The address that is written out; None for a name, which is judged when it is resolved."""
    try:
        return ip_address(host)
    except ValueError:
        return None


def _carried(address: Address) -> IPv4Address | None:
    """The IPv4 address inside a mapped, 6to4, Teredo or NAT64 address."""
    if isinstance(address, IPv4Address):
        return None
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo[1] if address.teredo else None
    return address.ipv4_mapped or address.sixtofour or teredo


class _GuardedResolver(AbstractResolver):
    """The system's resolver; a name with one forbidden address is refused whole."""

    def __init__(self, guard: Guard):
        self._guard = guard
        self._resolver = aiohttp.ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._resolver.resolve(host, port, family)
        if not all(self._guard.allows(ip_address(each["host"].split("%")[0])) for each in found):
            raise OutboundFailed("address-not-allowed")
        return found

    async def close(self) -> None:
        await self._resolver.close()


class Outbound:
    """``async with Outbound(settings) as outbound: await outbound.send(…)``."""

    def __init__(self, settings: Settings, *, most_bytes: int = MOST_BYTES):
        self._guard = Guard(settings)
        self._most_bytes = most_bytes
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                resolver=_GuardedResolver(self._guard),
                limit=MOST_CONNECTIONS,
                limit_per_host=MOST_CONNECTIONS_OF_ONE,
                keepalive_timeout=IDLE_SECONDS,
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,  # a compressed bomb must not unfold; we ask for identity
            headers={"Accept-Encoding": "identity", "User-Agent": "zhiban"},
            trust_env=False,
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def send(
        self,
        method: str,
        url: str,
        *,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        most_bytes: int | None = None,
        timeout: float,  # noqa: ASYNC109  # the caller's remaining time, kept by aiohttp
    ) -> Reply:
        """One request, answered whole within ``timeout`` seconds, waiting for the pool included.

        Give ``json`` or the exact ``body``; ``most_bytes`` where less than usual is expected.
        Never repeats a request, follows no redirect. Raises OutboundFailed.
        """
        if self._session is None:
            raise RuntimeError("use Outbound as an async context manager")
        given = dict(headers or {})
        if json is not None:
            body = json_format.dumps(json, ensure_ascii=False, separators=(",", ":")).encode()
            given.setdefault("Content-Type", "application/json")
        target = self._guard.checked(url)
        limit = aiohttp.ClientTimeout(total=timeout)
        try:
            async with self._session.request(
                method, target, headers=given, data=body, timeout=limit, allow_redirects=False
            ) as answer:
                return await self._read(answer, most_bytes or self._most_bytes)
        except (aiohttp.ClientError, OSError) as fault:
            raise OutboundFailed(_reason(fault)) from fault

    async def _read(self, answer: aiohttp.ClientResponse, most: int) -> Reply:
        if answer.status // 100 == 3:
            raise OutboundFailed("redirected")
        parts = bytearray()
        async for part in answer.content.iter_any():
            parts += part
            if len(parts) > most:
                answer.close()
                raise OutboundFailed("too-large")
        return Reply(answer.status, answer.headers, bytes(parts))


_REASONS: tuple[tuple[type[Exception], str], ...] = (
    (TimeoutError, "timeout"),
    (aiohttp.InvalidURL, "address-not-allowed"),
    (aiohttp.ClientConnectorDNSError, "unresolved"),
    (aiohttp.ClientSSLError, "tls"),
    (aiohttp.ClientConnectorCertificateError, "tls"),
    (aiohttp.ClientConnectorError, "refused"),
)


def _reason(fault: Exception) -> str:
    for kind, reason in _REASONS:
        if isinstance(fault, kind):
            return reason
    return "broken"
