"""Signals nobody listens to are not looked for; one that somebody hears is told as ever."""

from uuid import uuid4

import pytest
from sanic import Sanic
from sanic.signals import Event
from sanic_routing.exceptions import NotFound

from api.signals import QuietSignals

STEP = Event.HTTP_LIFECYCLE_REQUEST


@pytest.fixture
def app() -> Sanic:
    return Sanic(f"test-{uuid4().hex[:8]}", signal_router=QuietSignals(), configure_logging=False)


async def test_a_listener_of_a_step_of_requests_hears_it(app: Sanic):
    heard = []

    @app.signal(STEP)
    async def hears(**context):
        heard.append(context["request"])

    app.signal_router.finalize()
    for event in (STEP, STEP.value):
        await app.dispatch(event, inline=True, context={"request": "x"})
    assert heard == ["x", "x"]


async def test_other_signals_are_told_as_ever(app: Sanic):
    heard = []

    @app.signal("house.bell.rings")
    async def hears(**_context):
        heard.append(1)

    app.signal_router.finalize()
    await app.dispatch("house.bell.rings", inline=True)
    assert heard == [1]
    with pytest.raises(NotFound):
        await app.dispatch("another.window.breaks", inline=True)


async def test_a_step_nobody_hears_is_no_fault(app: Sanic):
    app.signal_router.finalize()
    assert await app.dispatch(STEP, inline=True, context={"request": "x"}) is None
