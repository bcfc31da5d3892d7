"""One worker and one web process over real departments, for applications of the house."""

from config.settings import Settings
from identity.vault import Vault
from services.applications import steps, watch
from services.applications.engine import Engine
from services.applications.ledger import ADVANCE
from services.applications.moves import Moves
from services.applications.story import Applications
from services.applications.visits import Visits
from services.materials.taking import Taking
from tests.services.applications.bench import Bench, Clock
from tests.services.conftest import Counter
from tests.services.counter import caller


def working(settings: Settings, counter: Counter, id: str, clock: Clock | None = None) -> Bench:
    """One worker and one web process over the counter's departments."""
    vault, clock = Vault.from_settings(settings), clock or Clock()
    residents = counter.residents
    moves, taking = Moves(vault, counter.catalogue, clock=clock), Taking(vault)
    visits = Visits(moves, counter.departments, residents, taking)
    story = Applications(vault, counter.catalogue, residents, taking, moves=moves)
    handlers = {ADVANCE: Engine(moves).advance, steps.JOB: visits.do_step}
    service = counter.catalogue.service(id)
    clocks = watch.Watch(moves, visits, counter.catalogue)
    who = caller(counter.person.resident)
    return Bench(
        vault, service, counter.catalogue, story, moves, visits, clocks, handlers, clock, None,
        None, who,
    )  # fmt: skip
