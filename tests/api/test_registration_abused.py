"""Registering makes us ask servers that a client names; closing wipes out who it was."""

import pytest

from identity.models import Partner
from identity.partners import quota
from identity.partners.life import By
from identity.staff.accounts import COMMAND
from tests.api.test_registration import again, ask, invited, place, register, registered
from tests.support.http import Api


async def test_nobody_is_flooded_through_us(api: Api, monkeypatch: pytest.MonkeyPatch):
    made, token = await registered(api), await invited(api)
    monkeypatch.setattr(quota, "MOST_CHANGES", 0)
    for answer in (await ask(api, "PUT", made, json=again(made)), await register(api, token)):
        assert (answer.status, answer.body["error"]) == (429, "temporarily_unavailable")
        assert int(answer.headers["Retry-After"]) > 0
    assert (await ask(api, "GET", made)).status == 200
    for stranger in (
        await api.send("PUT", place(made), "zg_guessed", json=again(made)),
        await register(api, "zi_guessed"),
    ):
        assert stranger.body["error"] == "invalid_token", "a stranger spends nothing"
    monkeypatch.undo()
    assert (await ask(api, "PUT", made, json=again(made))).status == 200
    assert (await register(api, token)).status == 201


async def test_a_suspended_client_does_not_close_itself(api: Api):
    """Nor does whoever stole its registration token: who answers for it stays known."""
    life, made = api.parts.partners.life, await registered(api)
    await life.approve(By(COMMAND), made["client_id"])
    await life.suspend(By(COMMAND), made["client_id"], "misuse")
    refused = await ask(api, "DELETE", made)
    assert (refused.status, refused.body["error"]) == (400, "unauthorized_client")
    row = await Partner.get(id=made["client_id"])
    assert row.state == "suspended" and row.responsible_sealed
    await life.reinstate(By(COMMAND), made["client_id"])
    assert (await ask(api, "DELETE", made)).status == 204
