"""Whether the signatures in a PDF count: whole, by an issuer we recognise, in its time.

pyHanko judges (ISO 32000-2, ETSI EN 319 142-1; paths after RFC 5280). A signature is judged at the
time that its time stamp proves; one without a stamp is judged now. A time stamp must count today.
Nothing is fetched, nothing is kept. Blocking work, and a stranger's file: who has one from outside
calls ``services.papers.apart``.
"""

import asyncio
import io
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from asn1crypto import x509 as asn1_x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESIndeterminate
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.generic_cms import extract_tst_data_iter
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from config import logs
from services.papers.wholeness import whole, written_plainly

log = logs.get("papers")

State = Literal["valid", "unsigned", "changed", "unknown-issuer", "expired", "ended", "broken"]
_EXPIRED = (
    AdESIndeterminate.EXPIRED,
    AdESIndeterminate.OUT_OF_BOUNDS_NO_POE,
    AdESIndeterminate.OUT_OF_BOUNDS_NOT_REVOKED,
)
_MOST_SIGNATURES = 20
for _name in ("pyhanko", "pyhanko_certvalidator"):  # they write whom a certificate names
    logging.getLogger(_name).setLevel(logging.CRITICAL + 1)


@dataclass(frozen=True)
class Anchor:
    """A root we trust, and whose it is; ``ended_at``: nothing signed since counts."""

    certificate: bytes = field(repr=False)
    issuer: str
    ended_at: datetime | None = None


@dataclass(frozen=True)
class Anchors:
    """``ended``: serial numbers of our own certificates that were given up → since when."""

    roots: Sequence[Anchor]
    ended: Mapping[int, datetime] = field(default_factory=dict)


@dataclass(frozen=True)
class Signature:
    """``issuer``: whose root it leads to; ``by`` and ``organisation``: whom the certificate names;
    ``at``: when, proven by a time stamp if ``stamped``, else only said.
    """

    state: State
    issuer: str = ""
    by: str = field(default="", repr=False)
    organisation: str = ""
    serial: str = ""
    at: datetime | None = None
    stamped: bool = False


@dataclass(frozen=True)
class Judged:
    """``state``: of the whole document, ``valid`` only when every signature is and the last one
    covers all of it.
    """

    state: State
    signatures: tuple[Signature, ...] = ()


def judge(pdf: bytes, anchors: Anchors, now: datetime | None = None) -> Judged:
    """What can be said of the document; a file that is no PDF is ``broken``, never an exception.

    Call it in a thread or a process of its own: it runs a loop.
    """
    return asyncio.run(_judged(pdf, anchors, now or datetime.now(UTC)))


async def _judged(pdf: bytes, anchors: Anchors, now: datetime) -> Judged:
    try:
        reader = PdfFileReader(io.BytesIO(pdf), strict=True)
        found = reader.embedded_regular_signatures
        if not found:
            return Judged("unsigned")
        if len(found) > _MOST_SIGNATURES:
            return Judged("broken")
        if not all(written_plainly(pdf, one) for one in found):
            return Judged("changed")
        each = tuple([await _one(one, anchors, now) for one in found])
        state: State = next((one.state for one in each if one.state != "valid"), "valid")
        if state == "valid" and not _whole(found, anchors):
            state = "changed"
        return Judged(state, each)
    except Exception as fault:  # whatever a reader trips over is the file's fault
        log.info("document-not-read", kind=type(fault).__name__)
        return Judged("broken")


def _whole(found: Sequence[EmbeddedPdfSignature], anchors: Anchors) -> bool:
    """Nothing stands behind the last signature, and nothing strange beside any."""
    covered = found[-1].evaluate_signature_coverage() == SignatureCoverageLevel.ENTIRE_FILE
    roots = [one.certificate for one in anchors.roots]
    return covered and all(whole(one, roots) for one in found)


async def _one(embedded: EmbeddedPdfSignature, anchors: Anchors, now: datetime) -> Signature:
    proven = _stamped_at(embedded)
    moment = min(proven, now) if proven else now
    status = await async_validate_pdf_signature(
        embedded,
        _context(anchors, moment),
        _context(anchors, now),
        key_usage_settings=KeyUsageConstraints(
            key_usage={"non_repudiation", "digital_signature"}, match_all_key_usages=False
        ),
    )
    return _said(embedded, status, anchors, moment, stamped=proven is not None)


def _said(
    embedded: EmbeddedPdfSignature,
    status: PdfSignatureStatus,
    anchors: Anchors,
    moment: datetime,
    *,
    stamped: bool,
) -> Signature:
    names = embedded.signer_cert.subject.native
    root = _root_of(status, anchors)
    return Signature(
        state=_state(status, anchors, root, moment, stamped=stamped),
        issuer=root.issuer if root else "",
        by=str(names.get("common_name", "")),
        organisation=str(names.get("organization_name", "")),
        serial=str(names.get("serial_number", "")),
        at=moment if stamped else embedded.self_reported_timestamp,
        stamped=stamped,
    )


def _state(
    status: PdfSignatureStatus,
    anchors: Anchors,
    root: Anchor | None,
    moment: datetime,
    *,
    stamped: bool,
) -> State:
    if not (status.intact and status.valid) or _tampered(status):
        return "changed"
    stamp = status.timestamp_validity
    if stamped and not (stamp and stamp.intact and stamp.valid and stamp.trusted):
        return "expired" if stamp and stamp.trust_problem_indic in _EXPIRED else "unknown-issuer"
    if root is None or not status.trusted:
        return "expired" if status.trust_problem_indic in _EXPIRED else "unknown-issuer"
    if _ended(status, anchors, root, moment):
        return "ended"
    return "valid"


def _tampered(status: PdfSignatureStatus) -> bool:
    """More than another signature stands behind it."""
    if status.coverage == SignatureCoverageLevel.ENTIRE_FILE:
        return False
    allowed = (
        ModificationLevel.NONE,
        ModificationLevel.LTA_UPDATES,
        ModificationLevel.FORM_FILLING,
    )
    return status.modification_level not in allowed or not status.docmdp_ok


def _root_of(status: PdfSignatureStatus, anchors: Anchors) -> Anchor | None:
    if status.validation_path is None:
        return None
    top = status.validation_path.trust_anchor.authority
    known = {asn1_x509.Certificate.load(one.certificate).public_key.dump(): one
             for one in anchors.roots}  # fmt: skip
    return known.get(top.public_key.dump())


def _ended(status: PdfSignatureStatus, anchors: Anchors, root: Anchor, moment: datetime) -> bool:
    if root.ended_at and root.ended_at <= moment:
        return True
    assert status.validation_path is not None
    since = [anchors.ended.get(one.serial_number) for one in _certificates(status)]
    return any(one is not None and one <= moment for one in since)


def _certificates(status: PdfSignatureStatus) -> list[asn1_x509.Certificate]:
    assert status.validation_path is not None
    return [one for one in status.validation_path if isinstance(one, asn1_x509.Certificate)]


def _stamped_at(embedded: EmbeddedPdfSignature) -> datetime | None:
    token = next(extract_tst_data_iter(embedded.signer_info, signed=False), None)
    if token is None:
        return None
    inner = token["encap_content_info"]["content"].parsed
    at: datetime = inner["gen_time"].native
    return at


def _context(anchors: Anchors, moment: datetime) -> ValidationContext:
    roots = [asn1_x509.Certificate.load(one.certificate) for one in anchors.roots]
    return ValidationContext(
        trust_roots=roots, moment=moment, allow_fetching=False, revocation_mode="soft-fail"
    )
