"""How many statements the house sends to PostgreSQL, as Tortoise says them to its own log."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

_CLIENT = logging.getLogger("tortoise.db_client")
# What a worker asks by the clock or after a silence, for nobody's request.
_ROUNDS = (
    'FROM "vault_key" ORDER BY',
    "INTO item_use",
    "INTO search_miss",
    'FROM "item_edit" WHERE "state"=$1',
    'ended_token" WHERE "expires_at">=',
    'FROM "session" WHERE "ended_at">=',
)


class _Listening(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(str(record.args[0]) if record.args else record.getMessage())


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements sent by this process meanwhile, without their values, in their order."""
    listening, level, heard = _Listening(), _CLIENT.level, _CLIENT.propagate
    _CLIENT.addHandler(listening)
    _CLIENT.setLevel(logging.DEBUG)
    _CLIENT.propagate = False  # the values go nowhere
    try:
        yield listening.said
    finally:
        _CLIENT.removeHandler(listening)
        _CLIENT.setLevel(level)
        _CLIENT.propagate = heard


def asked(said: list[str]) -> list[str]:
    """Those that requests made, without a worker's own rounds."""
    return [one for one in said if not any(round in one for round in _ROUNDS)]
