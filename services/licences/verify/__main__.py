"""``python -m services.licences.verify``: check licences without a line to anybody.

    fetch HOUSE FOLDER      while there is a line: keys, status lists and words into FOLDER
    check FOLDER [TEXT]     what a QR code says, or lines of standard input; --json for programs

Ends with 0 when everything was good, 1 when something was refused, 3 when something is genuine but
nobody knows whether it is still in force.
"""

import argparse
import json
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from services.licences.verify.carried import SEEN, Carried, fetch, load
from services.licences.verify.memory import Memory
from services.licences.verify.verdict import Verdict, verify

_ENDS = {"good": 0, "refused": 1, "unsure": 3}
_WHY = {
    "unreadable": "this is no licence code",
    "issuer-unknown": "nobody we recognise issued it, or the keys here are too old: fetch again",
    "forged": "its signature or its binding to a phone is not genuine",
    "late": "it was made more than a minute ago: ask for a new one",
    "expired": "the licence has run out",
    "seen": "it was shown here before: it may be a copy",
    "revoked": "the licence was revoked",
    "suspended": "the licence is suspended",
    "status-stale": "genuine, but the status list has run out: fetch again",
    "status-missing": "genuine, but its status list is not here: fetch again, or ask its own house",
}


def main(words: list[str] | None = None) -> int:
    asked = _parser().parse_args(words)
    try:
        if asked.command == "fetch":
            print(f"{fetch(asked.house, asked.folder)} status lists are in {asked.folder}")
            return 0
        return _check(asked.folder, asked.text, asked.json)
    except (OSError, ValueError, KeyError) as fault:
        print(f"verify: {asked.folder}: {fault}", file=sys.stderr)
        return 2


def _check(folder: Path, text: str | None, as_json: bool) -> int:
    carried, memory = load(folder), Memory(folder / SEEN)
    found = [verify(line, carried, memory) for line in _lines(text)]
    for one in found:
        print(json.dumps(one.as_json(datetime.now(UTC))) if as_json else _told(one, carried))
    return max((_ENDS[one.word] for one in found), default=2)


def _lines(text: str | None) -> Iterable[str]:
    return [text] if text else [line for line in sys.stdin if line.strip()]


def _told(one: Verdict, carried: Carried) -> str:
    said = [one.word.upper() + (f": {_WHY[one.why]}" if one.why else "")]
    if one.word == "refused":
        return said[0]
    kind = carried.kind(one.kind)
    said.append(f"{_title(kind.get('display', []), one.kind)}, {carried.title(one.issuer, 'en')}")
    names = {str(claim["path"][0]): claim["display"] for claim in kind.get("claims", [])}
    said += [f"  {_title(names.get(name, []), name)}: {value}" for name, value in one.facts.items()]
    if one.status_at:
        said.append(f"  status list of {one.status_at:%Y-%m-%d %H:%M} UTC")
    return "\n".join(said)


def _title(display: Iterable[dict[str, str]], otherwise: str) -> str:
    return next((one["name"] for one in display if one.get("locale") == "en"), otherwise)


def _parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="verify", description=(__doc__ or "").partition("\n")[0])
    commands = made.add_subparsers(dest="command", required=True)
    fetching = commands.add_parser("fetch", help="bring keys and status lists while on line")
    fetching.add_argument("house")
    fetching.add_argument("folder", type=Path)
    checking = commands.add_parser("check", help="check what a QR code says")
    checking.add_argument("folder", type=Path)
    checking.add_argument("text", nargs="?")
    checking.add_argument("--json", action="store_true")
    return made


if __name__ == "__main__":
    sys.exit(main())
