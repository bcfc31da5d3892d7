"""The style of the staff pages: files that are kept for ever under the hash of all of them."""

import hashlib

from mobile_ui.icons import ROOM
from mobile_ui.pages import Prepared

FILES = ROOM / "staff" / "files"


def prepare() -> tuple[str, dict[str, Prepared]]:
    """The hash of all files, and each file by its name."""
    contents = {file.name: file.read_bytes() for file in sorted(FILES.glob("*.*"))}
    whole = hashlib.sha256()
    for name, content in contents.items():
        whole.update(name.encode() + b"\0" + hashlib.sha256(content).digest())
    return whole.hexdigest()[:16], {
        name: Prepared.of(name, made) for name, made in contents.items()
    }
