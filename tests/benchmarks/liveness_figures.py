"""``python -m tests.benchmarks.liveness_figures [FOLDER]``: how well each movement is told.

Portraits (FOLDER/person/picture.jpg, or the five that tests use) are shown to the very parts that
judge a challenge: held still, tilted in the hand, and warped into each pose, each in eight lights
and cameras. Footage warped from a still is our test resident and, fed in place of a camera, an
attack: one and the same frames, so the last two columns are equal by nature. Nothing here is a
figure of ISO/IEC 30107-3: there are no real presentations behind it.
"""

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from identity.faces import liveness
from identity.faces.engine import Detector
from identity.faces.liveness import blink, mouth, nod, turn
from identity.faces.liveness.look import Look
from identity.faces.mesh import Mesh
from identity.faces.pictures import Picture
from identity.faces.prompts import POSES
from services.sandbox.camera import frame, jpeg, pixels, shot
from services.sandbox.poses import POSES as WARPS
from services.sandbox.poses import strike
from tests.support import faces

TAKES = 3
TILTS = ((25, 0), (-25, 0), (0, 25), (0, -25))  # degrees about the upright and the level axis
_KINDS = {".jpg", ".jpeg", ".png"}
MEASURES: dict[str, tuple[str, Callable[[Look, Look], float]]] = {
    "front": (f"nose within {turn.FRONTAL}", lambda look, own: abs(look.nose)),
    "left": (f"nose moves ≥ {turn.TURN}", lambda look, own: look.nose - own.nose),
    "right": (f"nose moves ≤ -{turn.TURN}", lambda look, own: look.nose - own.nose),
    "nod": (f"pitch rises ≥ {nod.DOWN:g}°", lambda look, own: look.pitch - own.pitch),
    "blink": (f"eyes ≤ {blink.SHUT} of their own", blink.share),
    "mouth": (f"lips' height by width + {mouth.OPEN}", lambda look, own: look.mouth - own.mouth),
}


@dataclass
class Seen:
    """Looks of one portrait: ``poses`` by pose, ``tilted`` of the flat print, each a take."""

    name: str
    poses: dict[str, list[Look]] = field(default_factory=dict)
    tilted: list[Look] = field(default_factory=list)

    @property
    def neutral(self) -> Look:
        return self.poses["front"][0]


@dataclass(frozen=True)
class Row:
    """Of one prompt: ranges of its measure, and shares of attempts that pass."""

    prompt: str
    rule: str
    still: tuple[float, float]
    shown: tuple[float, float]
    held: float
    tilted: float
    warped: float


class Lens:
    """Detector and mesh, as the face process uses them."""

    def __init__(self) -> None:
        self._detector, self._mesh = Detector(), Mesh()

    def look(self, picture: np.ndarray) -> Look | None:
        seen = Picture(np.ascontiguousarray(picture))
        face = next(iter(self._detector.find(seen)), None)
        return self._mesh.look(seen, face, eyes=True) if face else None


def conditions(picture: np.ndarray) -> Iterator[np.ndarray]:
    """Plain, dim, lit from a side, warm, blurred, small, badly compressed, tilted."""
    height, width = picture.shape[:2]
    side = np.linspace(0.45, 1.15, width)[None, :, None]
    yield picture
    yield _clipped(picture * 0.55)
    yield _clipped(picture * side)
    yield _clipped(picture * np.array([0.75, 0.95, 1.1]))
    yield cv2.GaussianBlur(picture, (0, 0), 1.5)
    yield cv2.resize(picture, None, fx=0.6, fy=0.6, interpolation=cv2.INTER_AREA)
    yield pixels(jpeg(picture, 40))
    roll = cv2.getRotationMatrix2D((width / 2, height / 2), 12, 1)
    yield cv2.warpAffine(picture, roll, (width, height), borderMode=cv2.BORDER_REPLICATE)


def tilt(picture: np.ndarray, upright: float, level: float) -> np.ndarray:
    """A flat print turned in the hand: the whole picture seen aslant, in perspective."""
    height, width = picture.shape[:2]
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * [width / 2, height / 2]
    across, down = np.radians(upright), np.radians(level)
    x, y = corners[:, 0] * np.cos(across), corners[:, 1] * np.cos(down)
    depth = corners[:, 0] * np.sin(across) + corners[:, 1] * np.sin(down)
    near = 1 + depth / (2.5 * width)
    centre = np.array([width / 2, height / 2])
    seen, middle = np.stack([x / near, y / near], axis=1) + centre, corners + centre
    move = cv2.getPerspectiveTransform(middle.astype(np.float32), seen.astype(np.float32))
    return cv2.warpPerspective(picture, move, (width, height), borderMode=cv2.BORDER_REPLICATE)


