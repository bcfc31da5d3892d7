"""The SMS gateway: a text to a telephone, signed, once a reference."""

import json
from collections.abc import Mapping

from config.errors import Unavailable
from config.outbound import Outbound, OutboundFailed
from config.settings import RefusedToStart, Settings
from identity.signed import signature

OFFICE = "sms-gateway"
SECONDS = 5.0
_TAKEN = 202


class SmsUnavailable(Unavailable):
    code = "sms-unavailable"


class Sms:
    """``offered`` is False where no gateway is set."""

    def __init__(self, outbound: Outbound, settings: Settings):
        self._outbound = outbound
        self._url, self._key = _account(settings)
        self.offered = bool(self._url)

    async def send(self, phone: str, text: str, reference: str) -> None:
        """Hand a message over. A ``reference`` that is repeated is delivered once.

        Raises SmsUnavailable when the gateway did not say that it took it.
        """
        if not self.offered:
            raise SmsUnavailable("no gateway is set")
        body = _body({"to": phone, "text": text, "reference": reference})
        url = f"{self._url}/messages"
        headers = {"Content-Type": "application/json"} | signature(self._key, url, body)
        try:
            reply = await self._outbound.send(
                "POST", url, body=body, headers=headers, timeout=SECONDS
            )
        except OutboundFailed as fault:
            raise SmsUnavailable(fault.reason) from fault
        if reply.status != _TAKEN:
            raise SmsUnavailable(f"status {reply.status}")


def _account(settings: Settings) -> tuple[str, bytes]:
    """Address and key; outside production the sandbox's where none is set.

    Raises RefusedToStart for an address without a key.
    """
    given = settings.sms_key.get_secret_value().encode()
    if settings.environment == "production":
        if settings.sms_url and not given:
            raise RefusedToStart("SMS_KEY is not set, and SMS_URL needs it")
        return settings.sms_url.rstrip("/"), given
    address = settings.sms_url or f"{settings.sandbox_url}/{OFFICE}"
    return address.rstrip("/"), given or settings.sandbox_secret(OFFICE)


def _body(said: Mapping[str, str]) -> bytes:
    return json.dumps(said, ensure_ascii=False).encode()
