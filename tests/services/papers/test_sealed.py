"""A sealed document counts for pyHanko and for openssl; changed by a byte, or sealed by somebody
who is expired, given up or unknown, it does not.
"""

import asyncio
import io
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader

from config import database
from identity.vault import Vault
from services.issuers.certificates import Holder, Parent, certify, certify_person, new_key
from services.issuers.keys import Issuers
from services.papers.draft import Draft, Table
from services.papers.judging import Anchor, Anchors, Judged, judge
from services.papers.room import Papers
from services.papers.signing import Hand
from tests.services.conftest import of_the_house
from tests.support.sealed import openssl_believes, openssl_believes_stamp, parts

NOW = datetime.now(UTC).replace(microsecond=0)
DRAFT = Draft(
    title="无违法违规证明",
    lines=(("姓名", "沈若溪"), ("证件号码", "440100199001011234"), ("结论", "没有查到违法记录")),
    number="ZM2026112100001",
    qr="https://zhiban.example/check#K7QF2M9PXA4T",
    code="K7QF-2M9P-XA4T",
    notes=("本证明依据公安交管部门记录生成。",),
)


@dataclass
class House:
    """Issuers, papers, and what leads to their root."""

    issuers: Issuers
    papers: Papers
    root: bytes
    sealed: bytes

    @property
    def anchors(self) -> Anchors:
        return Anchors((Anchor(self.root, "指办"),))

    async def seal(self, issuer, at: datetime | None = None) -> bytes:
        return await self.papers.sealed(DRAFT, issuer, reason="证明", at=at)


@pytest.fixture(scope="module")
async def house(api_settings):
    async with database.opened(database.tortoise_config(api_settings)):
        vault = Vault.from_settings(api_settings)
        issuers = Issuers(vault, of_the_house().departments, "https://zhiban.example")
        papers, issuer = Papers(issuers), await issuers.current("transport", "seal")
        sealed = await papers.sealed(DRAFT, issuer, reason="证明")
        yield House(issuers, papers, issuer.chain_der[-1], sealed)


async def judged(pdf: bytes, anchors: Anchors, now: datetime | None = None) -> Judged:
    return await asyncio.to_thread(judge, pdf, anchors, now)


async def state(pdf: bytes, anchors: Anchors, now: datetime | None = None) -> str:
    return (await judged(pdf, anchors, now)).state


