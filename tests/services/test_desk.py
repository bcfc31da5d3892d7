"""The counter: who is served, what is recorded, what is remembered, and for how long."""

import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from pydantic import SecretStr
from redis.asyncio import Redis

from config import cache as cache_room
from config.errors import DatabaseUnavailable
from config.settings import Settings
from identity.caller import NOBODY, CallerKind
from identity.errors import ScopeMissing, SignInNeeded, StepUpNeeded
from identity.vault import Vault
from services.desk import Desk
from services.errors import ChannelClosed, DepartmentClosed, QuestionInvalid
from tests.services.counter import NAME, NUMBER, Office, Writing, caller, samples

BALANCE, RECORDS = "provident-fund-balance", "provident-fund-records"


def fund() -> Office:
    replies = {}
    for name, file in samples():
        if name == "provident_fund" and file.stem in ("balance", "records"):
            replies |= json.loads(file.read_text(encoding="utf-8"))["replies"]
    return Office(replies)


class Clock:
    def __init__(self):
        self.now = datetime(2026, 11, 18, 10, 0, tzinfo=UTC).timestamp()

    def __call__(self) -> float:
        return self.now


class Away(Writing):
    """An audit whose database is gone."""

    async def record_read(self, *_args, **_facts) -> None:
        raise DatabaseUnavailable()


async def asked_twice(counter) -> None:
    """The second read takes along to Valkey what the first one learnt."""
    for _ in range(2):
        await counter.ask(BALANCE)


async def test_nobody_is_not_served_and_no_department_is_asked(opening):
    office = fund()
    counter = await opening(provident_fund=office)
    with pytest.raises(SignInNeeded):
        await counter.ask(BALANCE, who=NOBODY)
    assert (office.requests, counter.audit.rows) == ([], [])


async def test_too_little_assurance_is_refused_and_recorded(opening):
    office = fund()
    counter = await opening(provident_fund=office)
    with pytest.raises(StepUpNeeded):
        await counter.ask(BALANCE, who=caller(counter.person.resident, acr="2"))
    assert office.requests == []
    assert counter.audit.rows == [("service:refused", BALANCE, "own-record")]


async def test_a_partner_without_the_scope_is_refused_and_one_with_it_served(opening):
    counter = await opening(provident_fund=fund())
    partner = {"kind": CallerKind.PARTNER, "client": "a-partner", "purpose": "a-loan"}
    with pytest.raises(ScopeMissing):
        await counter.ask(BALANCE, who=caller(counter.person.resident, **partner))
    scopes = frozenset({"provident-fund-balance:read"})
    await counter.ask(BALANCE, who=caller(counter.person.resident, scopes=scopes, **partner))
    assert [row[::2] for row in counter.audit.rows] == [
        ("service:refused", "a-loan"),
        ("service:answered", "a-loan"),
    ]


async def test_a_channel_that_is_not_offered_is_closed(opening, tmp_path):
    from tests.services.test_catalogue import GOOD, dropped

    source = GOOD.replace("icon=", 'channels=("mobile",), icon=')
    counter = await opening(dropped(tmp_path, source), provident_fund=fund())
    scopes = frozenset({"provident-fund-interest:read"})
    for kind in (CallerKind.KIOSK, CallerKind.PARTNER, CallerKind.DEPARTMENT):
        who = caller(counter.person.resident, kind=kind, scopes=scopes)
        with pytest.raises(ChannelClosed):
            await counter.ask("provident-fund-interest", who=who)
    assert await counter.ask("provident-fund-interest")


@pytest.mark.parametrize(
    ("question", "field"),
    [
        ({"from": "2026-13"}, "from"),
        ({"from": "202601"}, "from"),
        ({"from": 202601}, "from"),
        ({"from": "2026-06", "to": "2026-05"}, "from"),
        ({"to": "2999-01"}, "to"),
        ({"from": "2001-01", "to": "2020-01"}, "from"),
        ({"since": "2026-01"}, "?"),
        ({"from": {"$ne": 1}}, "from"),
    ],
)
async def test_a_question_that_does_not_fit_says_which_field_and_why(opening, question, field):
    office = fund()
    counter = await opening(provident_fund=office)
    for locale in ("zh-CN", "en"):
        with pytest.raises(QuestionInvalid) as refused:
            await counter.ask(RECORDS, locale=locale, **question)
        assert refused.value.facts["fields"] == [field]
        assert (refused.value.facts["messages"][0].isascii()) == (locale == "en")
    assert office.requests == []
    assert counter.audit.rows == [("service:refused", RECORDS, "own-record")] * 2


async def test_an_empty_period_means_the_last_twelve_months(opening):
    office = fund()
    counter = await opening(provident_fund=office)
    await counter.ask(RECORDS)
    asked = json.loads(office.requests[0][2])
    months = [int(asked[end][:4]) * 12 + int(asked[end][5:]) for end in ("from", "to")]
    assert months[1] - months[0] == 11


async def test_no_audit_no_answer(opening):
    counter = await opening(provident_fund=fund())
    counter.desk._audit = Away()
    with pytest.raises(DatabaseUnavailable):
        await counter.ask(BALANCE)


