"""Sanic's signals, without the ones that nobody listens to.

Sanic tells of ten steps of every request, and looks for listeners anew each time: a tenth of what
a small answer costs. Nothing here listens to them, and what does not exist need not be looked for.
"""

from enum import Enum
from typing import Any

from sanic.signals import Signal, SignalRouter

_OF_REQUESTS = "http."


class QuietSignals(SignalRouter):
    """As Sanic's own as soon as anybody listens to a step of a request."""

    def __init__(self) -> None:
        super().__init__()
        self._heard = False

    def add(self, *given: Any, **more: Any) -> Signal:
        signal = super().add(*given, **more)
        self._heard = self._heard or signal.ctx.definition.startswith(_OF_REQUESTS)
        return signal

    async def dispatch(self, event: str | Enum, **given: Any) -> Any:
        name = str(event.value) if isinstance(event, Enum) else event
        if not self._heard and name.startswith(_OF_REQUESTS):
            return None
        return await super().dispatch(event, **given)
