"""The gateway that relays calls: a number of its own and an extension, for ten minutes.

Whoever dials both is connected; each side sees the gateway's number only. It is told whom to ring,
never who will call, so no stranger has to leave a number either.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from config.outbound import Outbound, OutboundFailed
from config.settings import RefusedToStart, Settings
from identity.signed import signature
from services.cars.errors import VoiceUnavailable

OFFICE = "voice-gateway"
LASTS = timedelta(minutes=10)
_SECONDS = 5.0
_MADE = 201


class _Given(BaseModel):
    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)

    relay: str = Field(pattern=r"^[0-9]{5,12}$")
    extension: str = Field(pattern=r"^[0-9]{3,8}$")


@dataclass(frozen=True)
class Relay:
    """What a stranger dials, until ``expires_at`` (UTC)."""

    number: str
    extension: str
    expires_at: datetime


class Voice:
    """``offered`` is False where no gateway is set."""

    def __init__(self, outbound: Outbound, settings: Settings):
        self._outbound = outbound
        self._url, self._key = _account(settings)
        self.offered = bool(self._url)

    async def relay_to(self, phone: str, reference: str) -> Relay:
        """A way to ring this telephone. A ``reference`` that is repeated gets the same one.

        Raises VoiceUnavailable.
        """
        lasts = int(LASTS.total_seconds())
        wanted = {"callee": phone, "expires_in": lasts, "reference": reference}
        body = json.dumps(wanted).encode()
        url = f"{self._url}/relays"
        headers = {"Content-Type": "application/json"} | signature(self._key, url, body)
        until = datetime.now(UTC) + LASTS
        try:
            reply = await self._outbound.send(
                "POST", url, body=body, headers=headers, timeout=_SECONDS
            )
        except OutboundFailed as fault:
            raise VoiceUnavailable(fault.reason) from fault
        if reply.status != _MADE:
            raise VoiceUnavailable(f"status {reply.status}")
        return _read(reply.body, until)


def _read(raw: bytes, until: datetime) -> Relay:
    try:
        given = _Given.model_validate_json(raw)
    except ValidationError:
        raise VoiceUnavailable("an answer of another form") from None
    return Relay(given.relay, given.extension, until)


def _account(settings: Settings) -> tuple[str, bytes]:
    """Address and key; outside production the sandbox's where none is set.

    Raises RefusedToStart for an address without a key.
    """
    given = settings.voice_key.get_secret_value().encode()
    if settings.environment == "production":
        if settings.voice_url and not given:
            raise RefusedToStart("VOICE_KEY is not set, and VOICE_URL needs it")
        return settings.voice_url.rstrip("/"), given
    address = settings.voice_url or f"{settings.sandbox_url}/{OFFICE}"
    return address.rstrip("/"), given or settings.sandbox_secret(OFFICE)
