"""The reader of ID cards that the sandbox plays: what lies on it, and what it signs."""

import jwt
import pytest

from identity.kiosks.card_reader import CardReaders
from identity.kiosks.errors import CardExpired, CardStatementInvalid
from tests.conftest import settings_on
from tests.support import faces
from tests.support.sandbox import Sandbox, SandboxResident

READER = "/card-reader/kiosk-of-a-test"


@pytest.fixture
async def person(healthy_sandbox: Sandbox) -> SandboxResident:
    return await healthy_sandbox.new_resident(faces.portrait(faces.OBAMA))


@pytest.fixture
def readers(sandbox: Sandbox, tmp_path) -> CardReaders:
    return CardReaders(settings_on("", "", tmp_path, sandbox_key=sandbox.key))


async def statement(sandbox: Sandbox, nonce: str = "a-nonce") -> str:
    said = await sandbox.send("POST", f"{READER}/readings", json={"nonce": nonce})
    assert said.status == 200, said.body
    return str(said.body["statement"])


async def test_without_a_card_there_is_nothing_to_read(healthy_sandbox: Sandbox):
    await healthy_sandbox.send("DELETE", f"{READER}/card")
    said = await healthy_sandbox.send("POST", f"{READER}/readings", json={"nonce": "n"})
    assert (said.status, said.body) == (409, {"error": "no-card"})


async def test_nobodys_card_cannot_be_laid(healthy_sandbox: Sandbox):
    said = await healthy_sandbox.send(
        "POST", f"{READER}/card", json={"number": "110105194912310021"}
    )
    assert said.status == 404


async def test_the_statement_names_the_card_and_the_nonce(
    healthy_sandbox: Sandbox, person: SandboxResident, readers: CardReaders
):
    await healthy_sandbox.send("POST", f"{READER}/card", json={"number": person.number})
    card = readers.read(await statement(healthy_sandbox), "a-nonce")
    assert (card.name, card.number, card.kind) == (person.name, person.number, "resident-id")
    assert person.number not in repr(card)


async def test_a_statement_for_another_nonce_or_house_is_refused(
    healthy_sandbox: Sandbox, person: SandboxResident, readers: CardReaders, tmp_path
):
    await healthy_sandbox.send("POST", f"{READER}/card", json={"number": person.number})
    made = await statement(healthy_sandbox)
    with pytest.raises(CardStatementInvalid):
        readers.read(made, "another")
    elsewhere = CardReaders(settings_on("", "", tmp_path))
    with pytest.raises(CardStatementInvalid):
        elsewhere.read(made, "a-nonce")


@pytest.mark.parametrize(
    ("fault", "refused"),
    [("wrong-nonce", CardStatementInvalid), ("long-ago", CardStatementInvalid),
     ("another-key", CardStatementInvalid), ("expired", CardExpired)],
)  # fmt: skip
async def test_false_statements_can_be_asked_for(
    healthy_sandbox: Sandbox, person: SandboxResident, readers: CardReaders, fault, refused
):
    await healthy_sandbox.send("POST", f"{READER}/card", json={"number": person.number})
    await healthy_sandbox.fault("card-reader", fault, times=1)
    with pytest.raises(refused):
        readers.read(await statement(healthy_sandbox), "a-nonce")


async def test_only_the_kiosks_page_may_read_the_answer(healthy_sandbox: Sandbox):
    asked = await healthy_sandbox.send("OPTIONS", f"{READER}/readings")
    assert asked.status == 204
    origin = asked.headers["Access-Control-Allow-Origin"]
    assert origin == "http://127.0.0.1:8000"
    assert "Access-Control-Allow-Credentials" not in asked.headers


async def test_people_lay_cards_on_a_page(healthy_sandbox: Sandbox, person: SandboxResident):
    form = {"reader": "kiosk-of-a-test", "number": person.number}
    page = await healthy_sandbox.send("POST", "/card-reader", data=form)
    assert page.status == 200 and b'role="status"' in page.raw
    said = jwt.decode(await statement(healthy_sandbox), options={"verify_signature": False})
    assert said["number"] == person.number
