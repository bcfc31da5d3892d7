"""One case over HTTP: read on record, accepted, asked for more, decided, passed on."""

import io
import json
from uuid import UUID, uuid4

import pytest
from PIL import Image
from tortoise.transactions import in_transaction

from identity.models import AuditEvent, Notice
from services.applications import steps
from services.applications.ledger import ADVANCE
from services.materials.content import Upload
from services.models import Application, ApplicationEvent, ApplicationStep, Supplement
from tests.support.cases import FUND, Applicant, a_case, an_applicant, attached, version_of
from tests.support.http import Answer, Api
from tests.support.staff import Desk, at_work

PDF = (
    b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\nxref\n0 1\n0000000000 65535 f \n"
    b"trailer<<>>\nstartxref\n29\n%%EOF\n"
)


def a_picture() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (8, 8), "teal").save(made, "PNG")
    return made.getvalue()


PNG = a_picture()


@pytest.fixture(scope="module")
async def worker(api: Api) -> Desk:
    return await at_work(api, "caseworker", departments=[FUND])


@pytest.fixture(scope="module")
async def lead(api: Api) -> Desk:
    return await at_work(api, "case-lead", departments=[FUND])


@pytest.fixture(scope="module")
async def applicant(api: Api) -> Applicant:
    return await an_applicant(api)


async def held(api: Api, worker: Desk, applicant: Applicant, **more: object) -> str:
    number = await a_case(api, applicant, **more)
    assert (await worker.post(f"/staff/cases/{number}/taking")).status == 204
    return number


async def sent(worker: Desk, number: str, path: str, **body: object) -> Answer:
    body.setdefault("version", await version_of(number))
    return await worker.post(f"/staff/cases/{number}/{path}", body)


async def state_of(number: str) -> str:
    return (await Application.get(number=number)).state


async def test_a_case_is_read_on_record_and_its_resident_sees_role_and_department(
    api: Api, worker: Desk
):
    applicant = await an_applicant(api)
    number = await held(api, worker, applicant)
    opened = await worker.send("GET", f"/staff/cases/{number}")
    assert opened.status == 200, opened.body
    case = opened.body["case"]
    assert (case["number"], case["state"]) == (number, "in-review")
    assert opened.body["applicant"]["name"] == applicant.name
    assert opened.body["applicant"]["id_number"] == applicant.number.masked
    assert opened.body["mine"] and {"approve", "refuse", "supplement"} <= set(opened.body["may"])
    signed = await api.sign_in(resident=applicant.resident)
    happened = (await api.get("/v1/me/activity", signed.access)).body["events"]
    (read,) = [one for one in happened if one["event"] == "case:read"]
    assert read["actor"] == "工作人员（住房公积金管理中心，办件人员）"
    assert (read["service"], read["purpose"]) == ("公积金提取", "办理您的申请")
    told = json.dumps(happened, ensure_ascii=False)
    assert worker.who["name"] not in told and worker.who["login"] not in told


async def test_a_lead_reads_without_taking_and_may_only_give_it_back(
    api: Api, lead: Desk, worker: Desk, applicant: Applicant
):
    number = await held(api, worker, applicant)
    opened = await lead.send("GET", f"/staff/cases/{number}")
    assert (opened.status, opened.body["may"], opened.body["mine"]) == (200, ["release"], False)
    answer = await sent(lead, number, "decision", outcome="approve", reasons=[])
    assert (answer.status, answer.code) == (403, "case-not-held")
    assert (await lead.post(f"/staff/cases/{number}/release")).status == 204
    assert (await lead.send("GET", f"/staff/cases/{number}")).body["may"] == ["take"]


async def test_a_case_that_changed_meanwhile_is_not_decided(
    api: Api, worker: Desk, applicant: Applicant
):
    number = await held(api, worker, applicant)
    seen = await version_of(number)
    await Application.filter(number=number).update(version=seen + 1)
    for path, more in (
        ("decision", {"outcome": "approve"}),
        ("supplement", {"wanted": ["rent-contract"], "words": "请补充"}),
        ("escalation", {"words": "请看"}),
        ("repetition", {}),
        ("acceptance", {}),
    ):
        answer = await sent(worker, number, path, version=seen, **more)
        assert (answer.status, answer.code) == (409, "case-changed"), path
    assert await state_of(number) == "in-review"


