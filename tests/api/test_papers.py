"""Certificates: what a service answered, sealed, with a code by which anybody checks it; and
anybody's sealed PDF judged here, an expired issuer's refused.
"""

import hashlib
from datetime import timedelta
from uuid import uuid4

import aiohttp
import pytest

from identity import written_codes
from identity.models import AuditEvent
from services.clocks import today
from services.models import IssuedPaper
from services.papers.certificates import CODE
from tests.api.test_signatures import anchors, signed
from tests.services.papers.test_sealed import judged
from tests.support.kiosk import Phone, a_kiosk, let_in

PAID, EARNED = "social-insurance-contributions", "tax-income"


async def give(api, who, service, question=None, key=""):
    headers = {"Idempotency-Key": key or uuid4().hex}
    path = f"/v1/services/{service}/papers"
    return await api.post(path, question or {}, who.access if who else "", headers=headers)


async def check(api, code):
    return await api.post("/v1/papers/check", {"code": code})


async def judgement(api, pdf):
    headers = {"Content-Type": "application/pdf"}
    return await api.send("POST", "/v1/papers/judgement", data=pdf, headers=headers)


async def of_the_province(api, kind: str) -> bytes:
    async with aiohttp.ClientSession() as http:
        url = f"{api.sandbox.url}/other-province/document/{kind}"
        async with http.get(url) as answer:
            assert answer.status == 200
            return await answer.read()


@pytest.fixture(scope="module")
async def who(api):
    return await api.registered()


@pytest.fixture(scope="module")
async def paid(api, who):
    answer = await give(api, who, PAID)
    assert answer.status == 200, answer.body
    return answer


async def code_of(api, pdf) -> str:
    """As somebody reads it off the paper: the code stands in the QR's address, which the test
    cannot see; so it is given anew to the row.
    """
    row = await IssuedPaper.get(sha256=hashlib.sha256(pdf).hexdigest())
    code = written_codes.checked(written_codes.drawn(11))
    row.code = api.parts.ground.vault.digest(CODE, code)
    await row.save()
    return written_codes.grouped(code)


async def test_nobody_gets_a_certificate_without_being_known(api):
    assert (await give(api, None, PAID)).code == "sign-in-needed"


async def test_a_service_without_a_certificate_gives_none(api, who):
    assert (await give(api, who, "licence-points")).code == "paper-not-offered"


async def test_a_certificate_needs_the_proof_that_the_answer_needs(api, who):
    """What one earns is sensitive: level 4 and fresh, on paper too."""
    low = await api.sign_in(resident=who.resident, acr="3")
    assert (await give(api, low, EARNED)).code == "step-up-needed"
    assert (await give(api, low, PAID)).status == 200


async def test_a_certificate_is_sealed_by_the_department_that_answers_for_it(api, paid):
    found = await judged(paid.raw, await anchors(api))
    (one,) = found.signatures
    title = api.parts.catalogue.service(PAID).department.title["zh-CN"]
    assert (found.state, one.organisation, one.stamped) == ("valid", title, True)


async def test_a_byte_changed_in_a_certificate_is_found(api, paid):
    changed = bytearray(paid.raw)
    changed[len(changed) // 4] ^= 1
    assert (await judgement(api, bytes(changed))).body["state"] in ("changed", "broken")


async def test_the_document_is_not_kept_and_the_read_is_on_record(api, who, paid):
    row = await IssuedPaper.get(sha256=hashlib.sha256(paid.raw).hexdigest())
    assert row.resident_id == who.resident and row.good_until > today()
    events = AuditEvent.filter(resident_id=who.resident, service=PAID)
    assert {"service:answered", "paper:issued"} <= {one.event for one in await events}


async def test_asked_again_with_the_same_key_it_is_the_same_certificate(api, who):
    key = uuid4().hex
    first, second = await give(api, who, PAID, key=key), await give(api, who, PAID, key=key)
    assert first.raw == second.raw and first.raw.startswith(b"%PDF-")


async def test_anybody_checks_the_code_and_learns_nothing_of_whose_it_is(api, who, paid):
    answer = await check(api, (await code_of(api, paid.raw)).lower())
    assert answer.status == 200 and answer.body["state"] == "good"
    assert answer.body["sha256"] == hashlib.sha256(paid.raw).hexdigest()
    person = await api.parts.core.residents.reveal(who.resident)
    said = answer.raw.decode()
    assert person.name not in said and person.number.value not in said
    assert not answer.body.keys() & {"name", "id_number", "resident"}


@pytest.mark.parametrize("code", ["K7QF-2M9P-XA4T", "0000-0000-0001", "' OR 1=1", "𝟙𝟚𝟛𝟜"])
async def test_a_code_that_is_guessed_is_unknown(api, code):
    assert (await check(api, code)).code == "paper-unknown"


async def test_a_certificate_lapses_by_itself(api, who):
    pdf = (await give(api, who, PAID)).raw
    code = await code_of(api, pdf)
    digest = hashlib.sha256(pdf).hexdigest()
    await IssuedPaper.filter(sha256=digest).update(good_until=today() - timedelta(days=1))
    assert (await check(api, code)).body["state"] == "lapsed"


async def test_a_kiosk_takes_the_certificate_of_the_service_that_its_visitor_came_for(api):
    """To be printed; with the visit's token, bound to the kiosk's key, and for nothing else."""
    kiosk, phone = await a_kiosk(api), Phone(api, await api.registered())
    token = (await let_in(api, kiosk, phone, f"{PAID}:read")).body["access_token"]
    once = [("Idempotency-Key", uuid4().hex)]
    for service, status in ((PAID, 200), (EARNED, 403)):
        path = f"/v1/services/{service}/papers"
        answer = await kiosk.call(api, "POST", path, token, json={}, heads=once)
        assert answer.status == status, answer.body
        if status == 200:
            assert (await judged(answer.raw, await anchors(api))).state == "valid"
    row = await IssuedPaper.filter(resident_id=phone.resident).first()
    assert row.service == PAID


async def test_income_is_certified_by_the_tax_office(api, who):
    answer = await give(api, who, EARNED)
    assert answer.status == 200, answer.body
    (one,) = (await judged(answer.raw, await anchors(api))).signatures
    office = api.parts.catalogue.service(EARNED).department.title["zh-CN"]
    assert (one.state, one.organisation) == ("valid", office)


async def test_anybody_has_a_signed_document_judged(api):
    resident = await api.registered()
    made, again = await signed(api, resident)
    pdf = (await api.get(f"/v1/materials/{made['id']}", again.access)).raw
    answer = await judgement(api, pdf)
    (one,) = answer.body["signatures"]
    assert answer.body["state"] == "valid" and one["stamped"]


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        ("good", "valid"),
        ("changed", "changed"),
        ("expired", "expired"),
        ("stranger", "unknown-issuer"),
    ],
)
async def test_another_provinces_document_is_judged_by_the_list(api, kind, state):
    """Mutual recognition: who is on the list counts as ours do; expired or unknown is refused."""
    answer = await judgement(api, await of_the_province(api, kind))
    assert answer.body["state"] == state
    if state == "valid":
        assert answer.body["signatures"][0]["issuer"] == "临江省政务服务平台"


@pytest.mark.parametrize("content", [b"not a PDF", b"%PDF-1.7\n" + b"[" * 200_000])
async def test_what_is_no_sealed_document_is_said_so(api, content):
    """The second one nests deeper than any reader goes."""
    answer = await judgement(api, content)
    assert answer.status == 200 and answer.body == {"state": "broken", "signatures": []}
