"""Clients' keys: what a client signed is verified by them, and what only it may read is
encrypted to them. They stand in its metadata, or at its ``jwks_uri`` and are remembered here.
"""

import asyncio
import contextlib
import time
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from joserfc.jwk import ECKey, RSAKey

from config import logs
from config.outbound import Outbound
from identity import jws
from identity.oauth.refusals import InvalidClient, TemporarilyUnavailable
from identity.partners import published
from identity.partners.client import Client
from identity.partners.jwk import ClientKey, KeysRefused, keys_of
from identity.partners.metadata import SIGNING

READ_AGAIN = 600.0  # seconds after which a set is read anew
UNKNOWN_AGAIN = 5.0  # and at most so often where it lacks a key: anybody may name one
OLDEST = 3600.0  # a set that could not be read anew is trusted so long, and no longer
_REMEMBERED = 5_000
log = logs.get("partners")


@dataclass
class _Set:
    """What one ``jwks_uri`` held. One reader at a time: a crowd asks its server once."""

    keys: tuple[ClientKey, ...] = ()
    read_at: float = float("-inf")
    tried_at: float = float("-inf")
    reading: asyncio.Lock = field(default_factory=asyncio.Lock)


class ClientKeys:
    """One a process; times are of ``time.monotonic``."""

    def __init__(self, outbound: Outbound):
        self._outbound = outbound
        self._inline: OrderedDict[str, tuple[Client, tuple[ClientKey, ...]]] = OrderedDict()
        self._sets: OrderedDict[tuple[str, str], _Set] = OrderedDict()

    async def verify(self, client: Client, token: str | jws.Jws) -> Mapping[str, Any]:
        """The claims of a JWT (RFC 7519) that this client signed; of them nothing is judged.
        It may have been read already.

        ES256 or PS256, and the one it registered (RFC 7591 §2). Raises InvalidClient.
        """
        try:
            read = token if isinstance(token, jws.Jws) else jws.read(token)
        except jws.Unreadable as fault:
            raise InvalidClient(f"unreadable: {fault}") from fault
        alg, kid = _named(client, read.header)
        for key in await self._signers(client, alg, kid):
            with contextlib.suppress(jws.NotSigned):
                jws.check(read, key.public, alg)
                return read.claims
        raise InvalidClient("signed by no key of this client")

    async def encryption_key(self, client: Client, alg: str) -> ECKey | RSAKey:
        """The key to wrap a content key for this client with (RFC 7516 §5.1).

        One meant for encryption goes before one meant for anything. Raises
        TemporarilyUnavailable when it publishes none: nothing must leave in the clear instead.
        """
        for patience in (READ_AGAIN, UNKNOWN_AGAIN):
            known = await self._of(client, patience)
            fitting = [key for key in known if key.good_for(alg, "enc")]
            if fitting:
                best = max(fitting, key=lambda key: (key.use == "enc", key.alg == alg))
                return _for_encryption(best)
        raise TemporarilyUnavailable("the client publishes no key to encrypt to")

    async def published(self, uri: str) -> tuple[ClientKey, ...]:
        """What stands at an address, now, for somebody who wants to register it.

        Raises KeysRefused or NotPublished.
        """
        return keys_of(await published.read(self._outbound, uri), every=False)

    async def _signers(self, client: Client, alg: str, kid: str | None) -> list[ClientKey]:
        """The keys it may be signed by; an unknown one is looked for anew."""
        for patience in (READ_AGAIN, UNKNOWN_AGAIN):
            fitting = [
                key
                for key in await self._of(client, patience)
                if key.good_for(alg, "sig") and kid in (None, key.kid)
            ]
            if fitting or not client.metadata.jwks_uri:
                return fitting
        return []

    async def _of(self, client: Client, patience: float) -> Iterable[ClientKey]:
        if client.metadata.jwks_uri:
            return await self._at_its_address(client, patience)
        known = self._inline.get(client.id)
        if known is None or known[0] is not client:  # it was read again: it may have changed
            known = client, _inline(client)
            _keep(self._inline, client.id, known)
        return known[1]

    async def _at_its_address(self, client: Client, patience: float) -> tuple[ClientKey, ...]:
        place = client.id, client.metadata.jwks_uri
        found = self._sets.get(place)
        if found is None:
            found = _Set()
            _keep(self._sets, place, found)
        if time.monotonic() - found.tried_at >= patience:
            async with found.reading:
                if time.monotonic() - found.tried_at >= patience:
                    await self._read(client, found)
        return found.keys

    async def _read(self, client: Client, found: _Set) -> None:
        """A set that cannot be read leaves the one before in force for a while."""
        try:
            found.keys = await self.published(client.metadata.jwks_uri)
            found.read_at = time.monotonic()
        except (KeysRefused, published.NotPublished) as fault:
            log.warning("client-keys-not-read", client=client.id, cause=str(fault))
            if time.monotonic() - found.read_at > OLDEST:
                found.keys = ()
        finally:  # not before: whoever comes meanwhile waits for what is being read
            found.tried_at = time.monotonic()


def _named(client: Client, header: Mapping[str, Any]) -> tuple[str, str | None]:
    """Algorithm and name of the key, before anything is believed. Raises InvalidClient."""
    alg, kid = header.get("alg"), header.get("kid")
    if alg not in SIGNING or "crit" in header:
        raise InvalidClient("another algorithm, or an extension nobody knows")
    if client.metadata.token_endpoint_auth_signing_alg not in (None, alg):
        raise InvalidClient("another algorithm than it registered")
    if kid is not None and not isinstance(kid, str):
        raise InvalidClient("a key's name of no form")
    return str(alg), kid


def _inline(client: Client) -> tuple[ClientKey, ...]:
    try:
        return keys_of(client.metadata.jwks or {"keys": []}, every=False)
    except KeysRefused:
        return ()


def _for_encryption(key: ClientKey) -> ECKey | RSAKey:
    members: dict[str, str | list[str]] = {**key.members}
    if key.kid:
        members["kid"] = key.kid
    kind = ECKey if key.members["kty"] == "EC" else RSAKey
    return kind.import_key(members)


def _keep(remembered: OrderedDict[Any, Any], name: Any, value: Any) -> None:
    remembered[name] = value
    remembered.move_to_end(name)
    if len(remembered) > _REMEMBERED:
        remembered.popitem(last=False)
