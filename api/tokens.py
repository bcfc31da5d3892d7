"""Refreshing: a refresh token for the next pair."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

from api.ask import Ask
from api.routes import Access, Routes

routes = Routes("tokens")


class RefreshGiven(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    refresh_token: Annotated[str, StringConstraints(min_length=1, max_length=256)]

    def __repr__(self) -> str:
        return "RefreshGiven(…)"

    __str__ = __repr__


class TokensIssued(BaseModel):
    """``expires_in`` in seconds, ``acr`` the assurance of the session ("1"-"5").

    ``token_type`` DPoP: bound to the device key whose proof came along (RFC 9449 §5).
    """

    access_token: str
    token_type: Literal["Bearer", "DPoP"] = "Bearer"
    expires_in: int
    refresh_token: str
    acr: str

    def __repr__(self) -> str:
        return "TokensIssued(…)"

    __str__ = __repr__


@routes.post(
    "/v1/tokens",
    Access.PUBLIC,
    "Exchange a refresh token for the next pair; a bound one with its key's proof",
    body=RefreshGiven,
    answer=TokensIssued,
)
async def refresh(ask: Ask[RefreshGiven, None]) -> TokensIssued:
    opened = await ask.parts.sessions.rotate(ask.body.refresh_token, ask.key)
    token = await ask.parts.tokens.issue(opened.session)
    return TokensIssued(
        access_token=token.value,
        token_type=token.type,
        expires_in=token.expires_in,
        refresh_token=opened.refresh_token,
        acr=opened.session.acr,
    )
