"""A client as the provider's endpoints meet it: read once, frozen, without a secret in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property

from identity.caller import CallerKind
from identity.partners.metadata import Metadata


class ClientKind(StrEnum):
    PARTNER = "partner"
    DEPARTMENT = "department"
    KIOSK = "kiosk"

    @property
    def caller(self) -> CallerKind:
        """What a caller is who shows a token of such a client."""
        return CallerKind(self.value)


class State(StrEnum):
    """``pending`` waits for an operator; ``closed`` is for ever."""

    PENDING = "pending"
    APPROVED = "approved"
    SUSPENDED = "suspended"
    CLOSED = "closed"


@dataclass(frozen=True)
class Client:
    """``rate`` in requests a minute, ``quota`` a day. Tokens from before ``tokens_from`` are
    dead. ``faults``: what a sandbox client wants to go wrong, by name; empty for everybody else.
    """

    id: str
    kind: ClientKind
    environment: str
    state: State
    metadata: Metadata = field(repr=False)
    sector: str
    rate: int
    quota: int
    tokens_from: datetime
    faults: Mapping[str, str] = field(default_factory=dict)

    @property
    def approved(self) -> bool:
        return self.state is State.APPROVED

    @property
    def confidential(self) -> bool:
        """Whether it proves who it is (RFC 6749 §2.1)."""
        return self.metadata.token_endpoint_auth_method != "none"

    @cached_property
    def scopes(self) -> frozenset[str]:
        """All it may ask for."""
        return frozenset(self.metadata.scope.split())

    def may(self, grant: str) -> bool:
        """Whether it is registered for this grant type."""
        return grant in self.metadata.grant_types
