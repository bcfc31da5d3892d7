"""The jobs of applications, by name, as the worker process does them."""

from collections.abc import Mapping

from config.jobs import Handler
from identity.residents import Residents
from identity.vault import Vault
from services.applications import rounds, steps, watch
from services.applications.engine import Engine
from services.applications.ledger import ADVANCE
from services.applications.moves import Moves
from services.applications.visits import Visits
from services.catalogue import Catalogue
from services.department import Department
from services.materials.taking import Taking

SCHEDULES: Mapping[str, str] = {
    watch.WATCH: "*/10 * * * *",
    watch.GIVE_UP: "* * * * *",
    rounds.JOB: "5-59/10 * * * *",
}


def handlers(
    vault: Vault, catalogue: Catalogue, departments: Mapping[str, Department]
) -> Mapping[str, Handler]:
    """All of them are safe to repeat and to run in any number of workers."""
    moves = Moves(vault, catalogue)
    visits = Visits(moves, departments, Residents(vault), Taking(vault))
    clock = watch.Watch(moves, visits, catalogue)
    return {
        ADVANCE: Engine(moves).advance,
        steps.JOB: visits.do_step,
        watch.WATCH: clock.watch,
        watch.GIVE_UP: clock.give_up_dead,
        rounds.JOB: rounds.Rounds(vault, catalogue, moves).walk,
    }
