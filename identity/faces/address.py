"""Where the face process listens and how both sides know each other."""

import hashlib
import os
import ssl
import stat
from pathlib import Path
from urllib.parse import urlsplit

from config.settings import FaceSettings, RefusedToStart

_LONGEST = 103  # bytes of a Unix socket's path: 107 on Linux, 103 on macOS


def socket_path(settings: FaceSettings) -> Path | None:
    """The Unix socket, for service and client alike; None when faces are reached over TLS.

    A path too long for the kernel is replaced by one in a short folder private to the user.
    Raises RefusedToStart for an address of another kind.
    """
    address = settings.faces_address
    if address.startswith("unix:"):
        path = Path(address.removeprefix("unix:"))
        return path if len(os.fsencode(path)) <= _LONGEST else _short(path)
    if urlsplit(address).scheme == "https":
        return None
    raise RefusedToStart("FACES_URL is unix:/path or https://host:port")


def tls(settings: FaceSettings, *, server: bool) -> ssl.SSLContext:
    """Mutual TLS: each side shows a certificate of the same authority.

    Raises RefusedToStart unless all three files are named.
    """
    names = (settings.faces_certificate, settings.faces_key, settings.faces_authority)
    if not all(names):
        raise RefusedToStart("https faces need FACES_CERTIFICATE, FACES_KEY and FACES_AUTHORITY")
    certificate, key, authority = names
    assert certificate
    purpose = ssl.Purpose.CLIENT_AUTH if server else ssl.Purpose.SERVER_AUTH
    context = ssl.create_default_context(purpose, cafile=authority)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_cert_chain(certificate, key)
    return context


def _short(path: Path) -> Path:
    folder = Path("/tmp") / f"zhiban-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise RefusedToStart(f"{folder} is not private to this user: remove it")
    return folder / f"{hashlib.sha256(os.fsencode(path)).hexdigest()[:20]}.sock"
