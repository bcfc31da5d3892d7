"""The resident's side of a window: one device, one session, and nothing left behind."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from identity.errors import ConsentMissing, ResidentClosed
from identity.models import AuditEvent, Document, Notice, Resident, Session, WindowRequest
from identity.window import states
from identity.window.errors import (
    WindowNotConfirmed,
    WindowRequestMissing,
    WindowRequestOver,
    WindowTokensFetched,
)
from identity.window.requests import ALPHABET
from identity.window.states import State
from tests.support.window import a_device, late


async def test_without_consent_to_the_window_nothing_begins(window):
    for purpose, version in (("", ""), ("identity-verification", "2026-11"), (None, "2001-01")):
        here = a_device(**({} if purpose is None else {"purpose": purpose}))
        with pytest.raises(ConsentMissing):
            await window.requests.begin(version, here)
    assert await WindowRequest.all().count() == 0


async def test_neither_code_nor_secret_nor_device_is_kept_in_plain_words(window):
    here = a_device()
    asked = await window.ask(here)
    row = str(dict(await WindowRequest.get(id=asked.id)))
    assert not [one for one in (asked.code, asked.secret, here.device) if one in row]
    assert len(asked.code) == 8 and set(asked.code) <= set(ALPHABET)


async def test_the_state_is_told_to_who_has_the_secret(window):
    asked = await window.ask(a_device())
    assert await window.requests.state(asked.id, asked.secret) is State.WAITING
    for request, secret in ((asked.id, "another"), (uuid4(), asked.secret)):
        with pytest.raises(WindowRequestMissing):
            await window.requests.state(request, secret)


async def test_tokens_go_only_to_the_device_that_asked(window):
    here, person = a_device(key="k" * 43), await window.person()
    asked = await window.ask(here)
    await window.confirmed(asked, person)
    for other in (
        (asked.secret, replace(here, device="another-device")),
        (asked.secret, replace(here, key="")),
        (asked.secret, replace(here, key="x" * 43)),
        ("another secret", here),
    ):
        with pytest.raises(WindowRequestMissing):
            await window.requests.tokens(asked.id, *other)
    done = await window.requests.tokens(asked.id, asked.secret, here)
    assert done.access.type == "DPoP"


async def test_twenty_fetches_at_once_are_one_session(window):
    here, person = a_device(), await window.person()
    asked = await window.ask(here)
    await window.confirmed(asked, person)
    results = await asyncio.gather(
        *(window.requests.tokens(asked.id, asked.secret, here) for _ in range(20)),
        return_exceptions=True,
    )
    fetched = [result for result in results if not isinstance(result, Exception)]
    assert len(fetched) == 1
    assert sum(isinstance(result, WindowTokensFetched) for result in results) == 19
    assert await Session.filter(resident_id=fetched[0].resident.id).count() == 1


async def test_a_new_resident_is_proofed_at_five_and_begins_with_an_ordinary_session(window):
    here, person = a_device(), await window.person()
    done = await window.verified(here, person)
    assert (done.resident.proofed, done.acr) == (5, "3")
    caller = await window.worker.tokens.read(done.access.value)
    assert (caller.acr, caller.amr) == ("3", ("window",))
    again = await window.worker.sessions.rotate(done.refresh_token)
    assert again.session.acr == "3"
    row = await Session.get(id=again.session.id)
    waits = row.sensitive_from - row.created_at
    assert timedelta(hours=23, minutes=59) < waits <= timedelta(hours=24)
    await Session.filter(id=row.id).update(sensitive_from=datetime.now(UTC))
    later = await window.worker.sessions.rotate(again.refresh_token)
    assert later.session.acr == "5"
    token = await window.worker.tokens.issue(later.session)
    assert (await window.worker.tokens.read(token.value)).acr == "5"


async def test_a_resident_who_was_here_is_told_where_they_are_known(window):
    person = await window.person()
    first = await window.verified(a_device(), person)
    assert await Notice.filter(resident_id=first.resident.id).count() == 0
    again = await window.verified(a_device(), person)
    assert again.resident.id == first.resident.id
    kinds = await Notice.filter(resident_id=first.resident.id).values_list("kind", flat=True)
    assert set(kinds) == {"window-verified", "new-device"}


async def test_the_resident_sees_every_member_of_staff_who_looked(window):
    person = await window.person()
    for _ in range(2):  # as somebody new, and as somebody known
        asked = await window.ask(here := a_device())
        clerk, supervisor = await window.clerk(), await window.supervisor()
        await window.checked(asked, person, clerk)
        await window.desk.show(supervisor, asked.id)
        await window.desk.confirm(supervisor, asked.id)
        done = await window.requests.tokens(asked.id, asked.secret, here)
        rows = await AuditEvent.filter(resident_id=done.resident.id, actor_kind="staff")
        seen_by = {(row.event, row.actor) for row in rows}
        assert ("window:checked", str(clerk.id)) in seen_by
        assert ("window:confirmed", str(supervisor.id)) in seen_by
    assert ("record:read", str(supervisor.id)) in seen_by


async def test_a_closed_record_stays_closed_and_the_request_can_be_fetched_no_more_than_that(
    window,
):
    here, person = a_device(), await window.person()
    done = await window.verified(a_device(), person)
    await Resident.filter(id=done.resident.id).update(closed_at=datetime.now(UTC))
    asked = await window.ask(here)
    await window.confirmed(asked, person)
    with pytest.raises(ResidentClosed):
        await window.requests.tokens(asked.id, asked.secret, here)
    assert (await WindowRequest.get(id=asked.id)).state == State.CONFIRMED


async def test_whatever_ends_a_request_empties_it(window):
    person = await window.person()
    fetched = await window.ask(here := a_device())
    await window.confirmed(fetched, person)
    await window.requests.tokens(fetched.id, fetched.secret, here)
    refused = await window.ask(a_device())
    await window.checked(refused, person, await window.clerk())
    await window.desk.refuse(await window.supervisor(), refused.id)
    expired = await window.ask(a_device())
    await window.confirmed(expired, person)
    await late(expired.id)
    assert await states.expire_old() == 1
    for request, state in (
        (fetched, State.FETCHED),
        (refused, State.REFUSED),
        (expired, State.EXPIRED),
    ):
        row = await WindowRequest.get(id=request.id)
        assert (row.state, row.number_sealed, row.name_sealed) == (state, None, None)
    kept = await Document.all().count()
    assert kept == 1  # the resident's own, and nothing of the window's


async def test_an_ended_request_cannot_be_taken_up_again(window):
    person, clerk, supervisor = (
        await window.person(),
        await window.clerk(),
        await window.supervisor(),
    )
    asked = await window.ask(here := a_device())
    await window.checked(asked, person, clerk)
    await window.desk.refuse(clerk, asked.id)
    for act in (window.desk.confirm, window.desk.refuse, window.desk.show):
        with pytest.raises(WindowRequestOver):
            await act(supervisor, asked.id)
    with pytest.raises(WindowNotConfirmed):
        await window.requests.tokens(asked.id, asked.secret, here)
    asked = await window.ask(here)
    await window.checked(asked, person, clerk)
    await late(asked.id)
    with pytest.raises(WindowRequestMissing):
        await window.desk.confirm(supervisor, asked.id)
    assert await window.requests.state(asked.id, asked.secret) is State.EXPIRED


async def test_a_request_of_long_ago_is_forgotten(window):
    asked = await window.ask(a_device())
    long_ago = datetime.now(UTC) - states.KEPT - timedelta(days=1)
    await WindowRequest.filter(id=asked.id).update(expires_at=long_ago)
    await states.expire_old()
    assert not await WindowRequest.filter(id=asked.id).exists()


async def test_the_list_shows_nothing_of_the_person(window):
    asked, person = await window.ask(a_device()), await window.person()
    await window.checked(asked, person, await window.clerk())
    (row,) = await window.desk.open_requests(await window.supervisor())
    assert person.name not in str(row) and person.number not in str(row)
    assert (row.mine, row.kind, row.state) == (False, "resident-id", State.CHECKED)
