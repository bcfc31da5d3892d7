"""What openssl says of a signature in a PDF: an outside program, given the parts it understands."""

import io
import subprocess
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from asn1crypto import cms
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader


@dataclass(frozen=True)
class Parts:
    """``content``: the bytes that are signed; ``container``: the CMS; ``stamp``: the token in it;
    ``value``: the signature's own bytes, which the token stamps.
    """

    content: bytes
    container: bytes
    stamp: bytes
    value: bytes


def parts(pdf: bytes, which: int = -1) -> Parts:
    """Of one signature, by its ByteRange (ISO 32000-2, 12.8.1)."""
    found = PdfFileReader(io.BytesIO(pdf)).embedded_signatures[which]
    first, length, second, rest = (int(one) for one in found.byte_range)
    content = pdf[first : first + length] + pdf[second : second + rest]
    container = cms.ContentInfo.load(found.pkcs7_content)
    (signer,) = container["content"]["signer_infos"]
    stamps = [one for one in signer["unsigned_attrs"] if one["type"].native
              == "signature_time_stamp_token"]  # fmt: skip
    token = stamps[0]["values"][0].dump() if stamps else b""
    return Parts(content, container.dump(), token, signer["signature"].native)


def openssl_believes(found: Parts, root: bytes, at: datetime, folder: Path) -> bool:
    """``openssl cms -verify`` with the rules of CAdES; ``root`` in DER."""
    _write(folder, found, root)
    return _says(
        folder, "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", "signature.der",
        "-content", "content.bin", "-CAfile", "root.pem", "-purpose", "any",
        "-attime", str(int(at.timestamp())), "-out", "/dev/null",
    )  # fmt: skip


def openssl_believes_stamp(found: Parts, root: bytes, folder: Path) -> bool:
    """``openssl ts -verify``: the token, over the signature's own bytes (RFC 3161)."""
    _write(folder, found, root)
    return _says(
        folder, "ts", "-verify", "-in", "stamp.der", "-token_in", "-data", "value.bin",
        "-CAfile", "root.pem",
    )  # fmt: skip


def _write(folder: Path, found: Parts, root: bytes) -> None:
    (folder / "root.pem").write_bytes(
        x509.load_der_x509_certificate(root).public_bytes(Encoding.PEM)
    )
    (folder / "content.bin").write_bytes(found.content)
    (folder / "signature.der").write_bytes(found.container)
    (folder / "stamp.der").write_bytes(found.stamp)
    (folder / "value.bin").write_bytes(found.value)


def _says(folder: Path, *words: str) -> bool:
    run = subprocess.run(["openssl", *words], cwd=folder, capture_output=True, check=False)
    return run.returncode == 0
