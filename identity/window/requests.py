"""The resident's side: a device asks to be verified at a window, shows a code, fetches tokens."""

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from config.database import reaching_database
from identity import consent, notices
from identity.admission import Admission, Admitted, Arrival, Proven, Verified
from identity.attempts import Attempts
from identity.audit import record
from identity.caller import Caller, CallerKind
from identity.models import WindowRequest
from identity.staff.roles import CLIENT
from identity.vault import Vault
from identity.ways import WINDOW
from identity.window import states
from identity.window.errors import WindowNotConfirmed, WindowRequestMissing, WindowTokensFetched
from identity.window.states import State, state_of

# Read aloud over a counter: nothing that looks or sounds like another.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 8  # 30^8: guessing is paced besides (identity.window.desk)


@dataclass(frozen=True)
class Asked:
    """``code`` is shown to the clerk; ``secret`` stays on the device."""

    id: UUID
    code: str = field(repr=False)
    secret: str = field(repr=False)
    expires_at: datetime


class WindowRequests:
    """``wait``: how long a session from a window is an ordinary one."""

    def __init__(
        self, vault: Vault, attempts: Attempts, admission: Admission, wait: timedelta = WINDOW.waits
    ):
        self._vault = vault
        self._attempts = attempts
        self._admission = admission
        self._wait = wait

    async def begin(self, consent_version: str, arrival: Arrival) -> Asked:
        """A request of this device, and of its key if one came along.

        Raises TooManyFromAddress or ConsentMissing.
        """
        await self._attempts.pace(arrival.address)
        consent.check(arrival.purpose, consent_version, consent.WINDOW)
        code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
        made = Asked(
            uuid4(), code, secrets.token_urlsafe(32), datetime.now(UTC) + states.CODE_LIVES
        )
        with reaching_database():
            await WindowRequest.create(
                id=made.id,
                code=self._vault.digest("window-code", code),
                secret=self._vault.digest("window-secret", made.secret),
                state=State.WAITING,
                device=self._vault.digest("device", arrival.device),
                device_name=arrival.device_name[:80],
                key=arrival.key,
                locale=arrival.locale,
                consent_version=consent_version,
                expires_at=made.expires_at,
            )
        return made

    async def state(self, request: UUID, secret: str) -> State:
        """How far it is. Raises WindowRequestMissing."""
        with reaching_database():
            row = await WindowRequest.get_or_none(id=request)
        if row is None or not self._fits("window-secret", row.secret, secret):
            raise WindowRequestMissing()
        return state_of(row)

    async def tokens(self, request: UUID, secret: str, arrival: Arrival) -> Verified:
        """Once, and to the device that asked: a session at level 5 that begins as an ordinary one.

        Raises WindowRequestMissing (also for another device or key), WindowNotConfirmed,
        WindowTokensFetched, and what Admission.admit raises; the request then stays confirmed.
        """
        with reaching_database():
            async with in_transaction() as connection:
                row = await states.locked(connection, request)
                self._check_device(row, secret, arrival)
                admitted = await self._admitted(connection, row, arrival)
                await states.close(connection, row, State.FETCHED)
            return await self._admission.welcome(admitted)

    async def _admitted(
        self, connection: BaseDBAsyncClient, row: WindowRequest, arrival: Arrival
    ) -> Admitted:
        if row.state == State.FETCHED:
            raise WindowTokensFetched()
        if row.state != State.CONFIRMED:
            raise WindowNotConfirmed()
        consent.check(consent.WINDOW, row.consent_version, consent.WINDOW)
        name, number = states.kept(self._vault, row)
        known = await self._admission.residents.find(number, connection)
        proven = Proven(name, number, WINDOW.level, WINDOW.amr, self._wait)
        admitted = await self._admission.admit(connection, proven, arrival)
        if known is None:
            await _tell_of_staff(connection, row, admitted)
        else:
            await _tell_known_devices(connection, row, admitted)
        return admitted

    def _check_device(self, row: WindowRequest, secret: str, arrival: Arrival) -> None:
        ours = (
            self._fits("window-secret", row.secret, secret)
            and self._fits("device", row.device, arrival.device)
            and row.key == arrival.key
        )
        if not ours:
            raise WindowRequestMissing()

    def _fits(self, kind: str, kept: str, shown: str) -> bool:
        return kept in self._vault.digests(kind, shown).values()


async def _tell_of_staff(
    connection: BaseDBAsyncClient, row: WindowRequest, admitted: Admitted
) -> None:
    """Somebody new sees too who looked at their document, before they were anybody here."""
    for event, staff in (
        ("window:checked", row.checked_by),
        ("window:confirmed", row.confirmed_by),
    ):
        await record(
            connection,
            event=event,
            resident=admitted.person.resident,
            caller=Caller(CallerKind.STAFF, actor=str(staff), client=CLIENT),
            purpose=consent.WINDOW,
        )


async def _tell_known_devices(
    connection: BaseDBAsyncClient, row: WindowRequest, admitted: Admitted
) -> None:
    """Whoever was somebody here before hears of it where they are already known."""
    session = UUID(str(admitted.opened.session.id))
    facts = {"device": row.device_name or "-"}
    await notices.tell(connection, admitted.person.resident, "window-verified", facts, session)
