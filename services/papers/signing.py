"""Signatures in PDF (ISO 32000-2, 12.8) after PAdES B-T (ETSI EN 319 142-1), by pyHanko.

What was there before stays as it is, byte for byte: a signature is written behind it, over all of
it. Blocking work of a tenth of a second; ``services.papers.room`` calls it in a thread.
"""

import io
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from asn1crypto import keys as asn1_keys
from asn1crypto import tsp
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives import serialization
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import Margins, SimpleBoxLayoutRule
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator.registry import SimpleCertificateStore

from services.issuers.certificates import Key

DIGEST = "sha256"
_POINTS = 72 / 25.4  # a millimetre
_RESERVED = 16 * 1024  # hex digits kept for the signature, its certificates and the time stamp
POLICY = "2.25.86532177421906584512398641275301844623"
"""The time stamps' policy: our clock, and nothing promised beyond it (ITU-T X.667: a UUID)."""


@dataclass(frozen=True, repr=False)
class Hand:
    """What signs: a key, its certificate and those above it, in DER, the root last."""

    key: Key
    certificate: bytes
    chain: Sequence[bytes]


@dataclass(frozen=True)
class Place:
    """Where on the last page, in millimetres from its lower left corner; ``look``: a PDF page."""

    box: tuple[float, float, float, float]
    look: bytes = field(repr=False)


class Clock(DummyTimeStamper):  # pyHanko's own stamper, which signs here what a TSA would sign
    """Time stamps after RFC 3161 under the house's own key (services.issuers, use ``stamp``)."""

    def __init__(self, hand: Hand, at: datetime | None = None):
        store = _store(hand.chain)
        super().__init__(_certificate(hand.certificate), _private(hand.key), store, fixed_dt=at)

    def _build_tst_info(
        self, message_imprint: Any, dt: datetime, req: tsp.TimeStampReq
    ) -> tsp.TSTInfo:
        made = super()._build_tst_info(message_imprint, dt, req)
        made["policy"] = tsp.ObjectIdentifier(POLICY)
        return made


def signed(
    pdf: bytes, hand: Hand, clock: Clock, place: Place, *, field_name: str, reason: str, final: bool
) -> bytes:
    """The document with one more signature. ``final``: it certifies the document, of which nothing
    may be changed afterwards (ISO 32000-2, 12.8.2.2).
    """
    about = signers.PdfSignatureMetadata(
        field_name=field_name,
        md_algorithm=DIGEST,
        reason=reason,
        subfilter=fields.SigSeedSubFilter.PADES,
        certify=final,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
    )
    hand_of = signers.SimpleSigner(
        _certificate(hand.certificate), _private(hand.key), _store(hand.chain), embed_roots=False
    )
    last = int(PdfFileReader(io.BytesIO(pdf)).root["/Pages"]["/Count"]) - 1
    where = fields.SigFieldSpec(field_name, on_page=last, box=_points(place.box))
    with tempfile.NamedTemporaryFile(suffix=".pdf") as look:  # of the look alone: nobody's data
        look.write(place.look)
        look.flush()
        signer = signers.PdfSigner(
            about, hand_of, timestamper=clock, stamp_style=_style(look.name), new_field_spec=where
        )
        made = signer.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), bytes_reserved=_RESERVED)
    return bytes(made.getvalue())


def _style(look: str) -> StaticStampStyle:
    whole = SimpleBoxLayoutRule(
        x_align=_middle().x_align, y_align=_middle().y_align, margins=Margins(0, 0, 0, 0)
    )
    return StaticStampStyle.from_pdf_file(look, border_width=0, background_layout=whole)


def _middle() -> SimpleBoxLayoutRule:
    return StaticStampStyle().background_layout


def _points(box: tuple[float, float, float, float]) -> tuple[int, int, int, int]:
    left, low, right, high = (round(one * _POINTS) for one in box)
    return left, low, right, high


def _certificate(der: bytes) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(der)


def _private(key: Key) -> asn1_keys.PrivateKeyInfo:
    der = key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return asn1_keys.PrivateKeyInfo.load(der)


def _store(chain: Sequence[bytes]) -> SimpleCertificateStore:
    made = SimpleCertificateStore.from_certs([_certificate(one) for one in chain])  # type: ignore[no-untyped-call]
    assert isinstance(made, SimpleCertificateStore)
    return made
