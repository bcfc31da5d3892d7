"""The one place that decides what may leave, and to whom.

Called by the desk, by userinfo, by the resident's own copy and by staff in a case: nowhere else.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID

from identity.caller import Caller, CallerKind
from identity.errors import ScopeMissing, SignInNeeded, StepUpNeeded
from identity.holdings import Record, SomebodyElse, Value
from identity.partners.client import Client
from identity.person import Person, mask
from identity.scopes import PROFILE, Scope, Sensitivity
from identity.ways import FRESH, ORDINARY, SENSITIVE, reaching

# What never leaves, not even to whom it is about: keys, secrets, and digests of them.
_NEVER = frozenset(
    {"check", "code", "credential", "digest", "key", "mark", "not_me", "password", "proof",
     "public_key", "secret", "subject"}
)  # fmt: skip


def permit(caller: Caller, *, scope: str, level: int, max_age: int | None = None) -> None:
    """Let the caller through, or raise SignInNeeded, ScopeMissing or StepUpNeeded.

    ``level`` is the assurance (1–5) the read needs, ``max_age`` the seconds since the
    last proof (RFC 9470 §3); None means any age.
    """
    if caller.resident is None:
        raise SignInNeeded()
    own = caller.kind is CallerKind.RESIDENT and not caller.acting
    if not own and scope not in caller.scopes:
        raise scope_missing(caller, scope)
    if int(caller.acr) < level or _too_old(caller, max_age):
        raise step_up(caller, level, max_age)


class Profile(Protocol):
    """What is known of a resident, field by field (identity.profile)."""

    async def read(
        self, resident: UUID, fields: Collection[str], region: str
    ) -> Mapping[str, Mapping[str, str | bool]]: ...


class Audit(Protocol):
    """Where every read is written down (identity.audit); committed when it returns."""

    async def record_read(
        self, caller: Caller, *, event: str, resident: UUID, service: str, purpose: str
    ) -> None: ...


async def fields(
    caller: Caller, client: Client, scopes: Sequence[Scope], profile: Profile, audit: Audit
) -> Mapping[str, str | bool]:
    """What of the resident's profile leaves to this client for these scopes, by claim.

    ``scopes``: those that the resident gives today. Each field is on record before it leaves.
    Raises SignInNeeded, ScopeMissing or StepUpNeeded, then what the profile and the audit raise.
    """
    if caller.resident is None:
        raise SignInNeeded()
    wanted = [scope for scope in scopes if scope.id.startswith(PROFILE)]
    _permit_all(caller, client, wanted)
    names = [scope.id.removeprefix(PROFILE) for scope in wanted]
    if not names:
        return {}
    found = await profile.read(caller.resident, names, client.metadata.region)
    reads = [
        audit.record_read(
            caller,
            event="record:read",
            resident=caller.resident,
            service=f"profile.{name}",
            purpose=caller.purpose,
        )
        for name in found
    ]
    await asyncio.gather(*reads)
    return {claim: value for claims in found.values() for claim, value in claims.items()}


def _permit_all(caller: Caller, client: Client, wanted: Sequence[Scope]) -> None:
    """One step-up for all of them, so that nobody has to prove twice."""
    for scope in wanted:
        if not client.confidential and scope.sensitivity is not Sensitivity.LOW:
            raise scope_missing(caller, scope.id, "not for a public client")
        permit(caller, scope=scope.id, level=1)
    level = max((scope.level for scope in wanted), default=1)
    max_age = min((s.max_age for s in wanted if s.max_age is not None), default=None)
    if int(caller.acr) < level or _too_old(caller, max_age):
        raise step_up(caller, level, max_age)


def scope_missing(caller: Caller, scope: str, cause: str = "") -> ScopeMissing:
    """With the challenge of RFC 6750 §3.1."""
    challenge = f'{_scheme(caller)} error="insufficient_scope", scope="{scope}"'
    headers = {"WWW-Authenticate": challenge}
    return ScopeMissing(cause or f"lacks {scope}", headers=headers, scope=scope)


def _scheme(caller: Caller) -> str:
    return "DPoP" if caller.key else "Bearer"


def permit_copy(caller: Caller) -> None:
    """Let a resident take their whole copy: themselves alone, freshly proven.

    Raises SignInNeeded, ScopeMissing (for whoever acts for them) or StepUpNeeded.
    """
    permit(caller, scope="", level=SENSITIVE, max_age=FRESH)


def to_staff(caller: Caller, person: Person) -> dict[str, str]:
    """Who a case is of, for the member of staff who holds it: the name in full, as on the papers
    they compare, and the number masked. Raises ScopeMissing for whoever is no staff in a role.
    """
    if caller.kind is not CallerKind.STAFF or not caller.purpose:
        raise scope_missing(caller, "case", "no case, no purpose")
    return {"name": person.name, "id_number": person.number.masked}


def copied(record: Record) -> dict[str, Value]:
    """The fields of a record that go into the copy. Other people's names are masked."""
    return {
        name: mask(value.name) if isinstance(value, SomebodyElse) else value
        for name, value in record.items()
        if name not in _NEVER and not name.endswith("_sealed")
    }


def _too_old(caller: Caller, max_age: int | None) -> bool:
    if max_age is None:
        return False
    if caller.auth_time is None:
        return True
    return (datetime.now(UTC) - caller.auth_time).total_seconds() > max_age


def step_up(
    caller: Caller, level: int, max_age: int | None = None, proofed: int | None = None
) -> StepUpNeeded:
    """What tells the caller to prove again (RFC 9470 §3), with the ways that reach it.

    ``proofed``: the resident's effective level (identity.assurance); without it, what the token
    lets one suppose: it names less than ORDINARY only when the proofing has lapsed.
    """
    if proofed is None:
        proofed = SENSITIVE if int(caller.acr) >= ORDINARY else int(caller.acr)
    challenge = f'{_scheme(caller)} error="insufficient_user_authentication", acr_values="{level}"'
    if max_age is not None:
        challenge += f', max_age="{max_age}"'
    return StepUpNeeded(
        headers={"WWW-Authenticate": challenge},
        acr_values=str(level),
        max_age=max_age,
        ways=[way.id for way in reaching(level, max_age, caller, proofed)],
    )
