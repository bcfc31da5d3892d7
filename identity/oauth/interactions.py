"""A resident answers a client: what is asked for, by whom and why; all, a part of it, or nothing.

The page that shows it lies in our own app. Its answer carries the resident's own token and the
cookie of the browser that the client had sent here, and is taken once. Whatever it is, the browser
goes back to the address that was checked when the client asked, and is checked again here.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID

from config import logs
from config.database import reaching_database
from config.errors import Problem
from identity import ages, agreed
from identity.caller import Caller
from identity.errors import OwnAppOnly, ResidentMissing, SignInNeeded, StepUpNeeded
from identity.grants import Grants
from identity.models import Grant, PairwiseSubject
from identity.oauth import faults, offers, proof_asked, responses
from identity.oauth.authorization_request import AuthorizationRequest, checked_redirect_uri
from identity.oauth.granting import Granting
from identity.oauth.interaction_errors import PartnerNotForChildren, TestResidentsOnly
from identity.oauth.interaction_store import Interaction, InteractionStore, InteractionUnknown
from identity.oauth.message import Parameters
from identity.oauth.offers import Offered
from identity.oauth.refusals import (
    AccessDenied,
    ConsentRequired,
    InteractionRequired,
    InvalidRequest,
    LoginRequired,
    OAuthRefused,
    UnmetAuthenticationRequirements,
)
from identity.partners.client import Client
from identity.partners.registry import Registry
from identity.residents import Residents
from identity.scopes import OPENID, Scopes

log = logs.get("oauth")
Enters = Callable[[Client, UUID], Awaitable[bool]]


@dataclass(frozen=True)
class Held:
    """What a browser shows of an interaction: its id, and the secret of its cookie."""

    id: str
    secret: str = field(repr=False)


@dataclass(frozen=True)
class Asked:
    """What the page shows. ``step_up``: what has to be proven before a yes; ``silent``: the page
    asks nothing and answers at once; ``until``: how long a yes given now would hold.
    """

    interaction: Interaction
    client: Client
    offered: Sequence[Offered]
    signed_in: bool
    step_up: StepUpNeeded | None
    silent: bool
    until: datetime


@dataclass(frozen=True)
class Interactions:
    """The parts the story needs, put together in ``api/parts``. ``enters``: whether this resident
    may sign in with this client.
    """

    store: InteractionStore
    registry: Registry
    scopes: Scopes
    grants: Grants
    granting: Granting
    residents: Residents
    enters: Enters
    issuer: str

    async def show(self, caller: Caller, held: Held) -> Asked:
        """What is asked, for whoever is signed in or nobody yet. Raises InteractionUnknown."""
        interaction, client = await self._found(held)
        request = interaction.request
        wanted = [id for id in request.scope if id != OPENID]
        known = await self._known(caller, client)
        return Asked(
            interaction=interaction,
            client=client,
            offered=offers.of(self.scopes, wanted, known),
            signed_in=caller.resident is not None,
            step_up=await _step_up(caller, interaction),
            silent=request.silent or await self._covered(caller, client, request) is not None,
            until=datetime.now(UTC) + timedelta(days=client.metadata.grant_days),
        )

    async def allow(self, caller: Caller, held: Held, given: Sequence[str], locale: str) -> str:
        """Yes, to ``given`` of it: the address to go to. Raises InteractionUnknown,
        ScopesNotAsked, StepUpNeeded, PartnerNotForChildren, TestResidentsOnly, SessionEnded.
        """
        interaction, client = await self._found(held)
        request = interaction.request
        chosen = offers.chosen(self.scopes, request.scope, given)
        if request.silent:  # nothing could be shown, so nothing can have been agreed to
            return await self._refused(interaction, ConsentRequired("a yes to prompt=none"))
        if not await self._is_meant(caller, client, request):
            return await self._refused(interaction, LoginRequired("another than the hint's"))
        await self._check_resident(caller, client)
        caller = await proof_asked.precise(caller)
        proof_asked.check_request(caller, interaction)
        proof_asked.check_scopes(caller, self.scopes, chosen)
        if not chosen:
            return await self._refused(interaction, AccessDenied("nothing was given"))
        give = partial(self.granting.give, caller, client, request, chosen, locale)
        return await self._settled(interaction, client, give)

    async def silent(self, caller: Caller, held: Held) -> str:
        """Nothing new is asked, or nothing may be shown: the address to go to, with a code or with
        what the client has to ask for first (OpenID Connect Core §3.1.2.6). Raises as ``allow``.
        """
        interaction, client = await self._found(held)
        try:
            return await self._silently(caller, client, interaction)
        except (StepUpNeeded, PartnerNotForChildren, TestResidentsOnly) as problem:
            if not interaction.request.silent:
                raise
            return await self._refused(interaction, _told(problem))

    async def refuse(self, caller: Caller, held: Held) -> str:
        """No, as easily as yes: the address to go to. Raises InteractionUnknown."""
        interaction, _ = await self._found(held)
        if await _step_up(caller, interaction):
            return await self._refused(interaction, UnmetAuthenticationRequirements("refused"))
        return await self._refused(interaction, AccessDenied("the resident refused"))

    async def leave(self, held: Held, *, refused: bool) -> str:
        """By somebody who is not signed in, and will or may not: the address to go to.

        Raises InteractionUnknown.
        """
        interaction, _ = await self._found(held)
        why = AccessDenied("refused unsigned") if refused else LoginRequired("nobody is signed in")
        return await self._refused(interaction, why)

    async def _silently(self, caller: Caller, client: Client, interaction: Interaction) -> str:
        request = interaction.request
        if not await self._is_meant(caller, client, request):
            return await self._refused(interaction, LoginRequired("another than the hint's"))
        await self._check_resident(caller, client)
        caller = await proof_asked.precise(caller)
        proof_asked.check_request(caller, interaction)
        grant = await self._covered(caller, client, request)
        if grant is None:
            return await self._refused(interaction, ConsentRequired("something new is asked"))
        scope = offers.within(self.scopes, request.scope, grant)
        again = partial(self.granting.again, caller, request, grant, scope)
        return await self._settled(interaction, client, again)

    async def _found(self, held: Held) -> tuple[Interaction, Client]:
        """The client as it is now: suspended meanwhile, without that address, or with another
        purpose than the page may have shown, it is over.
        """
        interaction = await self.store.find(held.id, held.secret)
        request = interaction.request
        client = await self.registry.client(request.client)
        if client is None or not client.approved:
            raise InteractionUnknown("its client is suspended")
        if request.purpose != agreed.purpose(client):
            raise InteractionUnknown("its client wants it for something else by now")
        try:
            named = Parameters({"redirect_uri": (request.redirect_uri,)})
            checked_redirect_uri(client, named)
        except InvalidRequest as fault:
            raise InteractionUnknown("its address is registered no more") from fault
        return interaction, client

    async def _settled(
        self, interaction: Interaction, client: Client, make: Callable[[], Awaitable[str]]
    ) -> str:
        """Taken first: of many answers at once one makes a code. If it cannot be made, the
        resident may answer again.
        """
        await self.store.take(interaction)
        try:
            code = await make()
        except OAuthRefused as refusal:
            return self._back(interaction.request, refusal)
        except Exception:
            await self.store.keep(interaction)
            raise
        asked = interaction.request
        issuer = faults.issuer(client, self.issuer)
        return responses.answered(asked.redirect_uri, issuer, asked.state, {"code": code})

    async def _refused(self, interaction: Interaction, refusal: OAuthRefused) -> str:
        await self.store.take(interaction)
        return self._back(interaction.request, refusal)

    def _back(self, asked: AuthorizationRequest, refusal: OAuthRefused) -> str:
        log.info("refused-to-client", client=asked.client, error=refusal.error, cause=refusal.cause)
        return responses.refused(asked.redirect_uri, self.issuer, asked.state, refusal)

    async def _known(self, caller: Caller, client: Client) -> Grant | None:
        """What this resident has told the client already."""
        if caller.resident is None:
            return None
        living = await self.grants.living(caller.resident)
        return next((grant for grant in living if grant.client == client.id), None)

    async def _covered(
        self, caller: Caller, client: Client, request: AuthorizationRequest
    ) -> Grant | None:
        """The grant under which nothing has to be asked, if something of it was given."""
        if caller.resident is None or "consent" in request.prompt:
            return None
        if not _assured(client, request):
            return None
        grant = await self.grants.covering(caller.resident, client, request.scope)
        return grant if grant and offers.within(self.scopes, request.scope, grant) else None

    async def _is_meant(
        self, caller: Caller, client: Client, request: AuthorizationRequest
    ) -> bool:
        """Whether ``id_token_hint`` means who is signed in (OpenID Connect Core §3.1.2.1)."""
        if not request.hinted:
            return True
        with reaching_database():
            row = await PairwiseSubject.get_or_none(
                sector=client.sector, resident_id=caller.resident
            )
        return row is not None and str(row.id) == request.hinted

    async def _check_resident(self, caller: Caller, client: Client) -> None:
        """Raises PartnerNotForChildren, TestResidentsOnly, OwnAppOnly or SignInNeeded."""
        if caller.resident is None:
            raise SignInNeeded()
        if caller.acting:
            raise OwnAppOnly()
        if not await self.enters(client, caller.resident):
            raise TestResidentsOnly()
        if await self._is_child(caller.resident):
            raise PartnerNotForChildren()

    async def _is_child(self, resident: UUID) -> bool:
        """By the document; a resident with none that states a birth date counts as grown up."""
        try:
            with reaching_database():
                person = await self.residents.reveal(resident)
        except ResidentMissing:
            return False
        return ages.is_under(person.number, ages.GUARDED)


def _assured(client: Client, request: AuthorizationRequest) -> bool:
    """Whether an answer can reach nobody but this client. Any app on a device can take a scheme or
    a loopback port and the name of one that proves nothing: then somebody is asked (RFC 8252 §8.6).
    """
    return client.confidential or request.redirect_uri.startswith("https://")


async def _step_up(caller: Caller, interaction: Interaction) -> StepUpNeeded | None:
    """What the client's own wishes need before a yes; None also while nobody is signed in."""
    if caller.resident is None:
        return None
    try:
        proof_asked.check_request(await proof_asked.precise(caller), interaction)
    except StepUpNeeded as needed:
        return needed
    return None


def _told(problem: Problem) -> OAuthRefused:
    """What a client that may show no page is told instead (OpenID Connect Core §3.1.2.6)."""
    if isinstance(problem, StepUpNeeded):
        too_old = problem.facts.get("max_age") is not None
        return LoginRequired("too old") if too_old else InteractionRequired("too low")
    return AccessDenied(problem.code)
