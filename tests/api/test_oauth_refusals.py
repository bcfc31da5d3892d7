"""What a client is told of a refusal, and what only our log knows (RFC 6749 §5.2)."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from config.logs import JsonLine
from tests.support.http import Answer, Api
from tests.support.partner_app import PartnerApp, an_approved_partner


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """The log of the provider, as it is written."""
    lines = io.StringIO()
    handler = logging.StreamHandler(lines)
    handler.setFormatter(JsonLine())
    log = logging.getLogger("zhiban.oauth")
    log.addHandler(handler)
    yield lines
    log.removeHandler(handler)


@pytest.fixture(scope="module")
async def app(api: Api) -> PartnerApp:
    return await an_approved_partner(api.url)


def line_of(answer: Answer, written: io.StringIO) -> dict[str, Any]:
    """The one line that bears the request's id, which the client was given."""
    lines = [json.loads(line) for line in written.getvalue().splitlines()]
    [found] = [one for one in lines if one["request_id"] == answer.headers["x-request-id"]]
    return dict(found)


async def test_an_unknown_and_an_unproven_client_are_told_the_same_and_the_log_knows_why(
    api: Api, app: PartnerApp, written: io.StringIO
):
    grant = {"grant_type": "authorization_code", "code": "none"}
    nobody = await api.send("POST", "/oauth/token", data=grant | {"client_id": "c-nobody"})
    unproven = await api.send("POST", "/oauth/token", data=grant | {"client_id": app.id})
    assert nobody.body == unproven.body
    assert (nobody.status, nobody.body["error"]) == (401, "invalid_client")
    for answer, why in ((nobody, "nobody knows it"), (unproven, "no assertion")):
        line = line_of(answer, written)
        assert (line["event"], line["error"], line["cause"]) == ("refused", "invalid_client", why)
        assert why not in answer.raw.decode()


@pytest.mark.parametrize(
    ("path", "form", "error"),
    [
        ("/oauth/token", {"grant_type": "password"}, "unsupported_grant_type"),
        ("/oauth/token", {}, "invalid_request"),
        ("/oauth/par", {"response_type": "code"}, "invalid_client"),
        ("/oauth/introspect", {"token": "x"}, "invalid_client"),
        ("/oauth/revoke", {"token": "x"}, "invalid_client"),
        ("/oauth/device_authorization", {"scope": "x"}, "invalid_client"),
    ],
)
async def test_every_endpoint_says_the_code_and_keeps_the_reason(
    api: Api, written: io.StringIO, path: str, form: dict[str, str], error: str
):
    answer = await api.send("POST", path, data=form)
    line = line_of(answer, written)
    assert answer.body["error"] == line["error"] == error
    assert line["cause"]
    assert set(answer.body) == {"error", "error_description"}
    assert answer.headers["Cache-Control"] == "no-store"
