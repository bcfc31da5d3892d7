"""What goes back to a client through the browser: to a checked address only, with ``iss``."""

from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit, urlunsplit

from identity.oauth.refusals import OAuthRefused


def answered(redirect_uri: str, issuer: str, state: str, told: Mapping[str, str]) -> str:
    """The address with our answer in its query (RFC 6749 §4.1.2), ``state`` as it came and ``iss``
    (RFC 9207 §2). ``redirect_uri`` must have been checked.
    """
    parts = urlsplit(redirect_uri)
    more = urlencode({**told, **({"state": state} if state else {}), "iss": issuer})
    query = f"{parts.query}&{more}" if parts.query else more
    return urlunsplit(parts._replace(query=query))


def refused(redirect_uri: str, issuer: str, state: str, refusal: OAuthRefused) -> str:
    """The same for a refusal (RFC 6749 §4.1.2.1); its cause stays here."""
    told = {"error": refusal.error, "error_description": refusal.told}
    return answered(redirect_uri, issuer, state, told)
