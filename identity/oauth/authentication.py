"""Who asks at an endpoint of the provider: the client's authentication and its proof of possession.

Nothing is remembered or counted before the client has proven itself, so a stranger cannot spend a
partner's rate; then one round trip to Valkey settles all that may be shown once, and the rate.
"""

from dataclasses import dataclass

from config.settings import Settings
from identity.dpop import Proof, Proofs
from identity.oauth import assertion
from identity.oauth.message import Message, Parameters
from identity.oauth.refusals import InvalidClient, InvalidDpopProof
from identity.partners.client import Client
from identity.partners.keys import ClientKeys
from identity.partners.quota import Quotas, check
from identity.partners.registry import Registry
from identity.replays import Once, Replays


@dataclass(frozen=True)
class Party:
    """An approved client that has authenticated. ``key``: thumbprint (RFC 7638) of the key whose
    possession it proved with this request; empty where no proof was shown.
    """

    client: Client
    key: str = ""


class Authentication:
    """``party`` at every endpoint that needs a client; ``issuer`` is what assertions are for."""

    def __init__(
        self,
        registry: Registry,
        keys: ClientKeys,
        proofs: Proofs,
        replays: Replays,
        *,
        quotas: Quotas,
        settings: Settings,
    ):
        self._registry = registry
        self._keys = keys
        self._proofs = proofs
        self._replays = replays
        self._quotas = quotas
        self.issuer = settings.public_url.rstrip("/")

    async def party(self, message: Message, *, bound: bool = True) -> Party:
        """The client (RFC 6749 §2.3), by private_key_jwt (RFC 7523) or, if public, by its name.

        ``bound``: what is issued here is bound to a key, so a confidential client must prove that
        it holds one (RFC 9449 §5); elsewhere a proof is judged where one is shown. Raises
        InvalidClient, InvalidDpopProof, DpopProofInvalid, DpopNonceNeeded, InvalidRequest or
        ClientTooOften; CacheUnavailable or DatabaseUnavailable.
        """
        check_one_method(message)
        client, shown = await self._authenticated(message.parameters)
        check_approved(client)
        if bound:
            check_proof_shown(client, message)
        key, proof = self._possessed(message)
        await self._check_first_and_count(client, message.address, shown, proof)
        return Party(client, key)

    async def _authenticated(self, parameters: Parameters) -> tuple[Client, Once | None]:
        if "client_assertion" in parameters:
            return await self._asserted(parameters)
        client = await self._known(parameters.get("client_id"))
        if client.confidential:
            raise InvalidClient("no assertion")
        return client, None

    async def _asserted(self, parameters: Parameters) -> tuple[Client, Once]:
        claimed = assertion.claimed(parameters["client_assertion"])
        if parameters.get("client_id", claimed.client) != claimed.client:
            raise InvalidClient("an assertion of another client than client_id")
        client = await self._known(claimed.client)
        if not client.confidential:
            raise InvalidClient("an assertion of a public client")
        claims = await self._keys.verify(client, claimed.read)
        return client, assertion.check_claims(claims, client, self.issuer)

    async def _known(self, id: str) -> Client:
        client = await self._registry.client(id) if id else None
        if client is None:
            raise InvalidClient("nobody knows it")
        return client

    def _possessed(self, message: Message) -> tuple[str, Once | None]:
        """RFC 9449 §4.3, with our nonce in it (§8)."""
        if not message.proofs:
            return "", None
        if len(message.proofs) > 1:
            raise InvalidDpopProof("several proofs")
        proof = Proof(message.proofs[0], message.method, message.path)
        return self._proofs.judged(proof, nonce=True)

    async def _check_first_and_count(
        self, client: Client, address: str, shown: Once | None, proof: Once | None
    ) -> None:
        onces = [one for one in (shown, proof) if one]
        counters = self._quotas.counters(client, address)
        first, counts = await self._replays.first_and_counted(onces, counters)
        if shown and not first[0]:
            raise InvalidClient("an assertion shown before, or older than what remembers them")
        if not all(first):
            raise InvalidDpopProof("shown before, or older than what remembers proofs")
        check(client, counts)


def check_one_method(message: Message) -> None:
    """RFC 6749 §2.3: one method a request; and no shared secret is one here (FAPI 2.0 §5.3.2.1).

    Raises InvalidClient.
    """
    given = message.parameters
    if message.authorization is not None:
        raise InvalidClient("by a header")
    if "client_secret" in given:
        raise InvalidClient("by a shared secret")
    if given.get("client_assertion_type") != (
        assertion.TYPE if "client_assertion" in given else ""
    ):
        raise InvalidClient("half an assertion, or one of another type")


def check_approved(client: Client) -> None:
    """Pending, suspended and closed clients hear what unknown ones hear. Raises InvalidClient."""
    if not client.approved:
        raise InvalidClient(f"it is {client.state}")


def check_proof_shown(client: Client, message: Message) -> None:
    """Raises InvalidDpopProof."""
    if client.confidential and not message.proofs:
        raise InvalidDpopProof("no proof")
