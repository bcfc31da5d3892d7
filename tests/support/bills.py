"""A hospital and its patient: bills over HTTP, the worker's jobs done here, the cashier pressed."""

import asyncio
import hashlib
import json
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from tortoise.connection import get_connection

from identity.models import Notice
from identity.signed import APP, sign
from services.bills import jobs as bill_jobs
from services.models import MedicalBill
from services.payables import payables
from services.payments import jobs as payment_jobs
from tests.support import faces as pictures
from tests.support.http import Answer, Api, SignedIn
from tests.support.log_capture import personal
from tests.support.partner_app import PartnerApp, an_approved_partner
from tests.support.partner_codes import TOKEN, remember
from tests.support.people import admit
from tests.support.sandbox import Sandbox, SandboxResident

OFFICE = "medical-insurance"
SCOPE = "medical-bills:open"
MANY, ENOUGH = 60, 100_00  # residents to draw, and fen
LOOKS = 1200  # a minute of looking
BORN = "1982-03-04"  # a career without pauses: insured (sandbox: life)
FEES = [{"title": {"zh": "检查费", "en": "Examination"}, "fen": 80_000},
        {"title": {"zh": "药费", "en": "Medicine"}, "fen": 20_001}]  # fmt: skip
_DUE = """
    DELETE FROM pgqueuer WHERE id = (SELECT id FROM pgqueuer WHERE entrypoint = ANY($1)
        ORDER BY execute_after, id LIMIT 1) RETURNING entrypoint, payload
"""


@dataclass
class Hospital:
    """A partner with a token of its own."""

    api: Api
    app: PartnerApp
    token: str

    async def send(self, method: str, path: str, body: Any = None) -> Answer:
        given = {} if body is None else {"json": body}
        return await self.app.call(self.api, method, path, self.token, **given)

    async def bill(self, whose: SandboxResident, **changed: Any) -> Answer:
        """A bill of a visit of its own; ``changed`` replaces members."""
        sent = {
            "visit": personal(f"visit-{secrets.token_hex(6)}"),
            "patient": {"name": whose.name, "id_number": whose.number},
            "care": "outpatient",
            "fees": FEES,
        }
        return await self.send("POST", "/v1/medical-bills", sent | changed)

    async def opened(self, whose: SandboxResident, **changed: Any) -> str:
        """Its number."""
        made = await self.bill(whose, **changed)
        assert made.status == 201, made.body
        return str(made.body["number"])

    async def refund(self, number: str, fen: int, reference: str = "") -> Answer:
        sent = {"reference": reference or secrets.token_hex(6), "fen": fen}
        return await self.send("POST", f"/v1/medical-bills/{number}/refunds", sent)

    async def shown(self, number: str) -> Any:
        answer = await self.send("GET", f"/v1/medical-bills/{number}")
        assert answer.status == 200, answer.body
        return answer.body

    async def until_back(self, number: str) -> Any:
        """The bill, once all that was given back is where it came from."""
        await work(self.api)
        for _ in range(LOOKS):
            shown = await self.shown(number)
            if all(one["done"] for one in shown["refunds"]):
                return shown
            await asyncio.sleep(0.05)
        raise AssertionError("the money never came back")


async def a_hospital(api: Api, scope: str = SCOPE, environment: str = "production") -> Hospital:
    said = {"grant_types": ["client_credentials"], "scope": scope, "environment": environment}
    app = await an_approved_partner(api.settings.public_url, **said)
    given = remember(await app.post(api, TOKEN, grant_type="client_credentials"))
    assert given.status == 200, given.body
    return Hospital(api, app, given.body["access_token"])


@dataclass
class Patient:
    api: Api
    person: SandboxResident
    signed: SignedIn

    async def send(self, method: str, path: str, body: Any = None) -> Answer:
        given: dict[str, Any] = {} if body is None else {"json": body}
        headers = {"Idempotency-Key": secrets.token_hex(8)}
        return await self.api.send(method, path, self.signed.access, headers=headers, **given)

    async def bill(self, number: str) -> Any:
        answer = await self.send("GET", f"/v1/bills/{number}")
        assert answer.status == 200, answer.body
        return answer.body

    async def shared(self, number: str, *, insurance: bool = True) -> Any:
        """The bill as it was shared out."""
        wanted = {"insurance": insurance}
        answer = await self.send("POST", f"/v1/bills/{number}/share", wanted)
        assert answer.status == 204, answer.body
        await work(self.api)
        return await self.bill(number)

    async def pay(self, number: str, button: str = "pay") -> Answer:
        """The cash part, at the sandbox's cashier; then what follows."""
        begun = await self.send("POST", "/v1/payments", {"subject": f"medical-bill:{number}"})
        if begun.status == 201 and begun.body["cashier"]:
            await press(self.api, begun.body["cashier"]["url"], button)
            await self.until_taken(begun.body["number"])
        await work(self.api)
        return begun

    async def until_returned(self, bill: str) -> Any:
        """The payment of a bill, once all of it is back."""
        listed = (await self.send("GET", "/v1/payments")).body["payments"]
        (number,) = [one["number"] for one in listed if one["subject"].endswith(bill)]
        for _ in range(LOOKS):
            await work(self.api)
            found = (await self.send("GET", f"/v1/payments/{number}")).body
            if found["state"] == "refunded":
                return found
            await asyncio.sleep(0.05)
        raise AssertionError("the payment never came back")

    async def until_taken(self, payment: str) -> None:
        """Until the provider's word of it has come, by callback or by being asked."""
        for _ in range(LOOKS):
            found = await self.send("GET", f"/v1/payments/{payment}")
            if found.body["state"] not in ("opened", "paying"):
                return
            await asyncio.sleep(0.05)
        raise AssertionError("the payment was never taken")


