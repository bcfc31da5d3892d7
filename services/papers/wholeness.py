"""What a signature in a PDF does not cover: where it stands itself, and what its container holds
beside what is signed (RFC 5652). A byte changed there changes no word of the document, and is found
all the same.
"""

from collections.abc import Sequence
from typing import Any

from asn1crypto import cms
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from pyhanko.sign.validation.generic_cms import extract_tst_data_iter
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

_STAMP = "signature_time_stamp_token"


def written_plainly(pdf: bytes, embedded: EmbeddedPdfSignature) -> bool:
    """Whether the place holds the signature in hex, zeros behind it, and nothing else."""
    first, length, second, _ = (int(one) for one in embedded.byte_range)
    hole, content = pdf[first + length : second], bytes(embedded.pkcs7_content)
    used = len(cms.ContentInfo.load(content).dump())
    plain = content[:used] + bytes(len(content) - used)
    return hole in (f"<{plain.hex()}>".encode(), f"<{plain.hex().upper()}>".encode())


def whole(embedded: EmbeddedPdfSignature, roots: Sequence[bytes]) -> bool:
    """Whether everything in the container, and in its time stamp, is what it says it is: each
    certificate as it was issued by another one here or by a root (DER), no attribute of another
    kind. Raises ValueError for certificates that cannot be read.
    """
    tokens = list(extract_tst_data_iter(embedded.signer_info, signed=False))
    held = [embedded.signed_data, *tokens]
    beside = embedded.signer_info["unsigned_attrs"]
    kinds = {one["type"].native for one in beside} if beside else set()
    return kinds <= {_STAMP} and all(map(_plain, held)) and _certified(held, roots)


def _plain(held: Any) -> bool:
    """One signer, and the version and digests that belong to it (RFC 5652 §5.1)."""
    if len(held["signer_infos"]) != 1:
        return False
    (signer,) = held["signer_infos"]
    digests = {one["algorithm"].native for one in held["digest_algorithms"]}
    version = "v1" if held["encap_content_info"]["content_type"].native == "data" else "v3"
    return (
        digests == {signer["digest_algorithm"]["algorithm"].native}
        and held["version"].native == version
        and signer["version"].native == "v1"
    )


def _certified(held: Sequence[Any], roots: Sequence[bytes]) -> bool:
    there = {one.chosen.dump() for some in held for one in some["certificates"]}
    each = [x509.load_der_x509_certificate(one) for one in there]
    known = [*each, *(x509.load_der_x509_certificate(one) for one in roots)]
    return all(any(_issued(one, above) for above in known) for one in each)


def _issued(certificate: x509.Certificate, above: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(above)
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True
