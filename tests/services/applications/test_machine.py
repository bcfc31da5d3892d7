"""Whatever residents, staff, workers, departments and the clock do, in whatever order: an
application is always in a state that its events explain, and nothing happens twice.
"""

import asyncio
from collections import Counter

from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from tortoise.connection import get_connection
from tortoise.transactions import in_transaction

from config.errors import Problem
from config.settings import Settings
from identity.models import Notice
from services.applications.ledger import locked
from services.applications.states import FINISHED, TRANSITIONS, Event, State
from services.applications.steps import LIVING
from services.errors import DepartmentTimeout, NoRecord
from services.models import Application, ApplicationEvent, ApplicationStep, Supplement
from tests.services.applications.bench import FORM, Bench, bench
from tests.services.applications.permit import permit
from tests.services.applications.test_window import STAFF

SAID = st.sampled_from(
    ["good", "good", "bad", "no-lease", "which-stall", "unclear", "late", "none"]
)
KINDS = ("resident", "staff", "rules", "clock", "department")
TABLES = "application, application_event, application_step, supplement, material, notice, pgqueuer"


class Life(RuleBasedStateMachine):
    """Rules are synchronous and run in a thread of their own; ``loop`` does what they ask."""

    loop: asyncio.AbstractEventLoop
    settings_of_the_house: Settings
    numbers = Bundle("numbers")

    @initialize(window=st.booleans())
    def fresh(self, window):
        service = permit(collected=True, window=window)
        self.office: Bench = bench(self.settings_of_the_house, service)
        self.acknowledged: Counter[tuple[str, str]] = Counter()
        self.done(get_connection("default").execute_script(f"TRUNCATE {TABLES}"))
        self.done(self.office.there())

    def done(self, story):
        return asyncio.run_coroutine_threadsafe(_awaited(story), self.loop).result(60)

    def run(self, story):
        """A refusal is an answer like any other; anything else is a fault."""

        async def tried():
            try:
                return True, await story
            except Problem:
                return False, None

        return self.done(tried())

    def act(self, number, event, story):
        """What was answered without a refusal has happened, and stays."""
        done, _answer = self.run(story)
        self.acknowledged[number, event] += done

    @rule(target=numbers, draft=st.booleans())
    def begin(self, draft):
        office = self.office
        if draft:
            made = office.story.draft(office.who, office.service.id, FORM, "en")
            number = self.done(made).number
        else:
            number = self.done(office.submit())
        self.acknowledged[number, "draft" if draft else Event.SUBMIT] += 1
        return number

    @rule(number=numbers)
    def send(self, number):
        self.act(
            number, Event.SUBMIT, self.office.story.send_draft(self.office.who, number, (), "en")
        )

    @rule(number=numbers, stall=st.sampled_from(["A7", "B2"]), brings=st.booleans())
    def answer(self, number, stall, brings):
        office = self.office

        async def answered():
            ids = (await office.upload(),) if brings else ()
            await office.story.answer(office.who, number, FORM | {"stall": stall}, ids, "en")

        self.act(number, Event.ANSWER, answered())

    @rule(number=numbers)
    def withdraw(self, number):
        self.act(number, Event.WITHDRAW, self.office.story.withdraw(self.office.who, number))

    @rule(number=numbers)
    def collect(self, number):
        self.act(number, Event.COLLECT, self.office.story.collect(self.office.who, number))

    @rule(number=numbers, move=st.sampled_from(["accept", "approve", "refuse", "ask_supplement"]))
    def staff(self, number, move):
        others = {"wanted": ("lease",)} if move == "ask_supplement" else {}

        async def moved():
            async with in_transaction() as connection:
                row = await locked(connection, (await self.office.row(number)).id)
                await getattr(self.office.moves, move)(connection, row, STAFF, **others)

        self.act(number, move.replace("_", "-"), moved())

    @rule(said=SAID, step=st.sampled_from(["register", "fire", "hygiene", "licence"]))
    def department(self, said, step):
        answer = {"late": DepartmentTimeout("late"), "none": NoRecord("none")}.get(said, said)
        who = self.office.brigade if step == "fire" else self.office.register
        who.says.setdefault(step, []).append(answer)

    @rule(several=st.integers(1, 4), again=st.booleans())
    def work(self, several, again):
        """``again``: the worker dies after the work and before it says so."""

        async def worked():
            for job in (await self.office.jobs())[:several]:
                await self.office.run_one(job)
                if again:
                    await self.office.run_one(job)

        self.run(worked())

    @rule(days=st.integers(1, 12))
    def time(self, days):
        self.office.clock.move(days=days)
        self.run(self.office.watch.watch({}))

    @invariant()
    def events_explain_the_state(self):
        self.done(self._explained())

    async def _explained(self):
        for row in await Application.all():
            state, events = State.DRAFT, ApplicationEvent.filter(application_id=row.id)
            seen = await events.order_by("id")
            for event in seen:
                if event.name in set(Event):
                    assert TRANSITIONS[state, Event(event.name)] == event.state
                state = State(event.state)
            assert row.state == state
            self._timed_and_attributed(row, seen)
            await self._holds_together(row)

    def _timed_and_attributed(self, row, events):
        """Every event has its time, in order, and who did it; a decision is made once; what was
        acknowledged is there.
        """
        assert [one.at for one in events] == sorted(one.at for one in events)
        assert all(one.actor_kind in KINDS and one.actor for one in events)
        names = Counter(one.name for one in events)
        assert names[Event.APPROVE] + names[Event.REFUSE] <= 1
        assert names[Event.SUBMIT] <= 1
        assert row.version == len(events)
        for (number, name), times in self.acknowledged.items():
            assert number != row.number or names[name] >= times

    async def _holds_together(self, row):
        living = ApplicationStep.filter(application_id=row.id, state__in=LIVING)
        asked = Supplement.filter(application_id=row.id, answered_at__isnull=True)
        assert (row.paused_at is not None) == (row.state == State.SUPPLEMENT_ASKED)
        if row.state in (State.REFUSED, State.WITHDRAWN, State.SUPPLEMENT_ASKED):
            assert not await living.exists()
        if row.state == State.SUPPLEMENT_ASKED:
            assert await asked.count() == 1
            assert row.waits_for == "you"
        if row.state in FINISHED and row.finished_at is None:
            assert row.state == State.APPROVED
            assert row.waits_for in ("rules", "staff")
        outcomes = ("application-approved", "application-refused", "application-withdrawn")
        told = Notice.filter(kind__in=outcomes, subject=f"application:{row.number}")
        assert await told.count() <= 1

    def teardown(self):
        """Left to themselves, jobs come to an end, and one licence at most was written for each."""
        self.done(self.office.work(60))
        keys = [key for name, key in self.office.register.asked if name == "licence"]
        rows = self.done(ApplicationStep.filter(name="licence"))
        assert set(keys) <= {row.key for row in rows}
        assert len({row.application_id for row in rows}) == len(rows)
        approved = ApplicationEvent.filter(name=Event.APPROVE).values_list("application_id")
        assert {row.application_id for row in rows} <= {id for (id,) in self.done(approved)}
        self.done(self._explained())


async def _awaited(story):
    return await story


async def test_an_application_is_always_where_its_events_led_it(settings, database):
    class Here(Life):
        loop = asyncio.get_running_loop()
        settings_of_the_house = settings

    few = hypothesis_settings(
        max_examples=20, stateful_step_count=25, suppress_health_check=list(HealthCheck)
    )
    await asyncio.to_thread(run_state_machine_as_test, Here, settings=few)
