"""What every way of proving oneself begins and ends with: where somebody stands, and tokens."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, StringConstraints

from api.ask import Ask
from api.device_names import device_name
from api.tokens import TokensIssued
from identity.admission import Arrival, Verified
from identity.residents import ResidentView

# What a guardian was given, for somebody under fourteen: in the body of every way.
GuardianCode = Annotated[str, StringConstraints(max_length=32)]


class ResidentShown(BaseModel):
    """Name and number show their first and last character only."""

    id: str
    name: str
    id_number: str
    proofed: int
    proofed_at: datetime
    proofed_until: datetime

    @classmethod
    def of(cls, view: ResidentView, **more: Any) -> Any:
        return cls(
            id=str(view.id),
            name=view.name,
            id_number=view.id_number,
            proofed=view.proofed,
            proofed_at=view.proofed_at,
            proofed_until=view.proofed_until,
            **more,
        )


class VerificationDone(TokensIssued):
    """What every way of proving oneself ends in."""

    resident: ResidentShown

    @classmethod
    def of(cls, done: Verified) -> "VerificationDone":
        return cls(
            access_token=done.access.value,
            token_type=done.access.type,
            expires_in=done.access.expires_in,
            refresh_token=done.refresh_token,
            acr=done.acr,
            resident=ResidentShown.of(done.resident),
        )


def arrival(
    ask: Ask[Any, Any],
    device: str,
    purpose: str,
    *,
    lift_freeze: bool = False,
    channel: str = "web",
) -> Arrival:
    """Where this request's sender stands, with the id of their device."""
    return Arrival(
        device=device,
        device_name=device_name(ask.user_agent, ask.locale),
        purpose=purpose,
        locale=ask.locale,
        channel=channel,
        key=ask.key,
        address=ask.address,
        place=ask.parts.core.places.of(ask.address),
        caller=ask.caller,
        lift_freeze=lift_freeze,
    )
