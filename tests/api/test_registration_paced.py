"""Registering and changing make us ask the client's own servers, which may be somebody else's."""

import pytest

from identity.partners import quota
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
