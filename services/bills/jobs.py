"""The jobs of medical bills, by name, as the worker process does them."""

from collections.abc import Mapping

from config.jobs import Handler
from identity.residents import Residents
from identity.vault import Vault
from services.bills import own, settling, standing, work
from services.bills.hospitals import RETURN
from services.bills.office import sharer

SCHEDULES: Mapping[str, str] = {work.WATCH: "*/2 * * * *", standing.NOTE: "17 * * * *"}


def handlers(
    vault: Vault, residents: Residents, departments: Mapping[str, object]
) -> Mapping[str, Handler]:
    """All of them are safe to repeat and to run in any number of workers."""
    working = work.Working(vault, residents, sharer(departments))
    return {
        own.SHARE: working.share,
        own.SETTLE: working.settle,
        RETURN: working.give_parts_back,
        settling.GIVE_BACK: work.give_cash_back,
        work.WATCH: work.watch,
        standing.NOTE: standing.note_standing,
    }
