"""Strangers' documents are judged in a process of their own, that is given little and then ended.

``python -m services.papers.apart`` reads one question from its input and writes one answer. It has
no keys, no database and no network to speak of: only the document and the public roots. Nothing of
the document is written anywhere.
"""

import asyncio
import base64
import json
import resource
import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from services.papers.errors import PapersBusy, PaperTooSlow
from services.papers.judging import Anchor, Anchors, Judged, Signature, judge

MOST_BYTES = 5 * 1024 * 1024
SECONDS = 20.0
_ROOT = Path(__file__).parents[2]
_MEMORY = 1024 * 1024 * 1024
_WAITING = 4


class Apart:
    """One at a time in a web process; whoever comes when some wait already is asked to return."""

    def __init__(self) -> None:
        self._gate = asyncio.Semaphore(1)
        self._waiting = 0

    async def judged(self, pdf: bytes, anchors: Anchors) -> Judged:
        """Raises PapersBusy or PaperTooSlow."""
        if self._waiting >= _WAITING:
            raise PapersBusy()
        self._waiting += 1
        try:
            async with self._gate:
                return await _asked(pdf, anchors)
        finally:
            self._waiting -= 1


async def _asked(pdf: bytes, anchors: Anchors) -> Judged:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "services.papers.apart",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        cwd=_ROOT,
        env={"PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"},
    )
    try:
        async with asyncio.timeout(SECONDS):
            answer, _ = await process.communicate(_question(pdf, anchors))
    except TimeoutError:
        raise PaperTooSlow() from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0:
        raise PaperTooSlow()
    return _read(json.loads(answer))


def _question(pdf: bytes, anchors: Anchors) -> bytes:
    roots = [
        [base64.b64encode(one.certificate).decode(), one.issuer, _said(one.ended_at)]
        for one in anchors.roots
    ]
    ended = {str(serial): _said(at) for serial, at in anchors.ended.items()}
    return json.dumps({"roots": roots, "ended": ended}).encode() + b"\n" + pdf


def _heard(question: bytes) -> tuple[bytes, Anchors]:
    head, _, pdf = question.partition(b"\n")
    told = json.loads(head)
    roots = [Anchor(base64.b64decode(root), name, _at(at)) for root, name, at in told["roots"]]
    ended = {int(serial): datetime.fromisoformat(at) for serial, at in told["ended"].items()}
    return pdf, Anchors(roots, ended)


def _read(told: dict[str, Any]) -> Judged:
    each = tuple(Signature(**one | {"at": _at(one["at"])}) for one in told["signatures"])
    return Judged(told["state"], each)


def _said(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _at(said: str | None) -> datetime | None:
    return datetime.fromisoformat(said) if said else None


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (int(SECONDS), int(SECONDS)))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    pdf, anchors = _heard(sys.stdin.buffer.read())
    found = asdict(judge(pdf, anchors))
    print(json.dumps(found, default=lambda at: at.isoformat()))


if __name__ == "__main__":
    main()
