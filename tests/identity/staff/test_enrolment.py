"""From a one-time password to two factors of one's own; the first administrator; the record."""

import asyncio
import sys
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from config.settings import Settings
from config.texts import text
from identity.models import AuditEvent, StaffAccount
from identity.staff import codes
from identity.staff.errors import (
    AdministratorExists,
    StaffCodeWrong,
    StaffEnrolmentNeeded,
    StaffEnrolmentRefused,
    StaffPasswordWeak,
    StaffSignInRefused,
)
from tests.support.staff import (
    ADDRESS,
    PASSWORD,
    Colleague,
    StaffRoom,
    sign_in,
    somebody,
)


async def test_before_enrolment_nobody_signs_in_with_the_one_time_password(room):
    handed = await room.accounts.create_administrator(somebody("administrator"))
    with pytest.raises(StaffSignInRefused):
        await room.sessions.sign_in(handed.login, PASSWORD, "000000", ADDRESS)
    with pytest.raises(StaffEnrolmentNeeded):
        await room.sessions.sign_in(handed.login, handed.one_time, "000000", ADDRESS)


async def test_a_one_time_password_is_good_once_and_for_three_days(room):
    late = await room.accounts.create_administrator(somebody("administrator"))
    past = datetime.now(UTC) - timedelta(seconds=1)
    await StaffAccount.filter(id=late.id).update(password_until=past)
    used = await room.accounts.create_administrator(somebody("administrator"), another=True)
    await room.set_up(used)
    for handed in (late, used):
        with pytest.raises(StaffEnrolmentRefused):
            await room.enrolments.begin(handed.login, handed.one_time, ADDRESS)


async def test_enrolment_ends_with_a_code_of_the_factor_that_was_shown_last(room):
    handed = await room.accounts.create_administrator(somebody("administrator"))
    first = await room.enrolments.begin(handed.login, handed.one_time, ADDRESS)
    second = await room.enrolments.begin(handed.login, handed.one_time, ADDRESS)
    lost = Colleague(handed.id, handed.login, first.secret)
    one = Colleague(handed.id, handed.login, second.secret)
    given = (handed.login, handed.one_time, PASSWORD)
    with pytest.raises(StaffCodeWrong):
        await room.enrolments.finish(*given, lost.code(), ADDRESS)
    await room.enrolments.finish(*given, one.code(), ADDRESS)
    assert await sign_in(room, one)


async def test_the_one_time_password_does_not_stay(room):
    handed = await room.accounts.create_administrator(somebody("administrator"))
    made = await room.enrolments.begin(handed.login, handed.one_time, ADDRESS)
    one = Colleague(handed.id, handed.login, made.secret)
    given = (handed.login, handed.one_time, handed.one_time)
    with pytest.raises(StaffPasswordWeak):
        await room.enrolments.finish(*given, one.code(), ADDRESS)


async def test_the_second_factor_is_shown_as_address_and_picture():
    made = codes.Enrolment.fresh("somebody")
    assert made.uri.startswith("otpauth://totp/Zhiban:somebody?secret=")
    assert made.picture.startswith("data:image/svg+xml")
    assert made.secret not in repr(made)


async def test_every_act_is_in_the_accounts_history_with_who_did_it(room):
    boss = await room.member("administrator", region="44")
    handed = await room.accounts.create(boss, somebody("clerk"))
    await room.set_up(handed)
    await room.accounts.reset(boss, handed.id)
    await room.accounts.disable(boss, handed.id)
    rows = await AuditEvent.filter(resident_id=handed.id).order_by("id")
    assert [row.event for row in rows] == [
        "staff:created",
        "staff:enrolled",
        "staff:reset",
        "staff:disabled",
    ]
    assert {row.actor_kind for row in rows} == {"staff"}
    assert [rows[0].actor, rows[1].actor, rows[3].actor] == [
        str(boss.id),
        str(handed.id),
        str(boss.id),
    ]


async def test_a_refused_sign_in_is_in_the_history_too(room):
    one = await room.hire("clerk")
    with pytest.raises(StaffSignInRefused):
        await room.sessions.sign_in(one.login, "not the password", "000000", ADDRESS)
    row = await AuditEvent.filter(resident_id=one.id).order_by("-id").first()
    assert (row.event, row.outcome) == ("staff:sign-in-refused", "staff-sign-in-refused")


async def test_a_second_first_administrator_needs_to_be_asked_for(room):
    await room.accounts.create_administrator(somebody("administrator"))
    with pytest.raises(AdministratorExists):
        await room.accounts.create_administrator(somebody("administrator"))
    assert await room.accounts.create_administrator(somebody("administrator"), another=True)


async def test_the_first_administrator_is_made_by_command(settings, database, room: StaffRoom):
    status, said, _ = await commanded(settings, "create-administrator", "boss", "--region", "44")
    assert status == 0
    facts = dict(line.split(None, 1) for line in said.replace("one-time ", "").splitlines())
    begun = await room.enrolments.begin("boss", facts["password"], ADDRESS)
    one = Colleague(uuid4(), "boss", begun.secret)
    await room.enrolments.finish("boss", facts["password"], PASSWORD, one.code(), ADDRESS)
    await StaffAccount.filter(login="boss").update(totp_used=0)
    done = await room.sessions.sign_in("boss", PASSWORD, one.code(), ADDRESS)
    assert (done.member.roles, done.member.region) == ({"administrator"}, "44")
    status, said, told = await commanded(settings, "create-administrator", "another")
    assert (status, said) == (1, "")
    assert "--another" in told
    status, _, _ = await commanded(settings, "create-administrator", "another", "--another")
    assert status == 0


async def test_departments_are_given_by_command(settings, database, room: StaffRoom):
    one = await room.hire("caseworker", region="44")
    status, said, _ = await commanded(settings, "departments", one.login, "tax", "housing")
    assert (status, said.split()[-2:]) == (0, ["tax", "housing"][::-1])
    assert (await StaffAccount.get(id=one.id)).departments == "housing tax"
    status, _, told = await commanded(settings, "departments", "nobody", "tax")
    assert (status, told.strip()) == (1, text("problem.staff-account-missing.detail", "en"))
    assert (await commanded(settings, "departments", one.login, "No Such"))[0] == 1


async def commanded(settings: Settings, *arguments: str) -> tuple[int, str, str]:
    names = ("database_url", "redis_url", "seal_keys", "index_keys", "sandbox_key")
    given = {name.upper(): getattr(settings, name).get_secret_value() for name in names}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "identity.staff", *arguments),
        env={**given, "DATA_FOLDER": str(settings.data_folder)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    said, told = await process.communicate()
    return process.returncode or 0, said.decode(), told.decode()
