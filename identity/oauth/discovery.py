"""What this provider can do, told to programs: one document at two addresses.

OpenID Connect Discovery 1.0 §3 and RFC 8414 §2, with the members that other RFCs add: PAR (9126
§5), DPoP (9449 §5.1), ``iss`` in answers (9207 §3), device flow (8628 §4), logout.
"""

import hashlib
import json
from collections.abc import Iterable
from typing import Any, get_args

from config.settings import Settings
from config.texts import OFFERED
from identity import dpop
from identity.partners.metadata import ENCRYPTING, KEY_WRAPPING, SIGNING, Grant, Metadata

ENDPOINTS = {
    "authorization_endpoint": "/oauth/authorize",
    "pushed_authorization_request_endpoint": "/oauth/par",
    "token_endpoint": "/oauth/token",
    "introspection_endpoint": "/oauth/introspect",
    "revocation_endpoint": "/oauth/revoke",
    "userinfo_endpoint": "/oauth/userinfo",
    "registration_endpoint": "/oauth/register",
    "device_authorization_endpoint": "/oauth/device_authorization",
    "end_session_endpoint": "/oauth/logout",
    "jwks_uri": "/oauth/jwks",
}
PROMPTS = ("none", "login", "consent")
LEVELS = ("1", "2", "3", "4", "5")
# Of the ID token; what userinfo tells is named by the scopes.
_ID_TOKEN = (
    *("sub", "iss", "aud", "exp", "iat", "auth_time"),
    *("nonce", "acr", "amr", "at_hash", "sid"),
)
_PROVEN, _UNPROVEN = "private_key_jwt", "none"


class Discovery:
    """``body`` (JSON) and its ``etag``, made once: nothing in it changes while we run."""

    def __init__(self, settings: Settings, scopes: Iterable[str], claims: Iterable[str]):
        issuer = settings.public_url.rstrip("/")
        self.document = described(issuer, scopes, claims)
        self.body = json.dumps(self.document).encode()
        self.etag = f'"{hashlib.sha256(self.body).hexdigest()[:32]}"'


def described(issuer: str, scopes: Iterable[str], claims: Iterable[str]) -> dict[str, Any]:
    """The document. ``claims``: what userinfo may tell, beside the claims of an ID token."""
    where = {name: issuer + path for name, path in ENDPOINTS.items()}
    names = {
        "scopes_supported": sorted(scopes),
        "claims_supported": [*_ID_TOKEN, *sorted(set(claims) - set(_ID_TOKEN))],
        "ui_locales_supported": list(OFFERED),
    }
    return {"issuer": issuer} | where | names | _asking() | _authentication() | _crypto() | _ends()


def _asking() -> dict[str, Any]:
    """How a resident is asked. Pushing is each confidential client's duty, not everybody's."""
    return {
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": list(get_args(Grant)),
        "subject_types_supported": list(get_args(Metadata.model_fields["subject_type"].annotation)),
        "acr_values_supported": list(LEVELS),
        "prompt_values_supported": list(PROMPTS),
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
        "require_pushed_authorization_requests": False,
        "claims_parameter_supported": False,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,  # of OpenID Core §6.2; PAR's own are taken
    }


def _authentication() -> dict[str, Any]:
    """How clients prove who they are. Whoever only asks about tokens is never a public client."""
    methods = {
        "token_endpoint": [_PROVEN, _UNPROVEN],
        "revocation_endpoint": [_PROVEN, _UNPROVEN],
        "introspection_endpoint": [_PROVEN],
    }
    told: dict[str, Any] = {}
    for endpoint, ways in methods.items():
        told[f"{endpoint}_auth_methods_supported"] = ways
        told[f"{endpoint}_auth_signing_alg_values_supported"] = list(SIGNING)
    return told | {"dpop_signing_alg_values_supported": [dpop.ALGORITHM]}


def _crypto() -> dict[str, Any]:
    """The same for the ID token and for a signed userinfo."""
    told: dict[str, Any] = {}
    for paper in ("id_token", "userinfo"):
        told[f"{paper}_signing_alg_values_supported"] = ["ES256"]
        told[f"{paper}_encryption_alg_values_supported"] = list(KEY_WRAPPING)
        told[f"{paper}_encryption_enc_values_supported"] = list(ENCRYPTING)
    return told


def _ends() -> dict[str, Any]:
    """OpenID Connect Back-Channel Logout 1.0 §2.1."""
    return {"backchannel_logout_supported": True, "backchannel_logout_session_supported": True}
