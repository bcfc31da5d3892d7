"""What members of staff do at the counter: cases, tickets, jobs and figures."""

from dataclasses import dataclass

from api.parts.core import Core
from api.parts.ground import Ground
from services.applications.case_file import Reader
from services.applications.moves import Moves
from services.applications.queue import Queue
from services.applications.reach import Reaches
from services.applications.work import Work as Cases
from services.catalogue import Catalogue
from services.materials.store import Materials
from services.materials.taking import Taking
from services.tickets.desk import TicketDesk


@dataclass(frozen=True)
class Work:
    queue: Queue
    cases: Cases
    tickets: TicketDesk


def work(ground: Ground, core: Core, catalogue: Catalogue) -> Work:
    vault, moves = ground.vault, Moves(ground.vault, catalogue)
    queue, reader = Queue(Reaches(vault, catalogue), moves), Reader(moves, Taking(vault))
    return Work(
        queue=queue,
        cases=Cases(queue, reader, core.residents, Materials(vault, ()), ground.audit),
        tickets=TicketDesk(vault),
    )
