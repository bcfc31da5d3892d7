"""``python -m identity.faces.service``: the face process, alone with its models and frames.

Pool workers import this module's name again when they are spawned, so its top stays light.
"""

import os
import socket
from pathlib import Path
from urllib.parse import urlsplit

from config import logs
from config.settings import FaceSettings, RefusedToStart, load

_ONE_THREAD = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "OPENCV_FOR_THREADS_NUM",
)
_BACKLOG = 128


def main() -> None:
    """Listen until told to stop. Raises RefusedToStart before listening, never half started."""
    os.environ.update(dict.fromkeys(_ONE_THREAD, "1"))  # inherited by the workers, before numpy
    from identity.faces import address, app, seclusion, weights  # noqa: PLC0415

    seclusion.seclude()
    settings = load(FaceSettings)
    logs.configure(settings.log_level)
    for name in weights.SHA256:
        weights.checked(name)
    path = address.socket_path(settings)
    faces = app.create_app(settings)
    if path:
        faces.run(sock=listen(path), single_process=True, motd=False, access_log=False)
    else:
        context = address.tls(settings, server=True)
        faces.run(
            sock=_port(settings), ssl=context, single_process=True, motd=False, access_log=False
        )


def listen(path: Path) -> socket.socket:
    """A socket at ``path`` that only this user can open, in place of any stale one.

    Raises RefusedToStart when another face process answers there.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if _answers(path):
        raise RefusedToStart("a face process is already listening on this socket")
    draft = path.with_name(f".{os.getpid()}")
    draft.unlink(missing_ok=True)
    before = os.umask(0o177)  # 0600 from the first moment
    try:
        sock = socket.socket(socket.AF_UNIX)
        sock.bind(str(draft))
    finally:
        os.umask(before)
    sock.listen(_BACKLOG)
    draft.replace(path)
    return sock


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            return False
        return True


def _port(settings: FaceSettings) -> socket.socket:
    where = urlsplit(settings.faces_address)
    return socket.create_server((where.hostname or "", where.port or 443), backlog=_BACKLOG)


if __name__ == "__main__":
    main()
