"""What WebAuthn says on the wire: questions to a device, and its answers judged by a library.

User verification is always required: the device itself asks for a PIN or a finger. No
attestation is asked for, so we learn nothing of the device's make.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, options_to_json_dict
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from identity.passkeys.errors import PasskeyRefused, PasskeysNotOffered

PATIENCE = 120  # seconds a device is given to answer
_NAME = "Zhiban 指办"
_REQUIRED = UserVerificationRequirement.REQUIRED
Json = dict[str, Any]


@dataclass(frozen=True)
class Party:
    """Who asks: ``id`` is the host that credentials are for, ``origin`` where the page must be."""

    id: str
    origin: str

    @classmethod
    def of(cls, public_url: str) -> "Party":
        """From PUBLIC_URL. An IP address is no relying party (§5.1.2): a loopback one stands for
        localhost, which names the same machine; any other raises PasskeysNotOffered.
        """
        place = urlsplit(public_url)
        host = place.hostname or ""
        try:
            address = ip_address(host)
        except ValueError:
            return cls(host, _origin(place.scheme, host, place.port))
        if not address.is_loopback:
            raise PasskeysNotOffered()
        return cls("localhost", _origin(place.scheme, "localhost", place.port))


@dataclass(frozen=True)
class NewCredential:
    """A public key as the device made it; ``id`` is base64url."""

    id: str
    public_key: bytes
    sign_count: int
    transports: str


@dataclass(frozen=True)
class Kept:
    """A credential that was bound: ``id`` base64url, ``transports`` space separated."""

    id: str
    transports: str = ""


def to_create(
    party: Party, user: bytes, name: str, known: Iterable[Kept], challenge: bytes
) -> Json:
    """PublicKeyCredentialCreationOptions as JSON. ``user``: a handle of no meaning (§14.6.1)."""
    options = generate_registration_options(
        rp_id=party.id,
        rp_name=_NAME,
        user_id=user,
        user_name=name,
        challenge=challenge,
        timeout=PATIENCE * 1000,
        exclude_credentials=_described(known),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED, user_verification=_REQUIRED
        ),
    )
    return options_to_json_dict(options)


def to_get(party: Party, known: Iterable[Kept], challenge: bytes) -> Json:
    """PublicKeyCredentialRequestOptions as JSON, for these credentials only."""
    options = generate_authentication_options(
        rp_id=party.id,
        challenge=challenge,
        timeout=PATIENCE * 1000,
        allow_credentials=_described(known),
        user_verification=_REQUIRED,
    )
    return options_to_json_dict(options)


def created(party: Party, credential: Json, challenge: bytes) -> NewCredential:
    """What ``navigator.credentials.create`` answered (§7.1). Raises PasskeyRefused."""
    try:
        found = verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            require_user_verification=True,
        )
        transports = _transports(credential)
    except Exception as fault:  # bytes of a stranger: whatever a parser says of them is a refusal
        raise PasskeyRefused(type(fault).__name__) from None
    return NewCredential(
        bytes_to_base64url(found.credential_id),
        found.credential_public_key,
        found.sign_count,
        transports,
    )


def got(party: Party, credential: Json, challenge: bytes, public_key: bytes) -> int:
    """What ``navigator.credentials.get`` answered (§7.2): its counter. Raises PasskeyRefused.

    The counter is judged by the caller, under a lock and only of an answer that is genuine.
    """
    try:
        found = verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            credential_public_key=public_key,
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except Exception as fault:
        raise PasskeyRefused(type(fault).__name__) from None
    return found.new_sign_count


def went_back(kept: int, shown: int) -> bool:
    """Whether a counter says that its key exists twice; 0 and 0 is a device that does not count."""
    return (kept or shown) != 0 and shown <= kept


def _origin(scheme: str, host: str, port: int | None) -> str:
    """As a browser writes it: without the port that the scheme has anyway (RFC 6454 §6.1)."""
    usual = port in (None, {"http": 80, "https": 443}.get(scheme))
    return f"{scheme}://{host}" + ("" if usual else f":{port}")


def _described(known: Iterable[Kept]) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(
            id=base64url_to_bytes(one.id),
            transports=[AuthenticatorTransport(each) for each in one.transports.split()] or None,
        )
        for one in known
    ]


def _transports(credential: Mapping[str, Any]) -> str:
    """How the device may be reached, of the names the standard has (§5.8.4)."""
    known = {each.value for each in AuthenticatorTransport}
    said = credential["response"].get("transports") or []
    return " ".join(sorted({one for one in said if isinstance(one, str)} & known))
