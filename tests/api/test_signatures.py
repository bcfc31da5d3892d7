"""A sole trader signs: shown, proven afresh, signed for good, and the application carries it.

电子签名法 art. 13: the key is the signer's alone, they alone control it, and changes are found.
"""

import hashlib
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from identity.models import AuditEvent, Notice
from services.models import Material, Signature
from services.papers.judging import Anchor, Anchors
from services.signing.signing import forget_unsigned
from tests.services.papers.test_sealed import judged
from tests.support.sealed import openssl_believes, openssl_believes_stamp, parts

_DER = Encoding.DER
TRADER, KIND = "sole-trader-registration", "signed-application"
SHOP = {"name": "和顺", "trade": "retail", "place": "广州市天河区和平路1号"}


async def showing(api, who, form=SHOP, service=TRADER):
    body, key = {"service": service, "form": form}, {"Idempotency-Key": uuid4().hex}
    return await api.post("/v1/signatures", body, who.access, headers=key)


async def shown(api, who, form=SHOP):
    answer = await showing(api, who, form)
    assert answer.status == 201, answer.body
    return answer.body


async def confirm(api, who, id):
    return await api.post(f"/v1/signatures/{id}/confirmation", {}, who.access)


async def signed(api, who, form=SHOP):
    """The material, and its resident with the session that proved them."""
    document = await shown(api, who, form)
    again = await proven_since(api, who, document)
    answer = await confirm(api, again, document["id"])
    assert answer.status == 201, answer.body
    return answer.body, again


async def proven_since(api, who, document):
    """A session that was proven in a later second than the document was shown in."""
    read = datetime.now(UTC) - timedelta(seconds=2)
    await Signature.filter(id=document["id"]).update(shown_at=read)
    return await api.sign_in(resident=who.resident)


async def submit(api, who, form, *materials):
    body = {"form": form, "materials": list(materials)}
    path, key = f"/v1/services/{TRADER}/applications", {"Idempotency-Key": uuid4().hex}
    return await api.post(path, body, who.access, headers=key)


async def anchors(api) -> Anchors:
    issuers = api.parts.launch.issuers
    return Anchors(
        [Anchor(root, "own") for root in [one.public_bytes(_DER) for one in await issuers.roots()]],
        await issuers.ended(),
    )


@pytest.fixture(scope="module")
async def trader(api):
    return await api.registered()


async def test_an_application_without_a_signed_document_is_refused(api, trader):
    answer = await submit(api, trader, SHOP)
    assert (answer.status, answer.code) == (422, "materials-missing")
    assert answer.body["kinds"] == [KIND]


async def test_nobody_uploads_what_must_be_signed_here(api, trader):
    answer = await api.send(
        "POST",
        f"/v1/materials?kind={KIND}",
        trader.access,
        data=b"%PDF-1.7\n",
        headers={
            "Content-Type": "application/pdf",
            "Content-Disposition": 'attachment; filename="a.pdf"',
            "Idempotency-Key": uuid4().hex,
        },
    )
    assert answer.code == "material-kind-unknown"


async def test_what_is_signed_must_be_a_whole_form(api, trader):
    answer = await showing(api, trader, {"name": "和顺"})
    assert (answer.status, answer.code) == (422, "question-invalid")


async def test_a_service_that_asks_for_no_signature_gives_nothing_to_sign(api, trader):
    form = {"purpose": "rent", "amount": 100, "months": 1}
    answer = await showing(api, trader, form, "provident-fund-withdrawal")
    assert answer.code == "signature-not-asked"


async def test_a_proof_from_before_the_showing_signs_nothing(api, trader):
    """However fresh it is: it was given for something else. There is a way without a face."""
    just_now = await api.sign_in(resident=trader.resident)
    document = await shown(api, just_now)
    answer = await confirm(api, just_now, document["id"])
    assert (answer.status, answer.code) == (401, "step-up-needed")
    assert answer.body["acr_values"] == "4" and "max_age" in answer.body
    assert len(answer.body["ways"]) > 1
    assert await Material.filter(resident_id=trader.resident).count() == 0


async def test_a_proof_of_level_three_signs_nothing(api, trader):
    document = await shown(api, trader)
    low = await api.sign_in(resident=trader.resident, acr="3")
    assert (await confirm(api, low, document["id"])).code == "step-up-needed"