async def test_it_is_accepted_and_the_offices_are_asked(
    api: Api, worker: Desk, applicant: Applicant
):
    number = await held(api, worker, applicant, submitted=True)
    before = await jobs(number)
    assert (await sent(worker, number, "acceptance", words="材料齐全")).status == 204
    row = await Application.get(number=number)
    assert (row.state, row.waits_for) == ("accepted", "rules")
    assert await jobs(number) == before + 1
    again = await sent(worker, number, "acceptance")
    assert (again.status, again.code) == (409, "case-not-waiting")


async def test_an_illegal_step_is_refused_and_changes_nothing(
    api: Api, worker: Desk, applicant: Applicant
):
    submitted = await held(api, worker, applicant, submitted=True)
    answer = await sent(worker, submitted, "decision", outcome="approve", reasons=[])
    assert (answer.status, answer.code) == (409, "transition-illegal")
    reviewed = await held(api, worker, applicant)
    assert (await sent(worker, reviewed, "acceptance")).code == "transition-illegal"
    assert (await state_of(submitted), await state_of(reviewed)) == ("submitted", "in-review")


async def test_a_supplement_says_what_is_missing_and_stops_the_clocks(
    api: Api, worker: Desk, applicant: Applicant
):
    number = await held(api, worker, applicant)
    for wrong in (["a-thing"], ["rent-contract", "spouse-number"]):
        answer = await sent(worker, number, "supplement", wanted=wrong, words="请补充")
        assert (answer.status, answer.code) == (422, "supplement-wrong")
    for body in ({"wanted": [], "words": "请"}, {"wanted": ["rent-contract"], "words": " "}):
        assert (await sent(worker, number, "supplement", **body)).code == "request-invalid"
    asked = await sent(
        worker, number, "supplement", wanted=["rent-contract", "purpose"], words="合同看不清"
    )
    assert asked.status == 204, asked.body
    row = await Application.get(number=number)
    assert (row.state, row.waits_for, row.staff_id) == ("supplement-asked", "you", None)
    assert row.paused_at is not None
    wanted = await Supplement.get(application_id=row.id)
    assert (wanted.wanted, wanted.answered_at) == ("rent-contract purpose", None)
    assert "合同看不清".encode() not in bytes(wanted.words_sealed or b"")
    told = Notice.filter(resident_id=applicant.resident, kind="application-supplement")
    assert await told.exists()


@pytest.mark.parametrize("reasons", [[], ["because"], ["office-silent", "x"]])
async def test_a_refusal_needs_a_reason_of_the_service(
    api: Api, worker: Desk, applicant: Applicant, reasons: list[str]
):
    number = await held(api, worker, applicant)
    answer = await sent(worker, number, "decision", outcome="refuse", reasons=reasons)
    assert (answer.status, answer.code) == (422, "case-reason-wrong")


@pytest.mark.parametrize(
    ("outcome", "state", "event"),
    [
        ("approve", "approved", "application:approved"),
        ("refuse", "refused", "application:refused"),
    ],
)
async def test_it_is_decided_with_reasons_its_resident_reads(
    api: Api, worker: Desk, outcome: str, state: str, event: str
):
    applicant = await an_applicant(api)
    number = await held(api, worker, applicant)
    opened = (await worker.send("GET", f"/staff/cases/{number}")).body
    reason = opened["reasons"][0]
    answer = await sent(
        worker, number, "decision", outcome=outcome, reasons=[reason["code"]], words="已核对"
    )
    assert answer.status == 204, answer.body
    assert await state_of(number) == state
    last = await ApplicationEvent.filter(
        application_id=UUID(str((await Application.get(number=number)).id)), name=outcome
    ).get()
    assert (last.actor_kind, last.actor) == ("staff", worker.who["id"])
    row = await AuditEvent.filter(resident_id=applicant.resident, event=event).get()
    assert row.client == "staff-desk.caseworker.provident-fund"
    after = await worker.send("GET", f"/staff/cases/{number}")
    assert (after.status, after.code) == (403, "case-not-held")


