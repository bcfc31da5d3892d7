"""``python -m identity.faces.evaluate FOLDER``: error rates of the engines on your own pictures.

FOLDER holds one folder a person, each with that person's pictures (person/picture.jpg or .png).
Every pair is compared. FAR: share of pairs of different people taken for one; FRR: share of pairs
of one person taken for two. Nothing is written and no picture leaves the machine.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path

import cv2
import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from config.errors import Problem
from identity.faces.engine import DLIB_VETO, SFACE_SAME, Detector, Face, FaceEngine, Template
from identity.faces.engine import engines as load_engines
from identity.faces.pictures import Picture, read

_KINDS = {".jpg", ".jpeg", ".png"}
_LIMIT = 20_000_000  # bytes; an operator's own pictures may be larger than a frame
SFACE_STEPS = (0.30, 0.363, 0.40, 0.45, 0.50, 0.55)
DLIB_STEPS = (0.40, 0.45, 0.50, 0.55, 0.60)


class TooFew(Exception):
    """The folder cannot be evaluated; the message says what it needs."""


@dataclass
class Seen:
    """The templates of every picture with a face, and the pictures without."""

    people: list[str] = field(default_factory=list)
    templates: dict[str, list[Template]] = field(default_factory=lambda: {"sface": [], "dlib": []})
    missed: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Rates:
    """Of one rule at one threshold, as shares between 0 and 1."""

    rule: str
    accuracy: float
    far: float
    frr: float


def pictures(folder: Path) -> list[Path]:
    """Every person/picture of ``folder``. Raises TooFew."""
    found = sorted(path for path in folder.glob("*/*") if path.suffix.lower() in _KINDS)
    if not found:
        raise TooFew(f"{folder} has no person/picture.jpg: make one folder a person")
    if len({path.parent for path in found}) == 1:
        raise TooFew("there is only one person: FAR needs pictures of at least two")
    return found


def look(found: Sequence[Path], console: Console) -> Seen:
    """Embed the largest face of every picture, with a progress bar."""
    detector, engines, seen = Detector(), load_engines("sface,dlib"), Seen()
    for path in track(found, "Looking at pictures", console=console):
        picture, face = _largest(detector, path)
        if picture is None or face is None:
            seen.missed.append(f"{path.parent.name}/{path.name}")
            continue
        seen.people.append(path.parent.name)
        _embed(seen, engines, picture, face)
    return seen


def rates(seen: Seen) -> list[Rates]:
    """SFace and dlib at their steps, and both as the face process uses them. Raises TooFew."""
    pairs = np.array(list(combinations(range(len(seen.people)), 2)), dtype=int).reshape(-1, 2)
    people = np.array(seen.people)
    same = people[pairs[:, 0]] == people[pairs[:, 1]]
    if not same.any() or same.all():
        raise TooFew("two pictures with a face of one person, and two people, are the least")
    left, right = pairs.T
    sface, dlib = (np.stack(seen.templates[name]) for name in ("sface", "dlib"))
    cosine = np.einsum("ij,ij->i", sface[left], sface[right])
    distance = np.linalg.norm(dlib[left] - dlib[right], axis=1)
    both = (cosine >= SFACE_SAME) & (distance <= DLIB_VETO)
    return [
        *(_rate(f"sface ≥ {step:.3f}", cosine >= step, same) for step in SFACE_STEPS),
        *(_rate(f"dlib ≤ {step:.2f}", distance <= step, same) for step in DLIB_STEPS),
        _rate(f"both: sface ≥ {SFACE_SAME}, dlib ≤ {DLIB_VETO}", both, same),
    ]


def report(seen: Seen, measured: Sequence[Rates], console: Console) -> None:
    table = Table(title=f"{len(seen.people)} pictures of {len(set(seen.people))} people")
    for column in ("rule", "accuracy", "FAR", "FRR"):
        table.add_column(column, justify="left" if column == "rule" else "right")
    for one in measured:
        table.add_row(one.rule, *(f"{share:.3%}" for share in (one.accuracy, one.far, one.frr)))
    console.print(table)
    console.print(f"{len(seen.missed)} pictures without a readable face")
    for name in seen.missed:
        console.print(f"  {name}", markup=False)


def main() -> int:
    """Print the rates; 1 and a plain sentence when the folder cannot be evaluated."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    folder, console = parser.parse_args().folder, Console()
    cv2.setNumThreads(1)
    try:
        seen = look(pictures(folder), console)
        report(seen, rates(seen), console)
    except TooFew as reason:
        console.print(str(reason), markup=False)
        return 1
    return 0


def _largest(detector: Detector, path: Path) -> tuple[Picture | None, Face | None]:
    try:
        picture = read(path.read_bytes(), limit=_LIMIT)
    except Problem:
        return None, None
    return picture, next(iter(detector.find(picture)), None)


def _embed(seen: Seen, engines: Sequence[FaceEngine], picture: Picture, face: Face) -> None:
    for engine in engines:
        seen.templates[engine.name].append(engine.embed(picture, face))


def _rate(rule: str, accepted: np.ndarray, same: np.ndarray) -> Rates:
    return Rates(
        rule,
        accuracy=float(np.mean(accepted == same)),
        far=float(np.mean(accepted[~same])),
        frr=float(np.mean(~accepted[same])),
    )


if __name__ == "__main__":
    sys.exit(main())
