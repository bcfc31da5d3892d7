"""A window for tests: a worker's rooms, a resident's device before it, and staff behind it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from config.outbound import Outbound
from config.settings import Settings
from identity import consent
from identity.admission import Admission, Arrival, Verified
from identity.attempts import Attempts
from identity.models import WindowRequest
from identity.register import Register
from identity.residents import Residents
from identity.staff.roles import Member
from identity.window.desk import WindowDesk
from identity.window.requests import Asked, WindowRequests
from identity.window.values import Seen
from tests.support import faces as pictures
from tests.support.log_capture import personal
from tests.support.sandbox import Sandbox, SandboxResident
from tests.support.session_parts import SessionParts, a_worker
from tests.support.staff import StaffRoom
from tests.support.verification_parts import in_sandbox

REGION = "4403"
VERSION = consent.VERSIONS[consent.WINDOW]


@dataclass(frozen=True)
class Window:
    """One worker's window, with the sandbox's register."""

    requests: WindowRequests
    desk: WindowDesk
    staff: StaffRoom
    worker: SessionParts
    residents: Residents
    sandbox: Sandbox

    async def person(self) -> SandboxResident:
        made = await self.sandbox.new_resident(pictures.portrait(pictures.OBAMA))
        personal(made.name), personal(made.number)
        return made

    async def ask(self, here: Arrival) -> Asked:
        return await self.requests.begin(VERSION, here)

    async def clerk(self, region: str = REGION) -> Member:
        return await self.staff.member("clerk", region=region)

    async def supervisor(self, region: str = REGION) -> Member:
        return await self.staff.member("supervisor", region=region)

    async def checked(self, asked: Asked, person: SandboxResident, by: Member) -> None:
        """As far as the second person."""
        await self.desk.take(by, asked.code)
        assert await self.desk.check(by, asked.id, seen(person)) == "match"

    async def confirmed(self, asked: Asked, person: SandboxResident) -> None:
        """As far as the tokens."""
        await self.checked(asked, person, await self.clerk())
        await self.desk.confirm(await self.supervisor(), asked.id)

    async def verified(self, here: Arrival, person: SandboxResident) -> Verified:
        """The whole way."""
        asked = await self.ask(here)
        await self.confirmed(asked, person)
        done = await self.requests.tokens(asked.id, asked.secret, here)
        personal(done.access.value), personal(done.refresh_token)
        return done


def seen(person: SandboxResident, **others: str) -> Seen:
    """The document of this resident in the clerk's hand."""
    return replace(Seen("resident-id", person.number, person.name), **others)


def a_device(**others: str) -> Arrival:
    """A resident's device that nobody has seen before."""
    here = Arrival(device=f"device-{uuid4().hex}", device_name="a phone", purpose=consent.WINDOW)
    return replace(here, address="203.0.113.9", **others)


@asynccontextmanager
async def a_window(settings: Settings, sandbox: Sandbox) -> AsyncIterator[Window]:
    """``settings`` are those of the test; the register is the sandbox's."""
    given = in_sandbox(settings, sandbox)
    async with a_worker(given) as worker, Outbound(given) as outbound:
        residents = Residents(worker.vault, given.proofing_months)
        admission = Admission(residents, worker.sessions, worker.tokens, worker.vault)
        staff = StaffRoom.on(worker.vault)
        yield Window(
            WindowRequests(worker.vault, Attempts(worker.cache, worker.vault, given), admission),
            WindowDesk(
                worker.vault,
                Register(outbound, given),
                residents,
                staff.accounts,
                worker.sessions,
            ),
            staff,
            worker,
            residents,
            sandbox,
        )


async def late(request: UUID) -> None:
    """Its time is over."""
    past = datetime.now(UTC) - timedelta(seconds=1)
    await WindowRequest.filter(id=request).update(expires_at=past)
