"""A resident about whom every table holds something, and a look at all that is kept anywhere."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from redis.asyncio import Redis
from tortoise.transactions import in_transaction

from identity import ages, consent, notices
from identity.audit import record
from identity.caller import OWN_APP, Caller, CallerKind
from identity.models import (
    BoundDevice,
    Contact,
    Correction,
    FreezeCode,
    Grant,
    Guardianship,
    Mandate,
    OutsideIdentity,
    PairwiseSubject,
    Passkey,
)
from identity.vault import Vault
from tests.support import counter_held, launch_held, licences_held, papers_held
from tests.support.grants import a_code, a_partner_session
from tests.support.people import Admitted
from tests.support.session_parts import SessionParts

PHONE, DEVICE_NAME, PLACE, OPENID = "13900001234", "My secret phone", "Hidden valley", "openid-9x"
WANTED, PASSKEY_NAME = "Correct me please", "A key of my own"
SUBJECT = "5b0c9c1e-6f0f-4a55-9d8e"  # how a partner's name for them begins
PERSONAL = (
    PHONE, DEVICE_NAME, PLACE, OPENID, WANTED, PASSKEY_NAME, SUBJECT, *counter_held.PERSONAL,
    *launch_held.PERSONAL, *papers_held.PERSONAL,
    licences_held.NAME,
)  # fmt: skip


def caller_of(resident: UUID, session: UUID | None = None, **more: Any) -> Caller:
    """The resident with a fresh proof."""
    fresh = {"acr": "4", "auth_time": datetime.now(UTC)} | more
    return Caller(CallerKind.RESIDENT, resident, str(resident), OWN_APP, session, **fresh)


async def fill(worker: SessionParts, who: Admitted, other: Admitted) -> UUID:
    """Rows of ``who`` in every table that may hold one; ``other`` is guardian, agent, principal.

    Returns the session.
    """
    vault, resident, now = worker.vault, who.resident, datetime.now(UTC)
    opened = await worker.sign_in(resident)
    session = opened.session
    session.device_name, session.place = DEVICE_NAME, PLACE
    await session.save()
    await _single_rows(vault, resident, now)
    await counter_held.fill(vault, resident)
    await licences_held.fill(vault, resident)
    await launch_held.fill(vault, resident)
    await papers_held.fill(vault, resident)
    for guardian, ward in ((who, other), (other, who)):
        await _guardianship(vault, guardian, ward)
        await _mandate(vault, guardian, ward)
    async with in_transaction() as connection:
        await consent.give(connection, resident, consent.VERIFICATION, locale="en", channel="web")
        await notices.tell(connection, resident, "erasure-cancelled")
        for whose, actor in ((resident, resident), (resident, other.resident)):
            await record(
                connection,
                event="record:read",
                resident=whose,
                caller=caller_of(actor, UUID(str(session.id))),
                other=other.resident,
            )
        await record(
            connection, event="record:read", resident=other.resident, caller=caller_of(resident)
        )
    return UUID(str(session.id))


async def _single_rows(vault: Vault, resident: UUID, now: datetime) -> None:
    rows = {name: uuid4() for name in ("contact", "correction", "bound_device", "key")}
    await Contact.create(
        id=rows["contact"],
        resident_id=resident,
        phone_sealed=vault.seal(PHONE.encode(), f"contact.phone:{rows['contact']}"),
        verified_at=now,
    )
    await Correction.create(
        id=rows["correction"],
        resident_id=resident,
        field="other",
        wanted_sealed=vault.seal(WANTED.encode(), f"correction.wanted:{rows['correction']}"),
        state="open",
    )
    openid = vault.seal(OPENID.encode(), f"bound_device.openid:{rows['bound_device']}")
    await BoundDevice.create(
        id=rows["bound_device"],
        resident_id=resident,
        kind="wechat",
        mark=vault.digest("wechat", OPENID),
        openid_sealed=openid,
        device=vault.digest("device", "d"),
        device_name=DEVICE_NAME,
        last_used_at=now,
    )
    await Passkey.create(
        id=rows["key"],
        resident_id=resident,
        credential=f"credential-{resident}",
        public_key=b"public",
        sign_count=1,
        name=PASSKEY_NAME,
        bound_at_level=4,
        usable_from=now,
    )
    await OutsideIdentity.create(
        id=uuid4(), resident_id=resident, issuer="network", subject=vault.digest("s", str(resident))
    )
    await FreezeCode.create(digest=vault.digest("f", str(resident)), resident_id=resident)
    await _partner(resident, now)


async def _partner(resident: UUID, now: datetime) -> None:
    subject = UUID(f"{SUBJECT}-{resident.hex[-12:]}")
    await PairwiseSubject.create(id=subject, sector="hospital.example", resident_id=resident)
    grant = await Grant.create(
        id=uuid4(),
        resident_id=resident,
        client="c-hospital",
        subject=subject,
        asked="openid profile:name",
        scopes="openid profile:name",
        purpose="partner-0123456789abcdef",
        locale="en",
        channel="web",
        text_hash="0" * 64,
        given_at=now,
        expires_at=now + timedelta(days=90),
    )
    await a_code(grant, "openid profile:name")
    await a_partner_session(grant, "openid profile:name")
    partner = Caller(CallerKind.PARTNER, resident, grant.client, grant.client)
    async with in_transaction() as connection:
        await record(
            connection, event="record:read", resident=resident, caller=partner,
            purpose="partner", service="profile.name",
        )  # fmt: skip


async def _guardianship(vault: Vault, guardian: Admitted, ward: Admitted) -> None:
    row = uuid4()
    name = vault.seal(ward.person.name.encode(), f"guardianship.ward_name:{row}")
    await Guardianship.create(
        id=row,
        guardian_id=guardian.resident,
        ward_id=ward.resident,
        ward=vault.digest("ward", ward.person.number.canonical),
        ward_name_sealed=name,
        ends_on=ages.today() + timedelta(days=400),
    )
    async with in_transaction() as connection:
        await consent.give(
            connection,
            ward.resident,
            consent.GUARDIAN,
            locale="en",
            channel="web",
            given_by=guardian.resident,
        )


async def _mandate(vault: Vault, principal: Admitted, agent: Admitted) -> None:
    row = uuid4()
    await Mandate.create(
        id=row,
        principal_id=principal.resident,
        agent=vault.digest("document", agent.person.number.canonical),
        agent_id=agent.resident,
        agent_name_sealed=vault.seal(agent.person.name.encode(), f"mandate.agent_name:{row}"),
        services="provident-fund-balance",
        starts_on=ages.today(),
        ends_on=ages.today(),
        state="accepted",
    )


async def everything_kept(cache: Redis) -> list[tuple[str, str, Any]]:
    """(table or key, column, value) of every row of every table and every key of Valkey."""
    kept: list[tuple[str, str, Any]] = []
    async with in_transaction() as connection:
        tables = await connection.execute_query_dict(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            " AND tablename NOT LIKE '%migration%'"
        )
        for table in (one["tablename"] for one in tables):
            rows = await connection.execute_query_dict(f'SELECT * FROM "{table}"')
            kept += [(table, name, value) for row in rows for name, value in row.items()]
    async for key in cache.scan_iter():
        kept.append(("valkey", key.decode(errors="replace"), await cache.dump(key)))
    return kept
