"""No state of an application is reached by a way that the machine forbids: the database itself
keeps the table of ``services.applications.states``, so that no statement leads around it.
"""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.connection import get_connection
from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from services.applications.states import (
    FINISHED,
    TRANSITIONS,
    Event,
    State,
    TransitionIllegal,
    after,
)
from services.models import Application
from tests.support.counter_held import way_to

WAYS = {(before, led) for (before, _event), led in TRANSITIONS.items()}


class Undone(Exception):
    """Takes back what was tried."""


async def begun(state: State, connection: BaseDBAsyncClient) -> Application:
    """A row that is inserted in this state."""
    return await Application.create(
        using_db=connection, number="ZB", resident_id=uuid4(), service="x", locale="en",
        state=state.value, form_sealed=b"", changed_at=datetime.now(UTC),
    )  # fmt: skip


async def moves(*states: State) -> bool:
    """Whether the database lets a row go this way; the first is what it is inserted as."""
    try:
        async with in_transaction() as connection:
            row = await begun(states[0], connection)
            for state in states[1:]:
                await Application.filter(id=row.id).using_db(connection).update(state=state.value)
            raise Undone
    except Undone:
        return True
    except IntegrityError:
        return False


def test_every_state_is_reached_and_what_is_refused_withdrawn_or_collected_is_left_by_none():
    assert {state for state in State if way_to(state) or state is State.DRAFT} == set(State)
    assert {before for before, _led in WAYS} == set(State) - FINISHED | {State.APPROVED}


@pytest.mark.parametrize("before", list(State))
async def test_from_each_state_the_database_lets_a_row_go_where_the_machine_does(database, before):
    way = (State.DRAFT, *way_to(before))
    assert await moves(*way)
    let = {to for to in State if to != before and await moves(*way, to)}
    assert let == {led for started, led in WAYS if started == before}
    assert await moves(*way, before)  # other columns change, the state does not


async def test_an_application_begins_as_a_draft_or_submitted_and_as_nothing_else(database):
    assert {state for state in State if await moves(state)} == {State.DRAFT, State.SUBMITTED}


async def test_what_nobody_has_ever_heard_of_is_no_state(database):
    row = await begun(State.DRAFT, get_connection("default"))
    with pytest.raises(IntegrityError):
        await Application.filter(id=row.id).update(state="paid")
    assert (await Application.get(id=row.id)).state == State.DRAFT


@pytest.mark.parametrize("state", list(State))
def test_an_event_leads_to_one_state_or_is_refused_and_says_where_it_stands(state):
    for event in Event:
        if (state, event) in TRANSITIONS:
            assert (state, after(state, event)) in WAYS
            continue
        with pytest.raises(TransitionIllegal) as refused:
            after(state, event)
        assert refused.value.facts == {"state": state.value}
