"""The verdict on what somebody shows, and all that a person at a counter needs to know of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from services.licences.verify.carried import Carried
from services.licences.verify.memory import Memory
from services.licences.verify.presentation import NotGood, Peeked, Shown, judged, peek

Word = Literal["good", "unsure", "refused"]


@dataclass(frozen=True)
class Verdict:
    """``good``: genuine, in time, not seen here before, and in force as far as the list says;
    ``unsure``: genuine, but no list says whether it is in force (``why``: status-stale or
    status-missing); ``refused``: ``why`` says in one code. ``status_at``: how old what is known of
    its status is.
    """

    word: Word
    why: str = ""
    issuer: str = ""
    kind: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict, repr=False)
    made_at: datetime | None = None
    status_at: datetime | None = None

    def as_json(self, now: datetime) -> dict[str, Any]:
        age = int((now - self.status_at).total_seconds()) if self.status_at else None
        return {
            "verdict": self.word,
            "why": self.why,
            "issuer": self.issuer,
            "kind": self.kind,
            "facts": dict(self.facts),
            "shown_at": self.made_at.isoformat() if self.made_at else None,
            "status_age_seconds": age,
        }


def verify(text: str, carried: Carried, memory: Memory, now: datetime | None = None) -> Verdict:
    """Judge a presentation, or the link that a QR code holds."""
    now = now or datetime.now(UTC)
    try:
        peeked = peek(text)
        shown = judged(peeked, _key(peeked, carried), now)
        if not memory.is_new(peeked.nonce, now):
            raise NotGood("seen")
        return _in_force(shown, carried, now)
    except NotGood as fault:
        return Verdict("refused", fault.why)


def _key(peeked: Peeked, carried: Carried) -> Mapping[str, Any]:
    """Raises NotGood: ``issuer-unknown``, also for a key that its issuer does not list."""
    for key in carried.keys(peeked.issuer):
        if key.get("kid") == peeked.kid:
            return key
    raise NotGood("issuer-unknown")


def _in_force(shown: Shown, carried: Carried, now: datetime) -> Verdict:
    """Raises NotGood: ``revoked`` or ``suspended``, however old the list that says so."""
    found = carried.statuses.of(shown, now)
    if found and found.word != "valid":
        raise NotGood(found.word)
    word: Word = "good" if found and not found.stale else "unsure"
    why = "" if word == "good" else "status-stale" if found else "status-missing"
    at = found.at if found else None
    facts = carried.ordered(shown.kind, shown.facts)
    return Verdict(word, why, shown.issuer, shown.kind, facts, shown.made_at, at)
