"""What a still becomes when the head turns or nods, the eyes shut or the mouth opens.

Warps of one photograph: good enough to be a test resident, and for the same reason an attack
(docs/faces.md). For demonstrations and tests only. Pictures are BGR arrays; sides are the
person's own.
"""

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from services.sandbox.landmarks import Place, find, lids, mesh

Pixels = NDArray[Any]
DEGREES, NODDED = 30.0, 22.0
_LIP = (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308)  # of the mesh: over the lower lip
_CHIN = 152
_MOUTH = (35.0, 20.0, 60.0)  # its inside, BGR


def strike(picture: Pixels, pose: str) -> Pixels:
    """The still in one of POSES. Raises ValueError without a face."""
    return POSES[pose](picture)


def turn(picture: Pixels, degrees: float) -> Pixels:
    """Rotate the head to its left, as an ellipsoid with a nose on it; the background stays."""
    return _rotate(picture, degrees, upright=True)


def nod(picture: Pixels, degrees: float) -> Pixels:
    """Lower the chin, as ``turn`` turns the head (negative: raise it)."""
    return _rotate(picture, degrees, upright=False)


def shut(picture: Pixels, share: float = 1.0) -> Pixels:
    """Draw the skin above each eye down over ``share`` of it, as a lid does."""
    rows, columns = _grid(picture)
    source = rows.copy()
    for upper, lower in lids(picture, mesh(picture)):
        lid, rim = _curve(upper, columns[0]), _curve(lower, columns[0])
        wide = float(np.linalg.norm(upper[-1] - upper[0]))
        brow, closed = lid - 0.2 * wide, lid + (rim - lid) * share
        stretched = brow + (rows - brow) * (lid - brow) / np.maximum(closed - brow, 1)
        inside = (rows > brow) & (rows < closed) & (closed > lid)
        source = np.where(inside, stretched, source)
    return _moved(picture, columns, source)


def gape(picture: Pixels, share: float = 1.0) -> Pixels:
    """Part the lips by ``share`` of 0.5 of the mouth's width; the corners come in, jaw and chin
    come down."""
    picture = _pursed(picture, share)
    points, (rows, columns) = mesh(picture), _grid(picture)
    lip = _curve(points[list(_LIP)], columns[0])
    left, right = float(points[_LIP[0], 0]), float(points[_LIP[-1], 0])
    middle, half = (left + right) / 2, (right - left) / 2
    drop, chin = share * half, float(points[_CHIN, 1])
    gap = drop * np.sqrt(np.clip(1 - ((columns - middle) / half) ** 2, 0, 1))
    jaw = drop * np.exp(-(((columns - middle) / (2.2 * half)) ** 4))
    along = np.clip((rows - lip - gap) / np.maximum(chin + drop - lip - gap, 1), 0, 1)
    fade = np.clip(1 - (rows - chin - drop) / (3 * half), 0, 1)  # the neck takes it up
    shift = (gap + (jaw - gap) * along) * fade
    source = np.where(rows > lip + gap, rows - shift, rows)
    hole = ((rows >= lip) & (rows <= lip + gap) & (gap > 1)).astype(np.float32)
    soft = cv2.GaussianBlur(hole, (0, 0), 1.2)[:, :, None]
    opened = _moved(picture, columns, source) * (1 - soft) + np.array(_MOUTH) * soft
    return opened.astype(np.uint8)


def _pursed(picture: Pixels, share: float) -> Pixels:
    """The corners of the mouth drawn in by up to a sixth."""
    points, (rows, columns) = mesh(picture)[list(_LIP)], _grid(picture)
    (x, y), wide = points.mean(axis=0), float(np.ptp(points[:, 0]))
    near = np.exp(-(((columns - x) / wide) ** 4) - ((rows - y) / (0.6 * wide)) ** 2)
    return _moved(picture, columns + (columns - x) * 0.2 * share * near, rows)


POSES: dict[str, Callable[[Pixels], Pixels]] = {
    "front": lambda picture: picture,
    "left": lambda picture: turn(picture, DEGREES),
    "right": lambda picture: turn(picture, -DEGREES),
    "down": lambda picture: nod(picture, NODDED),
    "shut": shut,
    "open": gape,
}


def _rotate(picture: Pixels, degrees: float, *, upright: bool) -> Pixels:
    face, (rows, columns) = find(picture), _grid(picture)
    centre, radius = _skull(face)
    u, v = (columns - centre[0]) / radius[0], (rows - centre[1]) / radius[1]
    tip = (np.array(face.nose) - centre) / radius
    sine, cosine = np.sin(np.radians(degrees)), np.cos(np.radians(degrees))
    source = u if upright else v
    for _ in range(8):  # where on the still does each pixel of the moved head come from?
        deep = _depth(source, v, tip) if upright else _depth(u, source, tip)
        source = np.clip(((u if upright else v) - deep * sine) / cosine, -1.5, 1.5)
    reach = np.clip(1.6 - np.sqrt(u**2 + v**2), 0, 0.6) / 0.6
    if upright:
        return _moved(picture, (u + (source - u) * reach) * radius[0] + centre[0], rows)
    return _moved(picture, columns, (v + (source - v) * reach) * radius[1] + centre[1])


def _skull(face: Place) -> tuple[Pixels, Pixels]:
    x, y, across, down = face.box
    return np.array([x + across / 2, y + down * 0.48]), np.array([across * 0.62, down * 0.66])


def _depth(u: Pixels, v: Pixels, tip: Pixels) -> Pixels:
    skull = np.sqrt(np.clip(1 - u**2 - v**2, 0, 1))
    nose = 0.4 * np.exp(-(((u - tip[0]) / 0.2) ** 2 + ((v - tip[1]) / 0.3) ** 2))
    return np.asarray(skull + nose)


def _grid(picture: Pixels) -> tuple[Pixels, Pixels]:
    grid: Pixels = np.indices(picture.shape[:2], np.float32)
    return grid[0], grid[1]


def _curve(line: Pixels, columns: Pixels) -> Pixels:
    """The height of a line of points over every column; beyond its ends, that of its ends."""
    line = line[np.argsort(line[:, 0])]
    return np.interp(columns, line[:, 0], line[:, 1])


def _moved(picture: Pixels, columns: Pixels, rows: Pixels) -> Pixels:
    where = columns.astype(np.float32), rows.astype(np.float32)
    return np.asarray(cv2.remap(picture, *where, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))
