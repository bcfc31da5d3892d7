"""Metadata judged whole: the rules, the scopes, and what the client publishes elsewhere."""

from dataclasses import dataclass
from typing import Any

from config.outbound import Outbound
from config.settings import Settings
from identity.oauth.refusals import InvalidClientMetadata
from identity.partners import addresses, checks, published
from identity.partners.checks import Said
from identity.partners.client import ClientKind
from identity.partners.jwk import ClientKey, KeysRefused, keys_of, plain_set
from identity.partners.keys import ClientKeys
from identity.partners.metadata import CODE, CREDENTIALS, EXCHANGE, SIGNING, Metadata
from identity.scopes import CLIENT_READ, KIOSK, OPENID, Scopes, Sensitivity

_OF_A_CLIENT = {CLIENT_READ: {ClientKind.PARTNER, ClientKind.DEPARTMENT}, KIOSK: set()}
_PARTNERS = {ClientKind.PARTNER}  # who may ask for a client's scope of the rooms above


@dataclass(frozen=True)
class Judged:
    """Metadata that is good, and the sector it belongs to (OpenID Connect Core §8.1)."""

    metadata: Metadata
    sector: str


class Judging:
    """``scopes``: None where nobody can say which there are (a command); then they are those that
    were good when the client was registered.
    """

    def __init__(
        self,
        outbound: Outbound,
        keys: ClientKeys,
        settings: Settings,
        scopes: Scopes | None = None,
    ):
        self._outbound = outbound
        self._keys = keys
        self._strict = settings.environment == "production"
        self._scopes = scopes

    async def judged(self, client: str, kind: ClientKind, metadata: Metadata) -> Judged:
        """Raises InvalidClientMetadata or InvalidRedirectUri; asks the client's own servers."""
        said = Said(metadata, kind, self._strict)
        checks.check(said)
        self._check_scopes(said)
        keys = await self._check_keys(said)
        if metadata.jwks:
            metadata = metadata.model_copy(update={"jwks": plain_set(keys)})
        return Judged(metadata, await self._sector(client, metadata))

    def _check_scopes(self, said: Said) -> None:
        wanted = said.metadata.scope.split()
        good = 0 < len(wanted) == len(set(wanted))
        if not good or not all(self._may_ask(said, each) for each in wanted):
            raise InvalidClientMetadata("scope")

    def _may_ask(self, said: Said, id: str) -> bool:
        if self._scopes is None:
            return True
        scope = self._scopes.get(id)
        if scope is None:
            return False
        if scope.of == "client":
            return said.kind in _OF_A_CLIENT.get(id, _PARTNERS) and said.asks_for(CREDENTIALS)
        if said.public and scope.sensitivity is not Sensitivity.LOW:
            return False
        grants = {CODE} if id == OPENID else {CODE, EXCHANGE}
        return any(said.asks_for(grant) for grant in grants)

    async def _check_keys(self, said: Said) -> tuple[ClientKey, ...]:
        """A key to prove itself by, and one for each encryption it asks for; returns them all."""
        metadata = said.metadata
        keys = await self._published_keys(metadata)
        asked = (metadata.token_endpoint_auth_signing_alg,)
        signing = asked if asked[0] else SIGNING
        if not said.public and not _any_good(keys, signing, "sig"):
            raise InvalidClientMetadata(_place(metadata))
        for member in ("id_token_encrypted_response_alg", "userinfo_encrypted_response_alg"):
            wrapping: str = getattr(metadata, member)
            if wrapping and not _any_good(keys, (wrapping,), "enc"):
                raise InvalidClientMetadata(member)
        return keys

    async def _published_keys(self, metadata: Metadata) -> tuple[ClientKey, ...]:
        try:
            if metadata.jwks_uri:
                return await self._keys.published(metadata.jwks_uri)
            return keys_of(metadata.jwks or {"keys": []}, every=True)
        except (KeysRefused, published.NotPublished) as fault:
            raise InvalidClientMetadata(_place(metadata)) from fault

    async def _sector(self, client: str, metadata: Metadata) -> str:
        """OpenID Connect Core §8.1: the host of the redirect URIs if it is one, or of a document
        that lists them all (Registration §5). Whoever has neither is a sector of its own.
        """
        if metadata.sector_identifier_uri:
            await self._check_listed(metadata)
            return addresses.owner(metadata.sector_identifier_uri) or f"client:{client}"
        owners = {addresses.owner(each) for each in metadata.redirect_uris} or {""}
        if len(owners) > 1:
            raise InvalidClientMetadata("sector_identifier_uri")
        return owners.pop() or f"client:{client}"

    async def _check_listed(self, metadata: Metadata) -> None:
        try:
            listed: Any = await published.read(self._outbound, metadata.sector_identifier_uri)
        except published.NotPublished as fault:
            raise InvalidClientMetadata("sector_identifier_uri") from fault
        if not isinstance(listed, list) or not all(isinstance(each, str) for each in listed):
            raise InvalidClientMetadata("sector_identifier_uri")
        if not set(metadata.redirect_uris) <= set(listed):
            raise InvalidClientMetadata("sector_identifier_uri")


def _any_good(keys: tuple[ClientKey, ...], algs: tuple[str | None, ...], use: str) -> bool:
    return any(key.good_for(str(alg), use) for key in keys for alg in algs)


def _place(metadata: Metadata) -> str:
    return "jwks_uri" if metadata.jwks_uri else "jwks"