async def test_the_answer_says_who_gave_it_and_when(opening):
    clock = Clock()
    counter = await opening(provident_fund=fund(), clock=clock)
    told = json.loads((await counter.ask(BALANCE)).as_json("zh-CN"))
    assert told["answer"]["balance"] == 57430724
    assert told["answered_by"] == {"id": "provident-fund", "title": "住房公积金管理中心"}
    assert (told["answered_at"], told["age_seconds"]) == ("2026-11-18T10:00:00Z", 0)
    assert told["as_of"] == "2026-11-17T18:00:00Z"  # the centre says 02:00 on the 18th, in China


async def test_a_remembered_answer_is_as_fresh_as_when_it_was_given(opening):
    clock = Clock()
    counter = await opening(provident_fund=fund(), clock=clock)
    first = await counter.ask(BALANCE)
    clock.now += 42
    again = await counter.ask(BALANCE)
    assert (again.as_of, again.age_seconds) == (first.as_of, 42)
    assert again.as_of == datetime(2026, 11, 17, 18, tzinfo=UTC)


async def test_what_waited_longer_than_a_minute_is_never_written(opening, cache: Redis):
    clock = Clock()
    counter = await opening(provident_fund=fund(), clock=clock)
    await counter.ask(BALANCE)
    clock.now += 60
    await counter.ask(RECORDS)
    assert await cache.keys("*") == []


async def test_within_a_minute_the_department_is_asked_once_and_every_read_recorded(opening):
    clock, office = Clock(), fund()
    counter = await opening(provident_fund=office, clock=clock)
    first = await counter.ask(BALANCE)
    clock.now += 42
    again = await counter.ask(BALANCE)
    assert (again.answer, again.age_seconds) == (first.answer, 42)
    assert (len(office.requests), counter.residents.times) == (1, 1)
    assert counter.audit.rows == [("service:answered", BALANCE, "own-record")] * 2


async def test_after_a_minute_it_is_asked_again(opening):
    clock, office = Clock(), fund()
    counter = await opening(provident_fund=office, clock=clock)
    await counter.ask(BALANCE)
    clock.now += 60
    assert (await counter.ask(BALANCE)).age_seconds == 0
    assert len(office.requests) == 2


async def test_another_client_question_or_resident_shares_nothing(opening):
    office = fund()
    counter = await opening(provident_fund=office)
    await counter.ask(RECORDS, **{"from": "2026-06", "to": "2026-07"})
    await counter.ask(RECORDS, **{"from": "2026-05", "to": "2026-07"})
    await counter.ask(
        RECORDS, who=caller(counter.person.resident, client="other"),
        **{"from": "2026-06", "to": "2026-07"},
    )  # fmt: skip
    assert len(office.requests) == 3
    stranger = uuid4()
    with pytest.raises(AssertionError):  # the other resident is revealed anew
        await counter.ask(RECORDS, who=caller(stranger), **{"from": "2026-06", "to": "2026-07"})


async def test_what_valkey_keeps_is_sealed_and_short_lived(opening, cache: Redis):
    counter = await opening(provident_fund=fund())
    await asked_twice(counter)
    [key] = await cache.keys("*")
    kept = await cache.get(key)
    assert 0 < await cache.ttl(key) <= 60
    for secret in (NUMBER, NAME, "57430724", "balance", str(counter.person.resident)):
        assert secret.encode() not in kept and secret.encode() not in key


async def test_what_was_tampered_with_in_valkey_is_not_believed(opening, cache: Redis):
    office = fund()
    counter = await opening(provident_fund=office)
    await asked_twice(counter)
    assert len(office.requests) == 1
    [key] = await cache.keys("*")
    kept = await cache.get(key)
    await cache.set(key, kept[:-1] + bytes([kept[-1] ^ 1]))
    await counter.ask(BALANCE)
    assert len(office.requests) == 2


async def test_without_valkey_the_department_is_asked_each_time(
    opening, settings: Settings, run_folder
):
    office = fund()
    counter = await opening(provident_fund=office)
    away = SecretStr(f"unix://{run_folder}/nowhere.sock")
    nowhere = cache_room.connect(settings.model_copy(update={"redis_url": away}))
    vault = Vault.from_settings(settings)
    desk = Desk(counter.departments, counter.residents, counter.audit, nowhere, vault)
    service = counter.catalogue.service(BALANCE)
    for _ in range(2):
        await desk.answer(service, caller(counter.person.resident), {}, "en")
    assert len(office.requests) == 2
    await nowhere.aclose()


async def test_outside_its_hours_the_department_is_left_alone(opening, monkeypatch):
    monkeypatch.setenv("PROVIDENT_FUND_HOURS", "mon-fri 08:00-17:30")
    clock, office = Clock(), fund()  # a Wednesday, 18:00 in China
    counter = await opening(provident_fund=office, clock=clock)
    with pytest.raises(DepartmentClosed) as closed:
        await counter.ask(BALANCE, locale="zh-CN")
    assert office.requests == []
    assert closed.value.facts["opens"] == "明天 08:00"
    opens = datetime.fromisoformat(str(closed.value.facts["opens_at"]))
    assert opens - datetime.fromtimestamp(clock.now, UTC) == timedelta(hours=14)
    assert closed.value.headers["Retry-After"] == str(14 * 3600)