async def test_a_file_that_is_no_pdf_is_broken_and_nothing_worse(house):
    for content in (b"", b"%PDF-1.7\n", house.sealed[: len(house.sealed) // 2], b"\0" * 4096):
        assert await state(content, house.anchors) in ("broken", "unsigned")


async def test_a_document_that_nobody_signed_is_no_sealed_one(house):
    assert await state(await house.papers.drawn(DRAFT, NOW), house.anchors) == "unsigned"


async def test_a_seal_counts_for_pyhanko(house):
    """ISO 32000-2, 12.8; the path after RFC 5280; the time stamp after RFC 3161."""
    found = await judged(house.sealed, house.anchors)
    (one,) = found.signatures
    assert found.state == one.state == "valid"
    assert one.issuer == "指办" and one.stamped
    assert one.organisation == house.issuers._departments["transport"].title["zh-CN"]


async def test_a_seal_counts_for_openssl(house, tmp_path):
    found = parts(house.sealed)
    assert openssl_believes(found, house.root, datetime.now(UTC), tmp_path)
    assert openssl_believes_stamp(found, house.root, tmp_path)


async def test_openssl_refuses_it_when_a_byte_is_another(house, tmp_path):
    found = parts(house.sealed)
    content = bytearray(found.content)
    content[len(content) // 3] ^= 1
    changed = replace(found, content=bytes(content))
    assert not openssl_believes(changed, house.root, datetime.now(UTC), tmp_path)


async def test_one_changed_byte_ends_it(house):
    """Wherever it stands: drawing, font, dictionary, certificates, time stamp, padding."""
    size = len(house.sealed)
    for place in range(size // 40, size - 64, size // 24):
        changed = bytearray(house.sealed)
        changed[place] ^= 1
        assert await state(bytes(changed), house.anchors) != "valid", place


async def test_what_is_added_behind_it_ends_it(house):
    """Nothing may follow the last signature (ISO 32000-2, 7.5.6)."""
    more = house.sealed + b"\n% one more line\n"
    assert await state(more, house.anchors) in ("changed", "broken")


async def test_a_stranger_to_the_list_is_nobody(house):
    assert await state(house.sealed, Anchors(())) == "unknown-issuer"


async def test_a_seal_outlives_its_certificate_because_its_time_is_proven(house):
    """PAdES B-T: judged at the time of the stamp, whose own certificate lives longer."""
    later = NOW + timedelta(days=4 * 365)
    assert await state(house.sealed, house.anchors, later) == "valid"
    assert await state(house.sealed, house.anchors, NOW + timedelta(days=7 * 365)) == "expired"


async def test_a_seal_by_an_expired_issuer_is_refused(house):
    """Its key signs on, and the time stamp says when."""
    issuer = await house.issuers.current("transport", "seal")
    late = await house.seal(issuer, at=issuer.not_after + timedelta(days=1))
    now = issuer.not_after + timedelta(days=2)
    found = await judged(late, house.anchors, now)
    assert (found.state, found.signatures[0].stamped) == ("expired", True)


async def test_what_a_given_up_key_seals_afterwards_is_refused_and_what_it_sealed_before_counts(
    house,
):
    issuer = await house.issuers.current("transport", "seal")
    ended = {issuer.certificate.serial_number: NOW + timedelta(hours=1)}
    anchors = Anchors(house.anchors.roots, ended)
    assert await state(house.sealed, anchors) == "valid"
    late = await house.seal(issuer, at=NOW + timedelta(hours=2))
    assert await state(late, anchors, NOW + timedelta(hours=3)) == "ended"


async def test_an_issuer_whose_recognition_ended_is_refused(house):
    ended = (Anchor(house.root, "指办", ended_at=NOW - timedelta(days=1)),)
    assert await state(house.sealed, Anchors(ended)) == "ended"


async def test_a_persons_signature_is_over_exactly_what_was_drawn(house, tmp_path):
    """A certificate of fifteen minutes for one document; valid for as long as its time stamp."""
    shown = await house.papers.drawn(DRAFT, NOW)
    people, key = await house.issuers.people(), new_key("seal")
    id = uuid4()
    made = certify_person(key.public_key(), "沈若溪", id, datetime.now(UTC), people.as_parent)
    chain = (people.certificate_der, *people.chain_der)
    hand = Hand(key, made.public_bytes(Encoding.DER), chain)
    signed = await house.papers.signed(
        shown, hand, name="沈若溪", number=str(id), reason="设立登记", at=datetime.now(UTC)
    )
    assert signed.startswith(shown)
    found = await judged(signed, house.anchors, datetime.now(UTC) + timedelta(days=365))
    (one,) = found.signatures
    assert (found.state, one.by, one.serial) == ("valid", "沈若溪", str(id))
    assert openssl_believes(parts(signed), house.root, datetime.now(UTC), tmp_path)
    assert openssl_believes_stamp(parts(signed), house.root, tmp_path)
    assert await state(signed.replace(b"/Count 1", b"/Count 2", 1), house.anchors) != "valid"


async def test_a_certificate_nobody_of_ours_signed_is_unknown(house):
    """The same names, another root."""
    rootkey, key = new_key("root"), new_key("seal")
    holder = Holder("交通运输厅", "交通运输厅")
    root = certify("root", rootkey, holder, NOW)
    leaf = certify("seal", key, holder, NOW, Parent(rootkey, root))
    forged = replace(
        await house.issuers.current("transport", "seal"),
        key=key,
        certificate_der=leaf.public_bytes(Encoding.DER),
        chain_der=(root.public_bytes(Encoding.DER),),
    )
    assert await state(await house.seal(forged), house.anchors) == "unknown-issuer"


async def test_long_tables_and_rare_characters_are_drawn_to_their_end(house):
    rows = [(f"2026-{n:03}", "8,000.00 元") for n in range(120)]
    draft = replace(DRAFT, lines=(("姓名", "王𠮷\x07"),), table=Table(("月份", "基数"), rows))
    made = await house.papers.drawn(draft, NOW)
    assert PdfFileReader(io.BytesIO(made)).root["/Pages"]["/Count"] >= 3