def watch(name: str, image: bytes, lens: Lens, takes: int = TAKES) -> Seen:
    """Every pose, light and take of one portrait. Raises ValueError without a face."""
    still, seen = frame(pixels(image)), Seen(name)
    for pose in WARPS:
        seen.poses[pose] = _looks(lens, strike(still, pose), takes)
    for upright, level in TILTS:
        seen.tilted += _looks(lens, tilt(still, upright, level), takes)
    return seen


def rows(every: Sequence[Seen]) -> list[Row]:
    return [_row(prompt, every) for prompt in MEASURES]


def report(every: Sequence[Seen], console: Console) -> None:
    table = Table(title=f"{len(every)} portraits, {TAKES} takes in 8 lights and cameras each")
    for name in ("prompt", "rule", "held still", "the movement, warped"):
        table.add_column(name)
    passes = (
        "passes: held still",
        "tilted print",
        "warped, as test resident",
        "the same, injected",
    )
    for name in passes:
        table.add_column(name, justify="right")
    for one in rows(every):
        ranges = (f"{low:.2f} … {high:.2f}" for low, high in (one.still, one.shown))
        shares = (one.held, one.tilted, one.warped, one.warped)
        table.add_row(one.prompt, one.rule, *ranges, *(f"{share:.1%}" for share in shares))
    console.print(table)
    console.print("Injection is undefended: the last two columns are the same frames.")
    console.print("No figure of ISO/IEC 30107-3: no real presentation was measured.")


def main() -> int:
    """Print the table; 1 when FOLDER has no picture."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", nargs="?", default="")
    folder, console = parser.parse_args().folder, Console()
    portraits = _portraits(Path(folder) if folder else None)
    if not portraits:
        console.print("no person/picture.jpg in this folder")
        return 1
    cv2.setNumThreads(1)
    lens = Lens()
    watched = track(portraits.items(), "Watching portraits", console=console, transient=True)
    report([watch(name, image, lens) for name, image in watched], console)
    return 0


def _row(prompt: str, every: Sequence[Seen]) -> Row:
    rule, measure = MEASURES[prompt]
    pose = POSES[prompt][0]
    still = [measure(look, one.neutral) for one in every for look in one.poses["front"]]
    shown = [measure(look, one.neutral) for one in every for look in one.poses[pose]]
    return Row(
        prompt,
        rule,
        (min(still), max(still)),
        (min(shown), max(shown)),
        held=_share(prompt, every, lambda one: one.poses["front"]),
        tilted=_share(prompt, every, lambda one: one.tilted),
        warped=_share(prompt, every, lambda one: one.poses[pose]),
    )


def _share(prompt: str, every: Sequence[Seen], looks: Callable[[Seen], list[Look]]) -> float:
    """Of attempts that show each of these looks, and the front again where two are asked."""
    return float(
        np.mean(
            [
                liveness.shows([look, one.neutral][: len(POSES[prompt])], prompt, one.neutral)
                for one in every
                for look in looks(one)
            ]
        )
    )


def _looks(lens: Lens, still: np.ndarray, takes: int) -> list[Look]:
    shots = (each for take in range(takes) for each in conditions(shot(still, take * 7 + 1)))
    return [look for look in map(lens.look, shots) if look]


def _portraits(folder: Path | None) -> dict[str, bytes]:
    if folder is None:
        names = (faces.OBAMA, faces.OBAMA_THIRD, faces.BIDEN, faces.ASTRONAUT)
        return {name: faces.portrait(name) for name in names}
    found = (path for path in sorted(folder.glob("*/*")) if path.suffix.lower() in _KINDS)
    return {f"{path.parent.name}/{path.name}": path.read_bytes() for path in found}


def _clipped(picture: np.ndarray) -> np.ndarray:
    return np.clip(picture, 0, 255).astype(np.uint8)


if __name__ == "__main__":
    sys.exit(main())
