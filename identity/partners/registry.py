"""Clients by id, in each worker's memory: forgotten by news within a second, and not trusted
while no news can be heard (``identity.news``). Nothing is remembered for longer than ``OLDEST``,
so that news which was never sent (its sender died on the way) is made good soon.
"""

import json
import time
from collections import OrderedDict

from config.database import reaching_database
from identity.models import Partner
from identity.news import News
from identity.partners.client import Client, ClientKind, State
from identity.partners.metadata import Metadata

TOPIC = "clients-changed"
OLDEST = 30.0  # seconds
_REMEMBERED = 5_000


class Registry:
    """``client`` on every request; ``changed`` after a change of a client was committed."""

    def __init__(self, news: News):
        self._news = news
        self._known: OrderedDict[str, tuple[float, Client]] = OrderedDict()
        self._changes = 0  # a row that was read before a change was heard must not be kept
        news.on(TOPIC, self._forget)
        news.on_begin(self._forget_all)

    async def client(self, id: str) -> Client | None:
        """The client of that id in whatever state, or None. Raises DatabaseUnavailable."""
        if self._news.hearing and (known := self._known.get(id)):
            read_at, client = known
            if time.monotonic() - read_at < OLDEST:
                return client
        seen, began = self._changes, time.monotonic()
        with reaching_database():
            row = await Partner.get_or_none(id=id) if could_be(id) else None
        if row is None:
            return None
        client = of(row)
        if seen == self._changes:
            self._keep(client, began)
        return client

    async def changed(self, id: str) -> None:
        """Tell every worker."""
        await self._news.say(TOPIC, id)

    def _keep(self, client: Client, read_at: float) -> None:
        self._known[client.id] = read_at, client
        if len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)

    def _forget(self, id: str) -> None:
        self._changes += 1
        self._known.pop(id, None)

    async def _forget_all(self) -> None:
        self._changes += 1
        self._known.clear()


def of(row: Partner) -> Client:
    """The client of a row."""
    return Client(
        id=row.id,
        kind=ClientKind(row.kind),
        environment=row.environment,
        state=State(row.state),
        metadata=Metadata.model_validate_json(row.metadata),
        sector=row.sector,
        rate=row.rate,
        quota=row.quota,
        tokens_from=row.tokens_from,
        faults=json.loads(row.faults),
    )


def could_be(id: str) -> bool:
    """What PostgreSQL could hold: no NUL, no lone surrogate, no novel."""
    return 0 < len(id) <= 64 and id.isascii() and id.isprintable()
