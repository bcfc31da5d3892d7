"""What a grant gives: the successful answer of the token endpoint (RFC 6749 §5.1)."""

from dataclasses import dataclass
from typing import Any

from identity.tokens import AccessToken


@dataclass(frozen=True, repr=False)
class Issued:
    """``scope`` is told always, because a resident may have given less than was asked for.
    ``token_kind``: RFC 8693 §2.2.1, for an exchange only.
    """

    access: AccessToken
    scope: str
    refresh_token: str = ""
    id_token: str = ""
    token_kind: str = ""

    def as_json(self) -> dict[str, Any]:
        told: dict[str, Any] = {
            "access_token": self.access.value,
            "token_type": self.access.type,
            "expires_in": self.access.expires_in,
            "scope": self.scope,
        }
        more = {
            "refresh_token": self.refresh_token,
            "id_token": self.id_token,
            "issued_token_type": self.token_kind,
        }
        return told | {name: value for name, value in more.items() if value}

    def __repr__(self) -> str:
        return "Issued(…)"
