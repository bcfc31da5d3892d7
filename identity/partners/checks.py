"""What a client says of itself, held against what a client of its kind may be.

Each check is a rule; the first that is broken is told by the member it is about. ``strict``: the
house is in production. What has to be looked up outside stands in ``identity.partners.judging``.
"""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from config.errors import Problem
from identity.documents import organisation
from identity.oauth.refusals import InvalidClientMetadata, InvalidRedirectUri
from identity.partners import addresses
from identity.partners.addresses import AddressRefused
from identity.partners.client import ClientKind
from identity.partners.metadata import CODE, CREDENTIALS, DEVICE, EXCHANGE, REFRESH, Metadata
from identity.scopes import RESIDENT_HERE
from identity.staff.errors import StaffRegionBeyond
from identity.staff.roles import region as parsed_region

MOST_ADDRESSES = 20
_GRANTS: Mapping[ClientKind, frozenset[str]] = {
    ClientKind.PARTNER: frozenset({CODE, REFRESH, CREDENTIALS}),
    ClientKind.DEPARTMENT: frozenset({CODE, REFRESH, CREDENTIALS, EXCHANGE}),
    ClientKind.KIOSK: frozenset({DEVICE, CREDENTIALS}),
}
_PUBLIC_GRANTS = frozenset({CODE, REFRESH})
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}  # controls, and what turns text around
_ADDRESSES = (
    "client_uri",
    "policy_uri",
    "jwks_uri",
    "sector_identifier_uri",
    "backchannel_logout_uri",
)


@dataclass(frozen=True)
class Said:
    """Metadata on its way to be judged."""

    metadata: Metadata
    kind: ClientKind
    strict: bool

    @property
    def public(self) -> bool:
        return self.metadata.token_endpoint_auth_method == "none"

    def asks_for(self, grant: str) -> bool:
        return grant in self.metadata.grant_types


def parsed(body: Mapping[str, Any]) -> Metadata:
    """The members that are known, of their form, with the credit code in canonical form.

    Raises InvalidClientMetadata or InvalidRedirectUri.
    """
    try:
        found = Metadata.model_validate(dict(body))
    except ValidationError as wrong:
        raise _refused(wrong.errors(include_input=False, include_url=False)[0]["loc"]) from None
    try:
        code = organisation.parse(found.credit_code)
    except Problem:
        raise InvalidClientMetadata("credit_code") from None
    return found.model_copy(update={"credit_code": code})


def check_words(said: Said) -> None:
    """Residents read them, so nothing in them is hidden or turned around (Unicode TR36 §2.5)."""
    for member in ("name", "purpose", "organisation"):
        words = getattr(said.metadata, member)
        for text in (words.zh, words.en):
            hidden = any(unicodedata.category(each) in _INVISIBLE for each in text)
            if hidden or text != text.strip():
                raise InvalidClientMetadata(member)


def check_region(said: Said) -> None:
    """A GB/T 2260 prefix; whoever asks who lives there has to say where."""
    if RESIDENT_HERE in said.metadata.scope.split() and not said.metadata.region:
        raise InvalidClientMetadata("region")
    try:
        parsed_region(said.metadata.region)
    except StaffRegionBeyond:
        raise InvalidClientMetadata("region") from None


def check_authentication(said: Said) -> None:
    """A native app keeps no secret (RFC 8252 §8.4); a department's server does."""
    if said.metadata.application_type == "native" and not said.public:
        raise InvalidClientMetadata("application_type")
    if said.public and said.kind is not ClientKind.PARTNER:
        raise InvalidClientMetadata("token_endpoint_auth_method")


def check_grants(said: Said) -> None:
    wanted = frozenset(said.metadata.grant_types)
    allowed = _PUBLIC_GRANTS if said.public else _GRANTS[said.kind]
    if not wanted or not wanted <= allowed or len(wanted) < len(said.metadata.grant_types):
        raise InvalidClientMetadata("grant_types")
    if REFRESH in wanted and CODE not in wanted:
        raise InvalidClientMetadata("grant_types")


def check_response_types(said: Said) -> None:
    """RFC 7591 §2.1: a response type for its grant, and none without."""
    named = bool(said.metadata.response_types)
    if said.asks_for(CODE) and not named:
        raise InvalidClientMetadata("response_types")


def check_redirects(said: Said) -> None:
    """Needed for codes, and for nothing else. Raises InvalidRedirectUri."""
    given = said.metadata.redirect_uris
    if bool(given) != said.asks_for(CODE) or _too_many(given):
        raise InvalidRedirectUri("redirect_uris")
    for each in given:
        _redirect(said, each, InvalidRedirectUri("redirect_uris"))


def check_post_logout(said: Said) -> None:
    """OpenID Connect RP-Initiated Logout §3.1."""
    given = said.metadata.post_logout_redirect_uris
    wrong = InvalidClientMetadata("post_logout_redirect_uris")
    if _too_many(given):
        raise wrong
    for each in given:
        _redirect(said, each, wrong)


def check_addresses(said: Said) -> None:
    for member in _ADDRESSES:
        given: str = getattr(said.metadata, member)
        if given:
            _address(said, given, member)


def check_resources(said: Said) -> None:
    """RFC 8707 §2: absolute, without a fragment; departments answer at them, nobody else."""
    given = said.metadata.resources
    if given and (said.kind is not ClientKind.DEPARTMENT or _too_many(given)):
        raise InvalidClientMetadata("resources")
    for each in given:
        _address(said, each, "resources")


def check_key_place(said: Said) -> None:
    """RFC 7591 §2: ``jwks`` or ``jwks_uri``, never both; one of them where it must prove itself."""
    given = [bool(said.metadata.jwks), bool(said.metadata.jwks_uri)]
    if all(given) or not (any(given) or said.public):
        raise InvalidClientMetadata("jwks")


def check_signed_first(said: Said) -> None:
    """What is encrypted is signed before: a key that anybody may encrypt to proves no sender."""
    metadata = said.metadata
    if metadata.userinfo_encrypted_response_alg and not metadata.userinfo_signed_response_alg:
        raise InvalidClientMetadata("userinfo_signed_response_alg")


CHECKS: tuple[Callable[[Said], None], ...] = (
    check_words,
    check_region,
    check_authentication,
    check_grants,
    check_response_types,
    check_redirects,
    check_post_logout,
    check_addresses,
    check_resources,
    check_key_place,
    check_signed_first,
)


def check(said: Said) -> None:
    """Every rule. Raises InvalidClientMetadata or InvalidRedirectUri."""
    for each in CHECKS:
        each(said)


def _refused(place: tuple[int | str, ...]) -> InvalidClientMetadata | InvalidRedirectUri:
    """By the member's name as we know it: the sent one might be anything."""
    member = str(place[0]) if place and place[0] in Metadata.model_fields else "metadata"
    if member == "redirect_uris":
        return InvalidRedirectUri(member)
    return InvalidClientMetadata(member)


def _too_many(given: tuple[str, ...]) -> bool:
    return len(given) > MOST_ADDRESSES or len(set(given)) < len(given)


def _redirect(said: Said, address: str, wrong: InvalidClientMetadata | InvalidRedirectUri) -> None:
    native = said.metadata.application_type == "native"
    try:
        addresses.check_redirect(address, native=native, strict=said.strict)
    except AddressRefused as fault:
        raise wrong from fault


def _address(said: Said, address: str, member: str) -> None:
    try:
        addresses.check(address, strict=said.strict)
    except AddressRefused as fault:
        raise InvalidClientMetadata(member) from fault
