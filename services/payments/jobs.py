"""The jobs of payments, by name, as the worker process does them."""

from collections.abc import Mapping

from config import logs
from config.jobs import Handler, Payload
from config.outbound import Outbound
from config.settings import Settings
from services.payments import reconciliation, refunding, watch
from services.payments.errors import ProviderAway
from services.payments.merchant import merchant
from services.payments.provider import Provider
from services.payments.settlements import Settlements
from services.payments.till import Till

log = logs.get("services.payments")

SCHEDULES: Mapping[str, str] = {
    watch.WATCH: "* * * * *",
    reconciliation.JOB: "15 2 * * *",  # in the morning in China, when the bill is ready
}


def handlers(
    outbound: Outbound, settings: Settings, settlements: Settlements
) -> dict[str, Handler]:
    """All of them are safe to repeat and to run in any number of workers."""
    provider = Provider(outbound, merchant(settings), settings.public_url)
    till = Till(settlements)
    looks = watch.Watch(provider, till)
    return {
        watch.WATCH: looks.watch,
        watch.LOOK: _or_later(looks.look),
        refunding.JOB: _or_later(looks.send_refund),
        reconciliation.JOB: reconciliation.Reconciliation(provider, till).run,
    }


def _or_later(handler: Handler) -> Handler:
    """While the provider is away: ``watch-payments`` asks for it again within a minute, so that no
    job waits for its own next try, and none ends as a dead letter.
    """

    async def do(payload: Payload) -> None:
        try:
            await handler(payload)
        except ProviderAway as away:
            log.warning("provider-away", cause=away.cause)

    return do
