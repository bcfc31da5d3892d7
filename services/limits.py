"""How long and how often a department is asked: data of its own folder, or of the environment.

Written ``deadline=4; at_once=16``: what is not named stays as the department's folder has it.
"""

from dataclasses import dataclass, fields, replace
from typing import Any


@dataclass(frozen=True)
class Limits:
    """``deadline`` bounds a whole call with its retries, ``attempt`` one exchange (seconds);
    ``attempts``: how often a call that may be repeated is tried; ``at_once``: calls in flight, so
    that a slow department holds up only its own; after ``failures`` in a row it is left alone for
    ``rest`` seconds.
    """

    deadline: float = 6.0
    attempt: float = 2.5
    attempts: int = 2
    at_once: int = 32
    failures: int = 5
    rest: float = 10.0

    def but(self, written: str) -> "Limits":
        """These limits with what is written changed; ValueError says which part is wrong."""
        parts = [part.strip() for part in written.split(";") if part.strip()]
        changed: dict[str, Any] = dict(map(_read, parts))
        return replace(self, **changed)


_WHOLE = {one.name: isinstance(one.default, int) for one in fields(Limits)}


def _read(part: str) -> tuple[str, float]:
    name, _, value = (piece.strip() for piece in part.partition("="))
    try:
        number = int(value) if _WHOLE[name] else float(value)
    except (KeyError, ValueError):
        number = 0
    if not 0 < number < float("inf"):
        raise ValueError(f"limits {part!r}: write them like 'deadline=4; at_once=16'")
    return name, number
