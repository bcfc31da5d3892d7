"""Everything an application needs, on real engines, with offices and a clock of the test's own."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Self
from uuid import UUID, uuid4

from tortoise.connection import get_connection

from config.jobs import Handler
from config.settings import Settings
from identity.caller import Caller
from identity.person import IdNumber, Person
from identity.vault import Vault
from services.applications import steps, watch
from services.applications.engine import Engine
from services.applications.ledger import ADVANCE
from services.applications.moves import Moves
from services.applications.story import Applications
from services.applications.visits import Visits
from services.catalogue import Catalogue
from services.materials.taking import Taking
from services.models import Application, ApplicationEvent, ApplicationStep, Material, Signature
from services.service import Service
from tests.services.applications.permit import Brigade, Register, permit
from tests.services.counter import NAME, NUMBER, caller
from tests.support.session_parts import a_resident

OURS = (ADVANCE, steps.JOB)
FORM = {"stall": "A7", "region": "440100"}


class Clock:
    """A Friday morning in China, until a test moves it."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)


class Revealing:
    """Whoever is asked for has this name."""

    async def reveal(self, resident: UUID) -> Person:
        return Person(resident, NAME, IdNumber(NUMBER))


@dataclass
class Bench:
    """One worker and one web process in one, and what stands behind them."""

    vault: Vault
    service: Service
    catalogue: Catalogue
    story: Applications
    moves: Moves
    visits: Visits
    watch: watch.Watch
    handlers: Mapping[str, Handler]
    clock: Clock
    register: Register
    brigade: Brigade
    who: Caller
    faults: list[Exception] = field(default_factory=list)

    async def there(self) -> Self:
        """With a record of who applies: drafts, and what is sent under a key, are theirs alone."""
        await a_resident(self.who.resident)
        return self

    async def submit(self, form: Mapping[str, str] | None = None, who: Caller | None = None) -> str:
        form = dict(FORM if form is None else form)
        made = await self.story.submit(who or self.who, self.service.id, form, (), "en")
        return made.number

    async def jobs(self, *names: str) -> list[tuple[int, str, dict[str, str]]]:
        """What waits, the oldest first."""
        rows = await get_connection("default").execute_query_dict(
            "SELECT id, entrypoint, payload FROM pgqueuer WHERE status = 'queued' "
            "AND entrypoint = ANY($1) ORDER BY id",
            [list(names or OURS)],
        )
        return [(row["id"], row["entrypoint"], json.loads(row["payload"])) for row in rows]

    async def run_one(self, job: tuple[int, str, dict[str, str]]) -> None:
        """As a worker does it; a fault is kept and the job stays."""
        id, name, payload = job
        try:
            await self.handlers[name](payload)
        except Exception as fault:
            self.faults.append(fault)
            return
        await get_connection("default").execute_query("DELETE FROM pgqueuer WHERE id = $1", [id])

    async def work(self, rounds: int = 30) -> None:
        """Do what waits until nothing new comes; a job that failed is not tried again here."""
        tried: set[int] = set()
        for _ in range(rounds):
            waiting = [job for job in await self.jobs() if job[0] not in tried]
            if not waiting:
                return
            for job in waiting:
                tried.add(job[0])
                await self.run_one(job)

    async def row(self, number: str) -> Application:
        return await Application.get(number=number)

    async def state(self, number: str) -> str:
        return str((await self.row(number)).state)

    async def events(self, number: str) -> list[str]:
        row = await self.row(number)
        found = ApplicationEvent.filter(application_id=row.id).order_by("id")
        return [f"{one.name}:{one.step}" if one.step else one.name for one in await found]

    async def steps(self, number: str) -> dict[str, ApplicationStep]:
        return dict(await steps.present(None, UUID(str((await self.row(number)).id))))

    async def signed(self, form: Mapping[str, object]) -> UUID:
        """As ``services.signing`` leaves it: a document that says what this form says."""
        made, id = await self.upload("signed-application"), uuid4()
        await Material.filter(id=made).update(source="signed")
        now, written = datetime.now(UTC), json.dumps(form, ensure_ascii=False).encode()
        await Signature.create(
            id=id,
            resident_id=self.who.resident,
            service=self.service.id,
            kind="signed-application",
            form_sealed=self.vault.seal(written, f"signature.form:{id}"),
            sha256="0" * 64,
            shown_at=now,
            signed_at=now,
            material_id=made,
        )
        return made

    async def upload(self, kind: str = "lease", who: Caller | None = None) -> UUID:
        """A document of the resident's that waits to be used."""
        made = uuid4()
        await Material.create(
            id=made,
            resident_id=(who or self.who).resident,
            kind=kind,
            source="uploaded",
            name_sealed=self.vault.seal(b"lease.pdf", f"material.name:{made}"),
            media_type="application/pdf",
            size=3,
            sha256="0" * 64,
            content_sealed=self.vault.seal(b"abc", f"material.content:{made}"),
        )
        return made


def bench(settings: Settings, service: Service | None = None, *others: Service) -> Bench:
    """The database is open already; ``others`` stand beside the service in the catalogue."""
    service = service or permit()
    vault, clock, register, brigade = Vault.from_settings(settings), Clock(), Register(), Brigade()
    catalogue = Catalogue([service, *others], [Register, Brigade])
    moves = Moves(vault, catalogue, clock=clock)
    residents, taking = Revealing(), Taking(vault)
    visits = Visits(moves, {"register": register, "brigade": brigade}, residents, taking)
    story = Applications(vault, catalogue, residents, taking, moves=moves)  # type: ignore[arg-type]
    clocks = watch.Watch(moves, visits, catalogue)
    handlers = {ADVANCE: Engine(moves).advance, steps.JOB: visits.do_step}
    return Bench(
        vault, service, catalogue, story, moves, visits, clocks, handlers, clock, register, brigade,
        caller(uuid4()),
    )  # fmt: skip