async def test_nobody_signs_or_reads_the_document_of_another(api, trader):
    document = await shown(api, trader)
    stranger = await api.registered()
    path = f"/v1/signatures/{document['id']}/document"
    assert (await api.get(path, stranger.access)).code == "signature-missing"
    assert (await confirm(api, stranger, document["id"])).code == "signature-missing"


async def test_what_was_shown_long_ago_is_shown_again_before_it_is_signed(api, trader):
    document = await shown(api, trader)
    old = datetime.now(UTC) - timedelta(minutes=31)
    await Signature.filter(id=document["id"]).update(shown_at=old)
    assert (await confirm(api, trader, document["id"])).code == "signature-lapsed"
    await forget_unsigned({})
    assert not await Signature.exists(id=document["id"])


async def test_of_two_that_were_shown_the_later_one_counts(api, trader):
    first, second = await shown(api, trader), await shown(api, trader)
    assert (await confirm(api, trader, first["id"])).code == "signature-missing"
    assert await Signature.exists(id=second["id"])


async def test_exactly_what_was_shown_is_signed_and_counts_for_every_reader(api, tmp_path):
    """pyHanko and openssl; a certificate of minutes, which the time stamp outlives; no key left."""
    who = await api.registered()
    document = await shown(api, who)
    read = await api.get(f"/v1/signatures/{document['id']}/document", who.access)
    assert hashlib.sha256(read.raw).hexdigest() == document["sha256"]
    assert {"label": "字号", "value": "和顺"} in document["lines"]
    assert {"label": "经营行业", "value": "批发零售"} in document["lines"]
    again = await proven_since(api, who, document)
    made = (await confirm(api, again, document["id"])).body
    pdf = (await api.get(f"/v1/materials/{made['id']}", again.access)).raw
    assert pdf.startswith(read.raw) and hashlib.sha256(pdf).hexdigest() == made["sha256"]
    found = await judged(pdf, await anchors(api), datetime.now(UTC) + timedelta(days=400))
    (one,) = found.signatures
    person = await api.parts.core.residents.reveal(who.resident)
    assert (found.state, one.by, one.stamped) == ("valid", person.name, True)
    root = (await api.parts.launch.issuers.roots())[0].public_bytes(_DER)
    assert openssl_believes(parts(pdf), root, datetime.now(UTC), tmp_path)
    assert openssl_believes_stamp(parts(pdf), root, tmp_path)
    changed = pdf.replace(b"/Contents <3", b"/Contents <2", 1)
    assert (await judged(changed, await anchors(api))).state != "valid"


async def test_signed_twice_it_is_one_and_the_resident_is_told(api):
    who = await api.registered()
    made, again = await signed(api, who)
    row = await Signature.get(material_id=made["id"])
    assert (await confirm(api, again, row.id)).body["id"] == made["id"]
    assert await Material.filter(resident_id=who.resident, kind=KIND).count() == 1
    assert row.document_sealed is None and row.acr == "4" and row.proven_at >= row.shown_at
    assert await Notice.filter(resident_id=who.resident, kind="document-signed").count() == 1
    assert await AuditEvent.filter(resident_id=who.resident, event="document:signed").count() == 1


async def test_the_application_carries_the_signed_document(api):
    who = await api.registered()
    made, again = await signed(api, who)
    assert made["source"] == "signed"
    answer = await submit(api, again, SHOP, made["id"])
    assert answer.status == 201, answer.body
    row = await Material.get(id=made["id"])
    assert row.application_id is not None


async def test_another_form_than_the_one_that_was_signed_is_refused(api):
    who = await api.registered()
    made, again = await signed(api, who)
    answer = await submit(api, again, SHOP | {"name": "云来"}, made["id"])
    assert (answer.status, answer.code) == (422, "signed-form-differs")
    assert (await Material.get(id=made["id"])).application_id is None


async def test_where_each_material_comes_from_says_what_is_signed(api, trader):
    found = await api.get(f"/v1/services/{TRADER}/materials", trader.access)
    sources = {one["kind"]: one["source"] for one in found.body["materials"]}
    assert sources[KIND] == "signature"