async def test_what_is_passed_on_waits_for_a_lead_alone(
    api: Api, worker: Desk, lead: Desk, applicant: Applicant
):
    number = await held(api, worker, applicant)
    assert (await sent(worker, number, "escalation", words="夫妻名下住房有争议")).status == 204
    taking = f"/staff/cases/{number}/taking"
    assert (await worker.post(taking)).code == "case-not-waiting"
    assert (await lead.post(taking)).status == 204
    opened = (await lead.send("GET", f"/staff/cases/{number}")).body
    assert "夫妻名下住房有争议" in [one["words"] for one in opened["case"]["events"]]
    answer = await sent(lead, number, "decision", outcome="approve", reasons=[])
    assert answer.status == 204


async def test_offices_that_did_not_answer_are_asked_again(
    api: Api, worker: Desk, applicant: Applicant
):
    number = await held(api, worker, applicant)
    none_failed = await sent(worker, number, "repetition")
    assert (none_failed.status, none_failed.code) == (409, "case-not-waiting")
    row = await Application.get(number=number)
    mine = ApplicationStep.filter(application_id=row.id, name="home")
    await mine.update(state=steps.StepState.FAILED, fault="department-timeout")
    key, before = (await mine.get()).key, await jobs(number)
    assert "again" in (await worker.send("GET", f"/staff/cases/{number}")).body["may"]
    assert (await sent(worker, number, "repetition")).status == 204
    step = await mine.get()
    assert (step.state, step.key) == ("waiting", key)
    assert await jobs(number) == before + 1


async def test_a_document_is_opened_on_record_and_in_a_cage(api: Api, worker: Desk, lead: Desk):
    applicant = await an_applicant(api)
    number = await held(api, worker, applicant)
    kept = {}
    for media_type, name, content in (
        ("application/pdf", '租房 合同".pdf', PDF),
        ("image/png", "<script>.png", PNG),
    ):
        kept[media_type] = await attached(api, applicant, number, Upload(media_type, name, content))
    for media_type, material in kept.items():
        answer = await worker.send("GET", f"/staff/cases/{number}/materials/{material}")
        assert answer.status == 200, answer.body
        headers = answer.headers
        shown = headers["content-disposition"]
        assert shown.startswith("attachment;" if media_type == "application/pdf" else "inline;")
        assert '"' not in shown and "<" not in shown and shown.isascii()
        assert headers["content-security-policy"].startswith("sandbox; default-src 'none'")
        assert headers["x-content-type-options"] == "nosniff"
        assert (headers["content-type"], headers["cache-control"]) == (media_type, "no-store")
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert answer.raw == (PDF if media_type == "application/pdf" else PNG)
    reads = AuditEvent.filter(resident_id=applicant.resident, event="material:read")
    assert await reads.count() == 2


async def test_a_document_of_another_case_is_not_there(api: Api, worker: Desk):
    one, other = await an_applicant(api), await an_applicant(api)
    mine, theirs = await held(api, worker, one), await held(api, worker, other)
    material = await attached(api, other, theirs, Upload("image/png", "x.png", PNG))
    for named in (str(material), str(uuid4()), "x"):
        answer = await worker.send("GET", f"/staff/cases/{mine}/materials/{named}")
        assert (answer.status, answer.code) == (404, "material-missing")


async def jobs(number: str) -> int:
    """How many jobs wait to take this application further."""
    row = await Application.get(number=number)
    async with in_transaction() as connection:
        found = await connection.execute_query_dict(
            "SELECT count(*) AS n FROM pgqueuer WHERE entrypoint = $1"
            " AND convert_from(payload, 'UTF8')::json ->> 'application' = $2",
            [ADVANCE, str(row.id)],
        )
    return int(found[0]["n"])
