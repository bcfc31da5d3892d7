"""Between machines both sides show a certificate of one authority, or nobody is heard."""

import datetime
import socket
import ssl
import tempfile
from collections.abc import AsyncIterator
from ipaddress import IPv4Address
from pathlib import Path

import aiohttp
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from config.settings import FaceSettings, RefusedToStart
from identity.faces.address import tls
from identity.faces.client import Capture, Faces
from identity.faces.errors import FacesUnavailable
from tests.support import faces as pictures
from tests.support.faces_service import face_settings, running

PROMPTS = ("front", "left", "right")
Key = ec.EllipticCurvePrivateKey


def certificate(name: str, key: Key, issuer: str, signer: Key, *, authority: bool) -> bytes:
    """PEM, for 127.0.0.1, valid for an hour."""
    now = datetime.datetime.now(datetime.UTC)
    names = [x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, each)]) for each in (name, issuer)]
    made = (
        x509.CertificateBuilder(names[1], names[0], key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=5))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False
        )
    )
    return made.sign(signer, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def settings_of(folder: Path, port: int) -> FaceSettings:
    """A fresh authority and one certificate under it, in ``folder``."""
    root, own = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    files = {kind: folder / f"{kind}.pem" for kind in ("authority", "certificate", "key")}
    files["authority"].write_bytes(certificate("root", root, "root", root, authority=True))
    files["certificate"].write_bytes(certificate("faces", own, "root", root, authority=False))
    files["key"].write_bytes(
        own.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    named = {f"faces_{kind}": path for kind, path in files.items()}
    return face_settings(folder, faces_url=f"https://127.0.0.1:{port}", **named)


@pytest.fixture(scope="module")
async def remote() -> AsyncIterator[FaceSettings]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="zf-", dir="/tmp") as folder:
        settings = settings_of(Path(folder), port)
        async with running(settings, Path(folder) / "faces.log"):
            yield settings


async def test_a_client_of_another_authority_is_not_heard(remote: FaceSettings, tmp_path: Path):
    port = int(remote.faces_url.rpartition(":")[2])
    async with Faces(settings_of(tmp_path, port)) as stranger:
        assert await stranger.ready() is False
        with pytest.raises(FacesUnavailable):
            await stranger.inspect([], PROMPTS)


async def test_a_client_without_a_certificate_is_not_heard(remote: FaceSettings):
    nameless = ssl.create_default_context(cafile=remote.faces_authority)
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.ClientError):
            async with session.get(f"{remote.faces_url}/ready", ssl=nameless) as answer:
                await answer.read()


def test_https_without_the_three_files_stops_the_start(tmp_path: Path):
    with pytest.raises(RefusedToStart, match="FACES_CERTIFICATE"):
        tls(face_settings(tmp_path, faces_url="https://faces.example:8443"), server=True)


async def test_both_of_one_authority_verify(remote: FaceSettings):
    async with Faces(remote) as faces:
        capture = await faces.inspect(pictures.challenge_frames(pictures.OBAMA, PROMPTS), PROMPTS)
        assert isinstance(capture, Capture)
        assert await faces.match(capture, pictures.portrait(pictures.OBAMA_THIRD)) is True
