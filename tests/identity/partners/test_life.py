"""A partner's life: each step from the right state only, audited, by whoever covers its region."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import uuid4

import pytest
from redis.asyncio import Redis
from tortoise.context import TortoiseContext

from config.outbound import Outbound
from config.settings import Settings
from identity.caller import Caller, CallerKind
from identity.models import AuditEvent, Invitation, Partner
from identity.news import News
from identity.partners import views
from identity.partners.client import ClientKind
from identity.partners.errors import (
    PartnerChanged,
    PartnerEnvironmentOther,
    PartnerMissing,
    PartnerStateOther,
    PartnerUnfit,
)
from identity.partners.judging import Judging
from identity.partners.keys import ClientKeys
from identity.partners.life import By, Life, revision
from identity.partners.quota import Quotas
from identity.partners.registration import Registered, Registration
from identity.partners.registry import Registry
from identity.scopes import Scopes
from identity.staff.errors import StaffRegionBeyond
from identity.vault import Vault
from tests.config.test_outbound import production
from tests.support.log_capture import personal
from tests.support.partner_parts import said

MEMBER = By(Caller(CallerKind.STAFF, actor=str(uuid4()), client="staff-desk"), "44")
ELSEWHERE = By(MEMBER.caller, "11")
Step = Callable[[Life, str], Awaitable[None]]
STEPS: dict[str, Step] = {
    "approve": lambda life, id: life.approve(MEMBER, id),
    "refuse": lambda life, id: life.refuse(MEMBER, id, "fields"),
    "suspend": lambda life, id: life.suspend(MEMBER, id, "misuse"),
    "reinstate": lambda life, id: life.reinstate(MEMBER, id),
    "close": lambda life, id: life.close(MEMBER, id),
}
WAYS = {
    "pending": [],
    "refused": ["refuse"],
    "approved": ["approve"],
    "suspended": ["approve", "suspend"],
    "closed": ["close"],
}
ALLOWED = {
    "pending": {"approve", "refuse", "close"},
    "refused": {"approve", "close"},
    "approved": {"suspend", "close"},
    "suspended": {"reinstate", "close"},
    "closed": set(),
}


class Desk:
    """The rooms of one worker."""

    def __init__(self, settings: Settings, cache: Redis, outbound: Outbound):
        self.vault = Vault.from_settings(settings)
        self.registry = Registry(News(cache))
        judging = Judging(outbound, ClientKeys(outbound), settings, Scopes())
        self.registration = Registration(
            self.vault, judging, self.registry, Quotas(cache, self.vault)
        )
        self.life = Life(self.registry, judging, settings)

    async def register(self, kind: ClientKind = ClientKind.PARTNER, **changed: Any) -> Registered:
        invited = await self.life.invite(MEMBER, kind, "production")
        made = await self.registration.register(personal(invited.token), said(**changed))
        personal(made.token)
        return made

    async def change(self, made: Registered, **changed: Any) -> None:
        body = said(**changed) | {"client_id": made.row.id}
        await self.registration.change(made.row.id, made.token, body)

    async def brought(self, state: str) -> str:
        id = (await self.register()).row.id
        for step in WAYS[state]:
            await STEPS[step](self.life, id)
        return id


@pytest.fixture
async def desk(settings: Settings, database: TortoiseContext, cache: Redis) -> AsyncIterator[Desk]:
    async with Outbound(settings) as outbound:
        yield Desk(settings, cache, outbound)


async def test_each_step_is_taken_from_the_right_states_only(desk: Desk):
    for state, allowed in ALLOWED.items():
        for name, step in STEPS.items():
            id = await desk.brought(state)
            before = (await Partner.get(id=id)).state
            if name in allowed:
                await step(desk.life, id)
                continue
            with pytest.raises(PartnerStateOther) as refused:
                await step(desk.life, id)
            assert refused.value.facts["state"] == before
            assert (await Partner.get(id=id)).state == before


async def test_every_step_is_audited_with_who_took_it(desk: Desk):
    id = await desk.brought("suspended")
    await desk.life.reinstate(MEMBER, id)
    await desk.life.close(MEMBER, id)
    rows = await AuditEvent.filter(service=id).order_by("id")
    assert [row.event for row in rows] == [
        "partner:approved",
        "partner:suspended",
        "partner:reinstated",
        "partner:closed",
    ]
    assert {row.actor for row in rows} == {MEMBER.caller.actor}


@pytest.mark.parametrize("step", [*STEPS])
async def test_a_partner_of_another_region_and_one_nobody_knows_are_the_same(desk: Desk, step: str):
    await desk.brought("approved")
    for id in ("c-unknown", "c-\x00", "c-é", "x" * 65, ""):
        with pytest.raises(PartnerMissing):
            await STEPS[step](desk.life, id)


async def test_nobody_decides_beyond_their_region(desk: Desk):
    id = await desk.brought("pending")
    with pytest.raises(PartnerMissing):
        await desk.life.approve(ELSEWHERE, id)
    with pytest.raises(PartnerMissing):
        await views.detail(desk.life, desk.vault, ELSEWHERE, id)
    assert id not in [view.row.id for view in await views.for_staff(ELSEWHERE)]
    assert id in [view.row.id for view in await views.for_staff(MEMBER)]


async def test_nobody_lets_a_partner_move_out_of_their_region(desk: Desk):
    made = await desk.register()
    await desk.life.approve(MEMBER, made.row.id)
    await desk.change(made, region="110100")
    with pytest.raises(StaffRegionBeyond):
        await desk.life.approve(MEMBER, made.row.id)
    assert '"440100"' in (await Partner.get(id=made.row.id)).metadata
    await desk.life.approve(By(MEMBER.caller), made.row.id)


async def test_two_departments_do_not_answer_at_one_address(desk: Desk):
    """Else each could introspect and exchange what was shown to the other."""
    fund = {"resources": ["https://fund.example/api"], "client_uri": "https://fund.example/"}
    first, second = [await desk.register(ClientKind.DEPARTMENT, **fund) for _ in range(2)]
    await desk.life.approve(MEMBER, first.row.id)
    with pytest.raises(PartnerUnfit) as refused:
        await desk.life.approve(MEMBER, second.row.id)
    assert refused.value.facts["member"] == "resources"
    await desk.life.close(MEMBER, first.row.id)
    await desk.life.approve(MEMBER, second.row.id)


async def test_of_two_who_decide_at_once_one_does(desk: Desk):
    id = await desk.brought("approved")
    done = await asyncio.gather(
        *(desk.life.suspend(MEMBER, id, "misuse") for _ in range(4)), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in done) == ["NoneType", *["PartnerStateOther"] * 3]
    assert await AuditEvent.filter(service=id, event="partner:suspended").count() == 1


async def test_nothing_is_approved_that_was_not_seen(desk: Desk):
    made = await desk.register()
    seen = revision(made.row)
    await desk.change(made, scope="openid profile:name profile:birthdate")
    with pytest.raises(PartnerChanged):
        await desk.life.approve(MEMBER, made.row.id, seen=seen)
    now = revision(await Partner.get(id=made.row.id))
    await desk.life.approve(MEMBER, made.row.id, seen=now)


async def test_what_would_not_be_taken_today_is_not_approved(desk: Desk):
    made = await desk.register()
    row = await Partner.get(id=made.row.id)
    row.metadata = row.metadata.replace("profile:name", "profile:was-once")
    await row.save()
    with pytest.raises(PartnerUnfit) as refused:
        await desk.life.approve(MEMBER, made.row.id)
    assert refused.value.facts["member"] == "scope"
    assert (await Partner.get(id=made.row.id)).state == "pending"


async def test_a_refused_change_leaves_what_is_in_force(desk: Desk):
    made = await desk.register()
    await desk.life.approve(MEMBER, made.row.id)
    before = (await Partner.get(id=made.row.id)).metadata
    await desk.change(made, scope="openid profile:id-number")
    await desk.life.refuse(MEMBER, made.row.id, "fields")
    row = await Partner.get(id=made.row.id)
    assert (row.metadata, row.proposed, row.suspended_why) == (before, None, "fields")


async def test_a_suspended_partner_keeps_the_reason_whatever_it_proposes(desk: Desk):
    made = await desk.register()
    await desk.life.approve(MEMBER, made.row.id)
    await desk.life.suspend(MEMBER, made.row.id, "misuse")
    await desk.change(made, scope="openid")
    await desk.life.refuse(MEMBER, made.row.id, "fields")
    assert (await Partner.get(id=made.row.id)).suspended_why == "misuse"
    await desk.change(made, scope="openid")
    await desk.life.approve(MEMBER, made.row.id)
    row = await Partner.get(id=made.row.id)
    assert (row.state, row.suspended_why) == ("suspended", "misuse")


async def test_said_better_a_refused_registration_waits_again(desk: Desk):
    made = await desk.register()
    await desk.life.refuse(MEMBER, made.row.id, "purpose")
    assert not (await desk.life.row(MEMBER, made.row.id)).proposed
    await desk.change(made, purpose={"zh": "为您预约挂号", "en": "to book a doctor"})
    (view,) = [one for one in await views.for_staff(MEMBER) if one.row.id == made.row.id]
    assert view.waits and view.row.suspended_why == ""


async def test_an_operator_says_how_much_it_may_ask(desk: Desk):
    id = await desk.brought("pending")
    await desk.life.approve(MEMBER, id, rate=7, quota=70)
    assert await rates(desk, id) == (7, 70)
    await desk.life.approve(MEMBER, id, quota=80)
    assert await rates(desk, id) == (7, 80)


async def rates(desk: Desk, id: str) -> tuple[int, int]:
    client = await desk.registry.client(id)
    assert client
    return client.rate, client.quota


async def test_a_change_of_hands_moves_the_sector_only_with_an_approval(desk: Desk):
    made = await desk.register()
    await desk.life.approve(MEMBER, made.row.id)
    await desk.change(made, redirect_uris=["https://other.example/cb"])
    assert (await Partner.get(id=made.row.id)).sector == "hospital.example"
    await desk.life.approve(MEMBER, made.row.id)
    assert (await Partner.get(id=made.row.id)).sector == "other.example"


async def test_whoever_looks_at_the_responsible_person_is_recorded(desk: Desk):
    id = await desk.brought("approved")
    found = await views.detail(desk.life, desk.vault, MEMBER, id)
    assert found.responsible and found.responsible.name == "上官负责"
    assert "上官" not in repr(found)
    assert await AuditEvent.filter(service=id, event="partner:read").count() == 1


async def test_a_closed_partner_has_no_responsible_person_any_more(desk: Desk):
    id = await desk.brought("closed")
    assert (await views.detail(desk.life, desk.vault, MEMBER, id)).responsible is None


async def test_a_kiosk_is_never_invited(desk: Desk):
    with pytest.raises(PartnerEnvironmentOther):
        await desk.life.invite(MEMBER, ClientKind.KIOSK, "production")
    assert await Invitation.all().count() == 0


async def test_in_production_nobody_is_invited_for_trials(desk: Desk, tmp_path: Any):
    life = Life(desk.registry, desk.registration._judging, production(tmp_path))
    with pytest.raises(PartnerEnvironmentOther):
        await life.invite(MEMBER, ClientKind.PARTNER, "sandbox")
