"""What the counter forgets, closes and watches by the clock: jobs of the rooms around a case."""

from collections.abc import Mapping
from functools import partial

from config.jobs import Handler
from services import idempotency
from services.catalogue import Catalogue
from services.materials import store
from services.ratings import closing
from services.signing import signing
from services.tickets import clock

SCHEDULES: Mapping[str, str] = {
    idempotency.JOB: "7 * * * *",
    store.JOB: "27 * * * *",
    signing.JOB: "37 * * * *",
    closing.JOB: "10 1 * * *",  # in the morning in China
    clock.JOB: "20 1 * * *",
}


def handlers(catalogue: Catalogue) -> Mapping[str, Handler]:
    """All of them are safe to repeat."""
    return {
        idempotency.JOB: idempotency.forget_old,
        store.JOB: store.forget_unused,
        signing.JOB: signing.forget_unsigned,
        closing.JOB: partial(closing.close, catalogue),
        clock.JOB: clock.watch,
    }
