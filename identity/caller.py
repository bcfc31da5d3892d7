"""Who is asking: through which client, with which scopes and how well proven."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class CallerKind(StrEnum):
    NOBODY = "nobody"
    RESIDENT = "resident"
    PARTNER = "partner"
    KIOSK = "kiosk"
    STAFF = "staff"
    DEPARTMENT = "department"


OWN_APP = "zhiban-app"


@dataclass(frozen=True)
class Caller:
    """The gate makes one for every request; stories receive it and never a token.

    ``actor`` is who acts (for a resident the resident's UUID as text), ``purpose`` why:
    it comes from the grant, the case or the service. ``key``: the thumbprint of the device key that
    the token is bound to (RFC 9449), empty for a bearer's.
    """

    kind: CallerKind = CallerKind.NOBODY
    resident: UUID | None = None
    actor: str = ""
    client: str = ""
    session: UUID | None = None
    scopes: frozenset[str] = field(default_factory=frozenset)
    acr: str = "1"
    amr: tuple[str, ...] = ()
    auth_time: datetime | None = None
    purpose: str = ""
    key: str = ""

    @property
    def acting(self) -> bool:
        """Whether a family agent speaks for the resident (claim ``act``, RFC 8693 §4.1)."""
        return self.kind is CallerKind.RESIDENT and self.actor != str(self.resident)


NOBODY = Caller()
