"""Token exchange (RFC 8693) for departments: one that was shown a resident's token goes on for
the resident, as itself.

The new token names who acts (``act``), says less or the same, ends with the old one at the
latest and with its session at once, and is bound to the department's key. The resident sees it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from time import time
from typing import Any

from config.errors import Unauthenticated
from identity.audit import Audit
from identity.oauth.access_tokens import AccessTokens
from identity.oauth.authentication import Party
from identity.oauth.callers import Callers
from identity.oauth.issued import Issued
from identity.oauth.message import Parameters
from identity.oauth.refusals import (
    InvalidRequest,
    InvalidScope,
    InvalidTarget,
    UnauthorizedClient,
)
from identity.oauth.resources import Resources
from identity.partners.client import Client, ClientKind
from identity.partners.metadata import EXCHANGE
from identity.scopes import OPENID
from identity.tokens import Tokens

ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"  # RFC 8693 §3
DEEPEST = 3  # departments one behind the other
_SAME = ("sub", "sid", "acr", "amr", "auth_time")


@dataclass(frozen=True)
class ExchangeGrant:
    own: Tokens
    callers: Callers
    resources: Resources
    tokens: AccessTokens
    audit: Audit

    async def __call__(self, party: Party, parameters: Parameters) -> Issued:
        """Raises UnauthorizedClient, InvalidRequest, InvalidScope or InvalidTarget."""
        check_department(party.client)
        check_types(parameters)
        claims = await self._subject(parameters["subject_token"])
        self.check_shown_to(party.client, claims)
        act = acting(party.client, claims)
        scope = shared_scope(party.client, claims, parameters)
        audience = await self._target(parameters)
        await self._note(party.client, claims)
        said = {name: claims[name] for name in _SAME} | {"act": act}
        left = int(claims["exp"] - time())
        access = await self.tokens.bearing(
            party.client, party.key, scope, said, audience=audience, seconds=left
        )
        return Issued(access, scope, token_kind=ACCESS_TOKEN)

    def check_shown_to(self, department: Client, claims: Mapping[str, Any]) -> None:
        """It was issued to the department, or for one of its resources; our own API is none."""
        for_it = claims["aud"] in set(department.metadata.resources) - {self.resources.own}
        if not for_it and claims["client_id"] != department.id:
            raise InvalidRequest("a subject token that is not for this department")

    async def _subject(self, token: str) -> Mapping[str, Any]:
        """RFC 8693 §2.2.2 has one error for all that is wrong with it."""
        try:
            claims = await self.own.living(token)
        except Unauthenticated as fault:
            raise InvalidRequest(f"subject token: {fault.code}") from fault
        if "sid" not in claims:
            raise InvalidRequest("a subject token without a resident")
        return claims

    async def _target(self, parameters: Parameters) -> str:
        """Our own API, or one resource of another department (RFC 8707)."""
        if "audience" in parameters:
            raise InvalidTarget("audiences are named as resources here")
        asked = await self.resources.asked(parameters)
        return self.resources.chosen(parameters, " ".join(asked))

    async def _note(self, department: Client, claims: Mapping[str, Any]) -> None:
        """No record, no token."""
        try:
            shown = await self.callers.read(claims)
        except Unauthenticated as fault:
            raise InvalidRequest(f"subject token: {fault.code}") from fault
        if shown.resident is None:
            raise InvalidRequest("a subject token without a resident")
        who = replace(shown, kind=department.kind.caller, actor=department.id, client=department.id)
        await self.audit.record_read(
            who,
            event="token:exchanged",
            resident=shown.resident,
            service="",
            purpose=shown.purpose,
        )


def check_department(client: Client) -> None:
    if client.kind is not ClientKind.DEPARTMENT or not client.confidential:
        raise UnauthorizedClient("not a department")
    if not client.may(EXCHANGE):
        raise UnauthorizedClient("not registered for exchanging")


def check_types(parameters: Parameters) -> None:
    """An access token for an access token, and no second party (RFC 8693 §2.1)."""
    if parameters["subject_token_type"] != ACCESS_TOKEN:
        raise InvalidRequest("a subject token of another type")
    if parameters.get("requested_token_type", ACCESS_TOKEN) != ACCESS_TOKEN:
        raise InvalidRequest("another type is asked for")
    if "actor_token" in parameters or "actor_token_type" in parameters:
        raise InvalidRequest("the department itself is who acts")


def acting(department: Client, claims: Mapping[str, Any]) -> dict[str, Any]:
    """RFC 8693 §4.1: who acts now, and within it who acted before. Raises InvalidRequest."""
    act: dict[str, Any] = {"sub": department.id}
    before = claims.get("act")
    if before is not None:
        act["act"] = before
    depth, inner = 0, act
    while inner:
        depth, inner = depth + 1, inner.get("act", {})
    if depth > DEEPEST:
        raise InvalidRequest("too many one behind the other")
    return act


def shared_scope(department: Client, claims: Mapping[str, Any], parameters: Parameters) -> str:
    """Within what the subject token says and what the department may ask for; it is no sign-in.

    Raises InvalidScope.
    """
    there = [word for word in claims["scope"].split() if word != OPENID]
    both = [word for word in there if word in department.scopes]
    wanted = parameters.words("scope") or both
    if not wanted or not set(wanted) <= set(both):
        raise InvalidScope("beyond the subject token, or beyond the department")
    return " ".join(wanted)
