"""``python -m identity.partners``: what an operator can do where there are no staff pages."""

import pytest
from tortoise.context import TortoiseContext

from config.settings import Settings
from identity.models import AuditEvent, Invitation, Partner
from identity.partners import __main__ as command
from identity.partners.errors import PartnerChanged, PartnerMissing, PartnerStateOther
from identity.partners.registration import digest_of
from tests.support.log_capture import personal
from tests.support.partner_app import an_approved_partner


async def carried_out(settings: Settings, *arguments: str) -> list[str]:
    """In this process's database, which is open already."""
    async with command.deciding(settings) as life:
        return await command.carry_out(life, settings, command.parsed(arguments))


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["invite", "--kind", "kiosk"],
        ["invite", "--environment", "embedded"],
        ["approve"],
        ["approve", "c-1", "--rate", "0"],
        ["approve", "c-1", "--quota", "many"],
        ["suspend", "c-1"],
        ["suspend", "c-1", "because"],
        ["close", "c-1"],
    ],
)
def test_what_cannot_be_understood_is_not_done(arguments: list[str]):
    with pytest.raises(SystemExit):
        command.parsed(arguments)


async def test_a_client_nobody_knows_is_missing(settings: Settings, database: TortoiseContext):
    approve = ["approve", "c-1"]
    for words in (["show", "c-1"], approve, ["suspend", "c-1", "misuse"], ["reinstate", "c-1"]):
        with pytest.raises(PartnerMissing):
            await carried_out(settings, *words)


async def test_an_invitation_is_printed_once_and_kept_as_a_digest(
    settings: Settings, database: TortoiseContext
):
    lines = await carried_out(settings, "invite", "--kind", "department")
    token = personal(lines[0].split()[-1])
    row = await Invitation.get(digest=digest_of(token))
    assert (row.kind, row.environment) == ("department", "production")
    assert lines[-1].endswith("/oauth/register")


async def test_a_partner_is_suspended_and_reinstated(settings: Settings, database: TortoiseContext):
    id = (await an_approved_partner("http://127.0.0.1")).id
    assert await carried_out(settings, "suspend", id, "misuse") == ["done"]
    assert (await Partner.get(id=id)).state == "suspended"
    with pytest.raises(PartnerStateOther):
        await carried_out(settings, "suspend", id, "misuse")
    await carried_out(settings, "reinstate", id)
    with pytest.raises(PartnerChanged):
        await carried_out(settings, "approve", id, "--seen", "0" * 16, "--rate", "9")
    shown = await carried_out(settings, "show", id)
    revision = shown[1].split()[-1]
    assert '"Demo Hospital"' in shown[3]
    await carried_out(settings, "approve", id, "--seen", revision, "--rate", "9", "--quota", "90")
    row = await Partner.get(id=id)
    assert (row.state, row.rate, row.quota) == ("approved", 9, 90)
    actors = await AuditEvent.filter(service=id).values_list("actor", flat=True)
    assert set(actors) == {"command-line"}


async def test_partners_are_listed_by_state_without_who_answers_for_them(
    settings: Settings, database: TortoiseContext
):
    id = (await an_approved_partner("http://127.0.0.1")).id
    assert await carried_out(settings, "list", "--state", "pending") == []
    (line,) = await carried_out(settings, "list")
    assert line.split("  ") == [id, "partner", "production", "approved", "-", "Demo Hospital"]
