"""What one pool worker runs. Imports the models only inside the worker: the process that holds
the socket stays small.

Bodies and answers are those of wire.py, so that captures cross memory as bytes only.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from config.errors import Problem
from identity.faces.wire import Malformed, pack, unpack

if TYPE_CHECKING:
    from identity.faces.judge import Judge

_NICE = 10
_loaded: list["Judge"] = []


def start(chosen: str) -> None:
    """Once in a worker: close it to the outside, load the models. ``chosen`` is FACE_ENGINES."""
    import os  # noqa: PLC0415

    from identity.faces.seclusion import die_with_parent, seclude  # noqa: PLC0415

    seclude()
    die_with_parent()
    os.nice(_NICE)
    import cv2  # noqa: PLC0415

    cv2.setNumThreads(1)
    from identity.faces.judge import Judge  # noqa: PLC0415

    _loaded.append(Judge(chosen))


def ready() -> bool:
    return bool(_loaded)


def inspect(body: bytes) -> bytes:
    """head: labels, prompts; parts: images → head: signs, and the capture's parts; or a problem."""
    return _answer(body, _inspect)


def match(body: bytes) -> bytes:
    """head: reference (whether there is one); parts: it, then the capture → head: match."""
    return _answer(body, _match)


def _inspect(body: bytes) -> bytes:
    head, images = unpack(body)
    parts, signs = _loaded[0].inspect(images, head["labels"], head["prompts"])
    return pack({"signs": signs}, parts)


def _match(body: bytes) -> bytes:
    head, parts = unpack(body)
    reference = parts.pop(0) if head["reference"] else None
    return pack({"match": _loaded[0].match(parts, reference)})


def _answer(body: bytes, work: Callable[[bytes], bytes]) -> bytes:
    try:
        return work(body)
    except Problem as problem:
        return pack({"problem": problem.code, "facts": problem.facts, "cause": problem.cause})
    except (Malformed, KeyError) as fault:
        return pack({"malformed": type(fault).__name__})
