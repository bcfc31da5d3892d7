"""What ends for good: no device that was remembered, or is about to be, brings anybody back."""

from uuid import UUID

import pytest
from tortoise.transactions import in_transaction

from identity import consent
from identity.bindings import KEY, Bindings, Mark
from identity.errors import SessionEnded
from identity.models import BoundDevice
from identity.vault import Vault
from tests.support.http import Api
from tests.support.returning import Phone, a_phone
from tests.support.sandbox import Sandbox
from tests.support.wechat import signed_in


@pytest.fixture
async def phone(api: Api, healthy_sandbox: Sandbox) -> Phone:
    """Of a resident with a document: whoever returns sees their masked name."""
    person: UUID = (await signed_in(api)).resident
    return await a_phone(api, resident=person)


@pytest.fixture
async def bound(phone: Phone) -> Phone:
    answer = await phone.bind()
    assert answer.status == 201, answer.body
    return phone


async def test_who_withdrew_their_consent_does_not_come_back_by_a_device(bound: Phone):
    """Without it nobody may hold who this is: a device must not say it either."""
    purpose = consent.VERIFICATION
    async with in_transaction() as connection:
        await consent.give(connection, bound.signed.resident, purpose, locale="en", channel="web")
    assert (await bound.send("DELETE", f"/v1/me/consents/{purpose}")).status == 204
    refused = await bound.back()
    assert (refused.status, refused.code) == (401, "return-unknown")


async def test_a_session_that_was_ended_meanwhile_binds_nothing(phone: Phone):
    """A thief's request under way must not outlive the owner's signing out everywhere."""
    bindings, signed = Bindings(Vault.from_settings(phone.api.settings)), phone.signed
    caller = await phone.api.parts.tokens.read(signed.access)
    assert (await phone.send("DELETE", "/v1/me/sessions")).status == 204
    mark = Mark(KEY, phone.key.thumbprint)
    with pytest.raises(SessionEnded):
        await bindings.bind(signed.resident, signed.session, mark, caller)
    assert not await BoundDevice.filter(resident_id=signed.resident).exists()
