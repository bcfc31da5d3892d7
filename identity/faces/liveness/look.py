"""What is measured of one frame's face: five numbers that a movement changes."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Look:
    """``nose``: its offset from the eyes' middle, in eye distances, positive to the person's left.

    ``pitch``: degrees the chin is lowered. ``mouth``: height of the lips by their width.
    ``eyes``: opening of the right and the left lids by the eye's width; empty where not asked.
    """

    nose: float
    pitch: float
    mouth: float
    eyes: tuple[float, ...] = ()