async def a_patient(api: Api, born: str = BORN) -> Patient:
    async def somebody() -> SandboxResident:
        return await api.sandbox.new_resident(pictures.portrait(pictures.OBAMA), born=born)

    made = await (an_insured(api.sandbox, somebody) if born == BORN else somebody())
    admitted = await admit(api.settings, made.name, made.number)
    return Patient(api, made, await api.sign_in(resident=admitted.resident))


async def an_insured(
    sandbox: Sandbox, somebody: Callable[[], Awaitable[SandboxResident]]
) -> SandboxResident:
    """Somebody whose account holds enough to pay a part: what care has cost is drawn by lot."""
    for _ in range(MANY):
        one = await somebody()
        if await held_by(sandbox, one) >= ENOUGH:
            return one
    raise AssertionError("nobody has anything in their account")


async def held_by(sandbox: Sandbox, who: SandboxResident) -> int:
    """Fen in the personal account, as the office says."""
    answer = await ask_office(sandbox, who, "account")
    return int(answer["output"]["balc"].replace(".", "")) if answer["infcode"] == "0" else 0


async def ask_office(sandbox: Sandbox, who: SandboxResident, path: str, **more: Any) -> Any:
    """The insurance office, asked as the house asks it; ``more`` replaces members."""
    said = {"name": who.name, "number": who.number, "psn_cert_digest": digest(who.number)} | more
    body, route = json.dumps(said).encode(), f"/{OFFICE}/{path}"
    made = sign(sandbox.secret(OFFICE), "POST", route, body)
    headers = {
        "x-tif-paasid": APP, "x-tif-timestamp": made.timestamp, "x-tif-nonce": made.nonce,
        "x-tif-signature": made.mac.hex().upper(),
    }  # fmt: skip
    return (await sandbox.send("POST", route, data=body, headers=headers)).body


def digest(number: str) -> str:
    """What the office asks for beside the number, and nothing may keep."""
    return personal(hashlib.md5(number.upper().encode(), usedforsecurity=False).hexdigest())


async def press(api: Api, cashier: str, button: str) -> None:
    path = cashier.removeprefix(api.sandbox.url)
    reply = await api.sandbox.send("POST", path, data={"do": button}, allow_redirects=False)
    assert reply.status in (200, 303), reply.raw


async def work(api: Api, *, most: int = 80) -> None:
    """What the worker would do for bills and payments, job by job, until nothing waits."""
    handlers = jobs_of(api)
    for _ in range(most):
        found = await get_connection("default").execute_query_dict(_DUE, [list(handlers)])
        if not found:
            return
        name, payload = found[0]["entrypoint"], found[0]["payload"]
        await handlers[name](json.loads(payload or b"{}"))
    raise AssertionError("work without end")


def jobs_of(api: Api) -> dict[str, Any]:
    ground = api.parts.ground
    settlements = payables(ground.vault, api.parts.catalogue)
    return {
        **bill_jobs.handlers(ground.vault, api.parts.residents, ground.departments),
        **payment_jobs.handlers(ground.outbound, ground.settings, settlements),
    }


def adds_up(bill: Any) -> bool:
    """Both equations, on what leaves the house."""
    insured = bill["government_fen"] + bill["self_fen"] + bill["other_fen"]
    first = insured + bill["cash_fen"] + bill["reductions_fen"]
    second = insured + bill["medical_cash_fen"] + bill["additions_fen"]
    return bill["total_fen"] == first == second


async def kinds(patient: Patient) -> list[str]:
    found = Notice.filter(resident_id=patient.signed.resident).order_by("created_at")
    return [one.kind for one in await found if one.kind.startswith("bill-")]


async def heal(api: Api) -> None:
    await api.sandbox.heal()
    api.parts.departments[OFFICE].circuit.succeeded()


async def with_cash_left(hospital: Hospital, patient: Patient) -> str:
    """A bill of more than the account holds."""
    large = [FEES[0] | {"fen": 40_000_003}]
    reduced = [{"kind": "hospital", "fen": 101}]
    added = [{"kind": "freight", "fen": 1_200}]
    return await hospital.opened(
        patient.person, fees=large, care="inpatient", reductions=reduced, additions=added
    )


async def account(patient: Patient) -> int:
    """What the personal account would pay of a bill of any size: what it holds now."""
    hospital = await a_hospital(patient.api)
    number = await hospital.opened(patient.person, fees=[FEES[0] | {"fen": 900_000_000}])
    held: int = (await patient.shared(number))["self_fen"]
    await MedicalBill.filter(number=number).delete()
    await Notice.filter(subject=f"bill:{number}").delete()
    return held
