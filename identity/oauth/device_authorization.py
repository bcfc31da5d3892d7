"""Where a kiosk begins a hand-off (RFC 8628 §3.1, §3.2; RFC 10027): one service, one minute.

The device grant only where nothing better serves: enrolled kiosks, and nobody else.
"""

from dataclasses import dataclass, field

import segno

from config.settings import Settings
from identity.kiosks.errors import KioskOnly, KioskServiceMissing
from identity.kiosks.offers import Offer, Offers
from identity.kiosks.terminals import Terminal, Terminals, enrolled_key
from identity.kiosks.waiting import (
    CLAIMED_SECONDS,
    INTERVAL,
    QR_SECONDS,
    Codes,
    Waiting,
    grouped,
)
from identity.oauth.authentication import Authentication, Party
from identity.oauth.message import Message, Parameters
from identity.oauth.refusals import InvalidScope, UnauthorizedClient
from identity.partners.metadata import DEVICE

PAGE = "/#/pages/handoff/handoff"
OPENID = "openid"


@dataclass(frozen=True)
class Authorization:
    """RFC 8628 §3.2. ``qr``: the complete address as a picture (a data URI of SVG), so that the
    kiosk's page needs no program of its own for it; ``qr_expires_in`` seconds it can be scanned,
    ``expires_in`` seconds a scanned one has at most.
    """

    device_code: str = field(repr=False)
    user_code: str = field(repr=False)
    verification_uri: str
    verification_uri_complete: str = field(repr=False)
    expires_in: int
    interval: int
    qr: str = field(repr=False)
    qr_expires_in: int


class DeviceAuthorization:
    def __init__(
        self,
        authentication: Authentication,
        terminals: Terminals,
        offers: Offers,
        waiting: Waiting,
        settings: Settings,
    ):
        self._authentication = authentication
        self._terminals = terminals
        self._offers = offers
        self._waiting = waiting
        self._page = settings.public_url.rstrip("/") + PAGE

    async def begin(self, message: Message) -> Authorization:
        """Codes for one hand-off. Raises what authenticating raises, UnauthorizedClient for all
        but enrolled kiosks, InvalidScope for all but one service of this kiosk.
        """
        party = await self._authentication.party(message, bound=False)
        check_grant(party)
        terminal = await kiosk(self._terminals, party)
        offer = self._asked_for(message.parameters, terminal)
        codes = await self._waiting.show(terminal.client, terminal.key, offer.id)
        return self._answer(codes)

    def _asked_for(self, parameters: Parameters, terminal: Terminal) -> Offer:
        """Narrow scope: the answers of one service. ``openid`` beside it is not given, and the
        answer's ``scope`` says so (RFC 6749 §3.3): a kiosk has no use for a name of its visitor.
        """
        services = [one for one in parameters.words("scope") if one != OPENID]
        if len(services) != 1:
            raise InvalidScope("not one service")
        try:
            return self._offers.of_scope(services[0], terminal.region)
        except KioskServiceMissing:
            raise InvalidScope("not a service of this kiosk") from None

    def _answer(self, codes: Codes) -> Authorization:
        shown = grouped(codes.user)
        complete = f"{self._page}?code={shown}"
        return Authorization(
            device_code=codes.device,
            user_code=shown,
            verification_uri=self._page,
            verification_uri_complete=complete,
            expires_in=QR_SECONDS + CLAIMED_SECONDS,
            interval=INTERVAL,
            qr=segno.make(complete, error="m").svg_data_uri(scale=8, border=4),
            qr_expires_in=QR_SECONDS,
        )


def check_grant(party: Party) -> None:
    """Registered for the device grant. Raises UnauthorizedClient."""
    if not party.client.may(DEVICE):
        raise UnauthorizedClient("not for the device grant")


async def kiosk(terminals: Terminals, party: Party) -> Terminal:
    """The enrolled kiosk, by its own key: it has only one, so without a proof beside it the
    assertion is proof enough to begin (RFC 8628 asks for no more). Raises UnauthorizedClient.
    """
    try:
        return await terminals.of(party.client, party.key or enrolled_key(party.client))
    except KioskOnly as refused:
        raise UnauthorizedClient(refused.cause) from None
