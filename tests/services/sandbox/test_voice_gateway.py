"""The gateway that relays calls: who may ask it, what it gives, and which number each side sees."""

import json
import secrets
from typing import Any

import pytest

from services.sandbox.messages import Messages
from services.sandbox.voice_gateway import RELAY, CallMade, RelayWanted, Switchboard
from tests.support.sandbox import Reply, Sandbox

OWNER, STRANGER = "19900110011", "19900220022"
ROUTE = "/voice-gateway/relays"


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


def wanted(**changed: Any) -> dict[str, Any]:
    return {"callee": OWNER, "expires_in": 600, "reference": secrets.token_hex(8)} | changed


def dialled(extension: str, relay: str = RELAY) -> CallMade:
    return CallMade(caller=STRANGER, relay=relay, extension=extension)


async def asked(sandbox: Sandbox, body: Any, *, signed: bool = True) -> Reply:
    raw = json.dumps(body).encode()
    headers = sandbox.signature("voice-gateway", ROUTE, raw) if signed else {}
    return await sandbox.send("POST", ROUTE, data=raw, headers=headers)


async def test_who_does_not_sign_gets_no_relay(sandbox: Sandbox):
    assert (await asked(sandbox, wanted(), signed=False)).status == 401


@pytest.mark.parametrize(
    "wrong", [{"callee": "12"}, {"callee": "x" * 11}, {"expires_in": 5}, {"caller": STRANGER}]
)
async def test_what_is_no_request_is_unreadable(sandbox: Sandbox, wrong: dict[str, Any]):
    """Nor is who calls: the gateway is never told."""
    assert (await asked(sandbox, wanted(**wrong))).status == 400


async def test_a_repeated_reference_is_the_same_relay(sandbox: Sandbox):
    body = wanted()
    first, again = [(await asked(sandbox, body)).body for _ in range(2)]
    assert first == again and first["relay"] == RELAY
    assert (await asked(sandbox, wanted())).body["extension"] != first["extension"]


def test_only_the_right_number_and_extension_ring():
    board = Switchboard(Messages(), Clock())
    extension = board.relay(RelayWanted(**wanted()))
    assert not board.ring(dialled(extension, "02000000000"))
    assert not board.ring(dialled(f"{(int(extension) + 1) % 10_000:04d}"))
    assert board.ring(dialled(extension))


def test_each_side_sees_the_relays_number_alone():
    messages = Messages()
    board = Switchboard(messages, Clock())
    board.ring(dialled(board.relay(RelayWanted(**wanted()))))
    for own, other in ((OWNER, STRANGER), (STRANGER, OWNER)):
        (seen,) = messages.list(own)
        assert RELAY in seen.text and other not in seen.text


def test_a_relay_that_has_ended_rings_nobody():
    clock = Clock()
    board = Switchboard(Messages(), clock)
    extension = board.relay(RelayWanted(**wanted()))
    clock.now += 601
    assert not board.ring(dialled(extension))
