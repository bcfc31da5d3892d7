"""What a client says of itself, by the names of RFC 7591 §2 and OpenID Connect Registration §2."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Grant = Literal[
    "authorization_code",
    "refresh_token",
    "client_credentials",
    "urn:ietf:params:oauth:grant-type:device_code",
    "urn:ietf:params:oauth:grant-type:token-exchange",
]
CODE: Grant = "authorization_code"
REFRESH: Grant = "refresh_token"
CREDENTIALS: Grant = "client_credentials"
DEVICE: Grant = "urn:ietf:params:oauth:grant-type:device_code"
EXCHANGE: Grant = "urn:ietf:params:oauth:grant-type:token-exchange"
SIGNING = ("ES256", "PS256")  # FAPI 2.0 Security Profile §5.4.1
KEY_WRAPPING = ("ECDH-ES", "ECDH-ES+A256KW", "RSA-OAEP-256")
ENCRYPTING = ("A256GCM", "A128GCM")


class Words(BaseModel):
    """A text for residents. zh-CN and en are asked of every partner."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    zh: str = Field(min_length=1, max_length=120)
    en: str = Field(min_length=1, max_length=120)

    def said(self, locale: str) -> str:
        return self.en if locale == "en" else self.zh  # Chinese speaks for other languages


class Metadata(BaseModel):
    """Unknown members are ignored, as RFC 7591 §2 asks. Ours beside the standard ones: ``name``
    and ``purpose`` in two languages, ``organisation`` with its ``credit_code`` (GB 32100),
    ``region`` (GB/T 2260), ``access_tokens``, ``grant_days`` and ``resources`` (RFC 8707 URIs a
    department answers at). ``scope``: all it may ever ask for.
    """

    model_config = ConfigDict(extra="ignore", frozen=True)

    name: Words
    purpose: Words
    organisation: Words
    credit_code: str
    region: str = ""
    client_uri: str = ""
    policy_uri: str = ""
    redirect_uris: tuple[str, ...] = ()
    post_logout_redirect_uris: tuple[str, ...] = ()
    application_type: Literal["web", "native"] = "web"
    grant_types: tuple[Grant, ...] = (CODE, REFRESH)
    response_types: tuple[Literal["code"], ...] = ("code",)
    token_endpoint_auth_method: Literal["private_key_jwt", "none"] = "private_key_jwt"
    token_endpoint_auth_signing_alg: Literal["ES256", "PS256"] | None = None
    scope: str = "openid"
    jwks: dict[str, Any] | None = None
    jwks_uri: str = ""
    sector_identifier_uri: str = ""
    subject_type: Literal["pairwise"] = "pairwise"
    id_token_signed_response_alg: Literal["ES256"] = "ES256"
    id_token_encrypted_response_alg: Literal["ECDH-ES", "ECDH-ES+A256KW", "RSA-OAEP-256", ""] = ""
    id_token_encrypted_response_enc: Literal["A256GCM", "A128GCM"] = "A256GCM"
    userinfo_signed_response_alg: Literal["ES256", ""] = ""
    userinfo_encrypted_response_alg: Literal["ECDH-ES", "ECDH-ES+A256KW", "RSA-OAEP-256", ""] = ""
    userinfo_encrypted_response_enc: Literal["A256GCM", "A128GCM"] = "A256GCM"
    backchannel_logout_uri: str = ""
    backchannel_logout_session_required: bool = True
    default_max_age: int | None = Field(None, ge=0, le=999_999_999)
    access_tokens: Literal["jwt", "opaque"] = "jwt"
    grant_days: int = Field(90, ge=1, le=365)
    resources: tuple[str, ...] = ()
