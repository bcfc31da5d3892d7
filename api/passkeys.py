"""Passkeys of the resident: adding and removing them, and proving freshness with one."""

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.ask import Ask
from api.device_names import device_name
from api.me import resident_of
from api.routes import Access, Routes
from api.tokens import TokensIssued
from identity.models import Passkey
from identity.passkeys.binding import living
from identity.passkeys.errors import PasskeyMissing

routes = Routes("passkeys")


class NothingMore(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Options(BaseModel):
    """``publicKey``: for ``navigator.credentials`` once its base64url members are bytes.

    ``origin``: where the page must have been opened; from another address a browser refuses.
    """

    public_key: dict[str, Any] = Field(alias="publicKey", serialization_alias="publicKey")
    origin: str


class CredentialSent(BaseModel):
    """``credential``: what the browser answered, as JSON (WebAuthn §5.1, toJSON)."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    credential: dict[str, Any]

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"

    __str__ = __repr__


class PasskeyWanted(CredentialSent):
    """``name``: what the resident calls it; without one, the kind of device."""

    name: Annotated[str, StringConstraints(max_length=40)] = ""


class PasskeyShown(BaseModel):
    """``usable``: already; one added at a window opens at ``usable_from``."""

    id: str
    name: str
    created_at: datetime
    last_used_at: datetime | None
    usable_from: datetime
    usable: bool

    @classmethod
    def of(cls, row: Passkey) -> "PasskeyShown":
        return cls(
            id=str(row.id),
            name=row.name,
            created_at=row.created_at,
            last_used_at=row.last_used_at,
            usable_from=row.usable_from,
            usable=row.usable_from <= datetime.now(UTC),
        )


class PasskeyList(BaseModel):
    passkeys: list[PasskeyShown]


@routes.post(
    "/v1/me/passkeys/options",
    Access.OWN_APP,
    "Begin adding a passkey, right after a proof at level 4 or at a window",
    body=NothingMore,
    answer=Options,
)
async def options_to_add(ask: Ask[NothingMore, None]) -> Options:
    binding = ask.parts.ways.passkeys
    return Options(publicKey=await binding.options(ask.caller), origin=binding.party.origin)


@routes.post(
    "/v1/me/passkeys",
    Access.OWN_APP,
    "Add the passkey that the device made",
    status=201,
    body=PasskeyWanted,
    answer=PasskeyShown,
)
async def add(ask: Ask[PasskeyWanted, None]) -> PasskeyShown:
    name = ask.body.name.strip() or device_name(ask.user_agent, ask.locale)
    bound = await ask.parts.ways.passkeys.bind(ask.caller, ask.body.credential, name)
    return PasskeyShown.of(bound)


@routes.get("/v1/me/passkeys", Access.OWN_APP, "The resident's passkeys", answer=PasskeyList)
async def show(ask: Ask[None, None]) -> PasskeyList:
    rows = await living(resident_of(ask.caller))
    return PasskeyList(passkeys=[PasskeyShown.of(row) for row in rows])


@routes.delete("/v1/me/passkeys/{id}", Access.OWN_APP, "Remove a passkey", status=204)
async def remove(ask: Ask[None, None]) -> None:
    try:
        passkey = UUID(ask.path["id"])
    except ValueError:
        raise PasskeyMissing() from None
    await ask.parts.ways.passkeys.remove(ask.caller, passkey)


@routes.post(
    "/v1/me/proofs/passkey/options",
    Access.OWN_APP,
    "Begin a fresh proof by a passkey",
    body=NothingMore,
    answer=Options,
)
async def options_to_prove(ask: Ask[NothingMore, None]) -> Options:
    proving = ask.parts.ways.passkey_proofs
    return Options(publicKey=await proving.options(ask.caller), origin=proving.party.origin)


@routes.post(
    "/v1/me/proofs/passkey",
    Access.OWN_APP,
    "Prove freshness by a passkey: raises this session to level 4",
    body=CredentialSent,
    answer=TokensIssued,
)
async def prove(ask: Ask[CredentialSent, None]) -> TokensIssued:
    raised = await ask.parts.ways.passkey_proofs.prove(ask.caller, ask.body.credential, ask.key)
    token = await ask.parts.tokens.issue(raised.session)
    return TokensIssued(
        access_token=token.value,
        token_type=token.type,
        expires_in=token.expires_in,
        refresh_token=raised.refresh_token,
        acr=raised.session.acr,
    )
