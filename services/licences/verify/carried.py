"""What a verifier carries along: public keys, status lists and the words of licences, in a folder.

``fetch`` fills it while there is a line; nothing in it is secret, and nothing of anybody.
"""

import json
import time
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from services.licences.verify.statuses import Statuses

ISSUERS, TYPES, LISTS, SEEN = "issuers.json", "types.json", "lists.json", "seen.db"
_SECONDS = 15


@dataclass(frozen=True)
class Carried:
    """``issuers``: as ``GET /v1/issuers`` gives them; ``tokens``: status lists as they were signed,
    by address; ``types``: how each kind of licence calls its facts.
    """

    issuers: Sequence[Mapping[str, Any]]
    tokens: Mapping[str, str]
    types: Sequence[Mapping[str, Any]] = ()

    def keys(self, issuer: str) -> list[Mapping[str, Any]]:
        """The keys of an issuer whose licences count today; none for whom nobody recognises."""
        now = time.time()
        return [
            key
            for one in self.issuers
            if one.get("iss") == issuer and not _ended(one)
            for key in one.get("keys", ())
            if now < (key.get("until") or float("inf"))
        ]

    @cached_property
    def statuses(self) -> Statuses:
        return Statuses(self.tokens, self.keys)

    def title(self, issuer: str, locale: str) -> str:
        """Who signed, in words."""
        found = [one["title"] for one in self.issuers if one.get("iss") == issuer]
        return str(found[0].get(locale) or next(iter(found[0].values()))) if found else issuer

    def ordered(self, vct: str, facts: Mapping[str, Any]) -> dict[str, Any]:
        """The facts as they stand on a licence of this kind; others behind them."""
        names = [str(claim["path"][0]) for claim in self.kind(vct).get("claims", ())]
        known = [name for name in names if name in facts]
        return {name: facts[name] for name in (*known, *(n for n in facts if n not in known))}

    def kind(self, vct: str) -> Mapping[str, Any]:
        """The words of a kind of licence; nothing for one that is not known here."""
        return next((one for one in self.types if one.get("vct") == vct), {})


def load(folder: Path) -> Carried:
    """What was fetched. Raises OSError, ValueError or KeyError where nothing that can be read lies
    there.
    """
    issuers, lists = _read(folder / ISSUERS), _read(folder / LISTS)
    types = _read(folder / TYPES)
    return Carried(issuers["issuers"], lists["lists"], types["types"])


def fetch(house: str, folder: Path) -> int:
    """Ask a house for its issuers, kinds of licence and status lists; how many lists there are.

    Raises OSError where it cannot be reached.
    """
    root = house.rstrip("/")
    folder.mkdir(parents=True, exist_ok=True)
    issuers, types = _asked(f"{root}/v1/issuers"), _asked(f"{root}/v1/licence-types")
    addresses = json.loads(_asked(f"{root}/v1/status-lists"))["status_lists"]
    lists = {one: _asked(one) for one in addresses}
    _write(folder / ISSUERS, issuers)
    _write(folder / TYPES, types)
    _write(folder / LISTS, json.dumps({"lists": lists}))
    return len(lists)


def _asked(url: str) -> str:
    if not url.startswith(("https://", "http://")):
        raise OSError("not an address of the web")
    with urllib.request.urlopen(url, timeout=_SECONDS) as answer:
        return str(answer.read().decode())


def _write(file: Path, content: str) -> None:
    """Whole or not at all."""
    draft = file.with_suffix(".new")
    draft.write_text(content, encoding="utf-8")
    draft.replace(file)


def _read(file: Path) -> dict[str, Any]:
    found = json.loads(file.read_text(encoding="utf-8"))
    if not isinstance(found, dict):
        raise ValueError(f"{file.name} is not what was fetched")
    return found


def _ended(issuer: Mapping[str, Any]) -> bool:
    """Given up: what it signed before cannot be told from what was signed since."""
    ended = issuer.get("ended_at")
    return bool(ended) and datetime.fromisoformat(str(ended)) <= datetime.now(UTC)
