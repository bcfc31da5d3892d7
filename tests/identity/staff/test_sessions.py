"""Passwords as they are kept, and sessions as they end."""

from datetime import UTC, datetime, timedelta

import argon2
import pytest

from identity.models import StaffAccount, StaffSession
from identity.staff import passwords, sessions
from identity.staff.errors import (
    StaffPasswordWeak,
    StaffSignInNeeded,
    StaffSignInRefused,
)
from tests.support.staff import (
    ADDRESS,
    PASSWORD,
    sign_in,
)


@pytest.mark.parametrize(
    "weak",
    ["", "short", "a" * 40, "ababababababab", "qwertyuiop123", "PASSWORD123456", "x" * 129],
)
def test_a_weak_password_is_refused(weak: str):
    with pytest.raises(StaffPasswordWeak):
        passwords.judge(weak, "somebody")


def test_a_login_makes_no_password():
    with pytest.raises(StaffPasswordWeak):
        passwords.judge("Zhang.Weiming", "zhang.weiming")
    with pytest.raises(StaffPasswordWeak):
        passwords.judge("zhang.weiming1234567890", "zhang.weiming")


async def test_a_password_is_kept_as_argon2id_and_typed_in_any_normal_form():
    kept = await passwords.hashed("Müller und sein Fahrrad")
    assert kept.startswith("$argon2id$")
    assert await passwords.fits(kept, "Mu\u0308ller und sein Fahrrad")
    assert not await passwords.fits(kept, "Muller und sein Fahrrad")
    assert not await passwords.fits(None, "Müller und sein Fahrrad")


async def test_a_password_of_older_parameters_is_hashed_anew_when_it_is_used(room):
    one = await room.hire("clerk")
    older = argon2.PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
    await StaffAccount.filter(id=one.id).update(password=older)
    await sign_in(room, one)
    kept = (await StaffAccount.get(id=one.id)).password
    assert kept != older and not passwords.is_outdated(kept)


async def test_changing_the_password_needs_it_and_ends_the_other_sessions(room):
    one = await room.hire("clerk")
    other, here = await sign_in(room, one), await sign_in(room, one)
    member = await room.sessions.read(here)
    wanted = "another sentence of nobody"
    with pytest.raises(StaffSignInRefused):
        await room.enrolments.change_password(member, "not it", wanted, ADDRESS)
    await room.enrolments.change_password(member, PASSWORD, wanted, ADDRESS)
    assert await room.sessions.read(here)
    with pytest.raises(StaffSignInNeeded):
        await room.sessions.read(other)


async def test_a_session_ends_by_idleness_by_age_and_by_signing_out(room):
    one = await room.hire("clerk")
    for changed in (
        {"last_used_at": datetime.now(UTC) - timedelta(minutes=31)},
        {"expires_at": datetime.now(UTC) - timedelta(seconds=1)},
        {"ended_at": datetime.now(UTC)},
    ):
        cookie = await sign_in(room, one)
        await StaffSession.filter(staff_id=one.id).update(**changed)
        with pytest.raises(StaffSignInNeeded):
            await room.sessions.read(cookie)
        await StaffSession.filter(staff_id=one.id).delete()
    cookie = await sign_in(room, one)
    await room.sessions.sign_out(await room.sessions.read(cookie))
    with pytest.raises(StaffSignInNeeded):
        await room.sessions.read(cookie)


async def test_use_keeps_a_session_awake(room):
    one = await room.hire("clerk")
    cookie = await sign_in(room, one)
    then = datetime.now(UTC) - timedelta(minutes=29)
    await StaffSession.filter(staff_id=one.id).update(last_used_at=then)
    await room.sessions.read(cookie)
    assert (await StaffSession.get(staff_id=one.id)).last_used_at > then + timedelta(minutes=28)


async def test_a_page_that_watches_keeps_nobody_signed_in(room):
    one = await room.hire("clerk")
    cookie = await sign_in(room, one)
    then = datetime.now(UTC) - timedelta(minutes=29)
    await StaffSession.filter(staff_id=one.id).update(last_used_at=then)
    await room.sessions.read(cookie, used=False)
    assert (await StaffSession.get(staff_id=one.id)).last_used_at == then


async def test_neither_password_nor_secret_nor_cookie_is_kept_in_plain_words(room):
    one = await room.hire("clerk")
    cookie = await sign_in(room, one)
    row = await StaffAccount.get(id=one.id)
    kept = (await StaffSession.get(staff_id=one.id)).digest
    assert cookie not in kept
    assert PASSWORD not in row.password
    assert one.secret.encode() not in bytes(row.totp_sealed)


async def test_sessions_of_long_ago_are_forgotten(room):
    one = await room.hire("clerk")
    kept, old = await sign_in(room, one), await sign_in(room, one)
    digest = (await room.sessions.read(old)).session
    await StaffSession.filter(id=digest).update(expires_at=datetime.now(UTC) - timedelta(days=181))
    await sessions.forget_old()
    assert await StaffSession.filter(staff_id=one.id).count() == 1
    assert await room.sessions.read(kept)
