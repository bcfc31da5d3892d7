"""What an answer costs: at most two statements to PostgreSQL and one round trip to Valkey."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from redis.asyncio.connection import AbstractConnection

from tests.support import faces
from tests.support.http import Api, SignedIn
from tests.support.log_capture import personal
from tests.support.people import admit
from tests.support.statements import asked, counted

LISTENING = {b"PING", b"SUBSCRIBE", b"HELLO", b"CLIENT", b"INFO"}
BORN = "1988-04-26"  # every office of the sandbox keeps something about who was born then


@pytest.fixture(scope="module")
async def resident(api: Api) -> SignedIn:
    made = await api.sandbox.new_resident(faces.portrait(faces.OBAMA), sex="female", born=BORN)
    admitted = await admit(api.settings, personal(made.name), personal(made.number))
    return await api.sign_in(resident=admitted.resident)


@contextmanager
def round_trips(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bytes]]:
    """What this process sends to Valkey meanwhile, a whole pipeline as one, but for listening."""
    sent: list[bytes] = []
    send = AbstractConnection.send_packed_command

    async def listening(self: AbstractConnection, command: object, **given: object) -> None:
        whole = command if isinstance(command, bytes) else b"".join(command)  # type: ignore[arg-type]
        if whole.split(b"\r\n", 3)[2].upper() not in LISTENING:  # *1, $4, PING
            sent.append(whole)
        await send(self, command, **given)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(AbstractConnection, "send_packed_command", listening)
        yield sent


def queries(api: Api) -> list[str]:
    return [id for id, one in api.parts.catalogue.services.items() if one.function]


async def test_an_answer_costs_two_statements_and_one_round_trip_and_again_one_of_each(
    api: Api, resident: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """First the record is opened and the read written down; a remembered answer opens nothing."""
    records, another = "/v1/services/provident-fund-records/answers", {"from": "2024-01"}
    warm = await api.post(records, another, resident.access)  # the session itself is read once
    assert warm.status == 200, warm.body
    for service in queries(api):
        for most in (2, 1):
            with counted() as said, round_trips(monkeypatch) as sent:
                answer = await api.post(f"/v1/services/{service}/answers", {}, resident.access)
            assert answer.status == 200, (service, answer.body)
            assert (answer.body["age_seconds"] > 0) <= (most == 1)
            assert len(asked(said)) == most, (service, said)
            assert len(sent) == 1, (service, len(sent))


async def test_the_catalogue_and_a_service_of_it_cost_nothing(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in ("/v1/services", "/v1/services/tax-income", "/v1/services?q=gjj"):
        await api.get(path)
        with counted() as said, round_trips(monkeypatch) as sent:
            assert (await api.get(path)).status == 200
        assert (asked(said), sent) == ([], [])
