"""What the provider's endpoints refuse, in the form of RFC 6749 §5.2 and the RFCs that build on it.

    OAuthRefused
    ├── InvalidRequest, InvalidScope, InvalidTarget, InvalidGrant …   400
    ├── InvalidClient, InvalidToken                                   401
    ├── InsufficientScope                                             403
    ├── TooManyRequests                                               429
    └── TemporarilyUnavailable                                        503

``error`` is the RFC's own code, ``description`` a fixed English sentence for the partner's
programmer (RFC 6749 allows ASCII only), ``cause`` private: it goes to the log with the request id.
"""

from collections.abc import Mapping
from typing import ClassVar

from config.errors import BAD_REQUEST, Denied, Throttled, Unauthenticated, Unavailable


class OAuthRefused(Exception):
    """``headers`` leave with the answer; ``redirects`` says that RFC 6749 §4.1.2.1 lets it be told
    to the client by a redirect, where that has an address that was checked.
    """

    status: ClassVar[int] = BAD_REQUEST
    error: ClassVar[str] = "invalid_request"
    description: ClassVar[str] = "The request is malformed or lacks a parameter."

    def __init__(self, cause: str = "", *, headers: Mapping[str, str] | None = None):
        super().__init__(cause or self.error)
        self.cause = cause
        self.headers = dict(headers or {})

    @property
    def told(self) -> str:
        """What the partner's programmer reads."""
        return self.description


class InvalidRequest(OAuthRefused):
    """RFC 6749 §4.1.2.1, §5.2."""


class InvalidClient(OAuthRefused):
    """RFC 6749 §5.2. One answer for unknown, unproven and suspended clients."""

    status = Unauthenticated.status
    error = "invalid_client"
    description = "The client could not be authenticated, or may not be used."


class InvalidGrant(OAuthRefused):
    error = "invalid_grant"
    description = "The code, token or assertion is invalid, expired, used, or another client's."


class UnauthorizedClient(OAuthRefused):
    error = "unauthorized_client"
    description = "This client is not registered for that."


class UnsupportedGrantType(OAuthRefused):
    error = "unsupported_grant_type"
    description = "There is no such grant type here."


class UnsupportedResponseType(OAuthRefused):
    error = "unsupported_response_type"
    description = "Only response_type=code is supported."


class InvalidScope(OAuthRefused):
    error = "invalid_scope"
    description = "A scope is unknown, or not one this client may ask for."


class InvalidTarget(OAuthRefused):
    """RFC 8707 §2."""

    error = "invalid_target"
    description = "The resource is unknown, or not one this client may ask for."


class InvalidDpopProof(OAuthRefused):
    """RFC 9449 §5."""

    error = "invalid_dpop_proof"
    description = "A DPoP proof is needed, and must be fresh and for this very request."


class UseDpopNonce(OAuthRefused):
    """RFC 9449 §8; the nonce comes as a header."""

    error = "use_dpop_nonce"
    description = "Make the DPoP proof again with the nonce in the DPoP-Nonce header."


class AccessDenied(OAuthRefused):
    error = "access_denied"
    description = "The resident, or the provider, refused."


class LoginRequired(OAuthRefused):
    """OpenID Connect Core §3.1.2.6, as the others of prompt=none."""

    error = "login_required"
    description = "The resident has to sign in."


class ConsentRequired(OAuthRefused):
    error = "consent_required"
    description = "The resident has to agree."


class InteractionRequired(OAuthRefused):
    error = "interaction_required"
    description = "The resident has to do something."


class UnmetAuthenticationRequirements(OAuthRefused):
    """OpenID Connect Core Unmet Authentication Requirements 1.0 §2."""

    error = "unmet_authentication_requirements"
    description = "The resident did not prove themselves at the level that was asked for."


class RequestNotSupported(OAuthRefused):
    error = "request_not_supported"
    description = "Push the request (RFC 9126) instead of a request object."


class RequestUriNotSupported(OAuthRefused):
    error = "request_uri_not_supported"
    description = "Only a request_uri of our own PAR endpoint is taken."


class AuthorizationPending(OAuthRefused):
    """RFC 8628 §3.5, as the next two."""

    error = "authorization_pending"
    description = "The resident has not finished yet."


class SlowDown(OAuthRefused):
    error = "slow_down"
    description = "Ask five seconds less often."


class ExpiredToken(OAuthRefused):
    error = "expired_token"
    description = "The device code is over. Begin again."


class InvalidRedirectUri(OAuthRefused):
    """RFC 7591 §3.2.2, as the next one. ``cause`` names the member, which is told: it is the
    client's own.
    """

    error = "invalid_redirect_uri"
    description = "A redirect URI is missing or not allowed."

    @property
    def told(self) -> str:
        return f"{self.description} Look at: {self.cause}." if self.cause else self.description


class InvalidClientMetadata(OAuthRefused):
    error = "invalid_client_metadata"
    description = "A member of the metadata is missing or not allowed."

    @property
    def told(self) -> str:
        return f"{self.description} Look at: {self.cause}." if self.cause else self.description


class InvalidToken(OAuthRefused):
    """RFC 6750 §3.1."""

    status = Unauthenticated.status
    error = "invalid_token"
    description = "The token is missing, expired, ended, or shown without its proof."


class InsufficientScope(OAuthRefused):
    status = Denied.status
    error = "insufficient_scope"
    description = "The token does not carry the scope this needs."


class TooManyRequests(OAuthRefused):
    """Over the client's rate or quota; Retry-After says when to come back (RFC 6585 §4)."""

    status = Throttled.status
    error = "temporarily_unavailable"
    description = "Too many requests. Retry-After says when to come back."


class TemporarilyUnavailable(OAuthRefused):
    status = Unavailable.status
    error = "temporarily_unavailable"
    description = "The provider cannot answer now. Try again soon."


class ServerError(OAuthRefused):
    status = 500
    error = "server_error"
    description = "Something went wrong on our side. Quote the x-request-id header."
