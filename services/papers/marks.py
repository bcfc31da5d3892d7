"""What is seen of a signature: a department's red round seal, a person's name in a frame.

Each is a small page of its own, drawn in vectors, that becomes the look of the signature's field.
"""

import math
from datetime import datetime
from functools import lru_cache
from typing import cast

from fpdf import FPDF

from services.hours import SHANGHAI
from services.papers.font import FAMILY, add_to, written

SEAL = 42.0  # millimetres across (国发〔1999〕25号: seals of provincial departments)
NAME = (76.0, 22.0)
_RED, _BLUE = (200, 16, 32), (22, 62, 130)
_INNER = 0.62  # of the radius: where the letters of the arc stand
_ARC = math.radians(230)


@lru_cache(64)
def seal(name: str, use: str = "电子政务专用章") -> bytes:
    """A star, the name around it, and what the seal is for below."""
    page = _page(SEAL, SEAL, "B")
    page.set_draw_color(*_RED)
    page.set_fill_color(*_RED)
    page.set_text_color(*_RED)
    page.set_line_width(1.1)
    middle = SEAL / 2
    page.circle(middle, middle, middle - 1, style="D")
    page.polygon(_star(middle, middle - 0.5, 5.8), style="F")
    _around(page, written(name), middle)
    page.set_font(FAMILY, "B", 7)
    page.set_xy(0, SEAL - 12)
    page.cell(SEAL, 5, use, align="C")
    return bytes(page.output())


def signature(name: str, at: datetime, number: str) -> bytes:
    """The name, when, and the number of the certificate."""
    width, height = NAME
    page = _page(width, height, "")
    page.set_draw_color(*_BLUE)
    page.set_text_color(*_BLUE)
    page.set_line_width(0.3)
    page.rect(0.5, 0.5, width - 1, height - 1)
    moment = at.astimezone(SHANGHAI)
    for size, top, text in (
        (14, 2, written(name)),
        (7.5, 10, f"电子签名  {moment:%Y-%m-%d %H:%M:%S}"),
        (6, 15, number),
    ):
        page.set_font(FAMILY, "", cast("int", size))
        page.set_xy(3, top)
        page.cell(width - 6, 6, text)
    return bytes(page.output())


def _page(width: float, height: float, *styles: str) -> FPDF:
    page = FPDF(format=(width, height))
    page.set_margins(0, 0, 0)
    page.set_auto_page_break(False)
    add_to(page, *styles)
    page.add_page()
    return page


def _star(x: float, y: float, radius: float) -> list[tuple[float, float]]:
    inner = radius * math.sin(math.pi / 10) / math.sin(7 * math.pi / 10)
    corners = []
    for n in range(10):
        far, turn = (radius, inner)[n % 2], n * math.pi / 5
        corners.append((x + far * math.sin(turn), y - far * math.cos(turn)))
    return corners


def _around(page: FPDF, name: str, middle: float) -> None:
    """Letter by letter on an arc open below; many letters are written smaller."""
    size = min(13.0, 125.0 / max(len(name), 1))
    page.set_font(FAMILY, "B", cast("int", size))
    radius = (middle - 1) * (_INNER + 0.2) - 0.2
    step = _ARC / max(len(name) - 1, 1)
    for n, letter in enumerate(name):
        turn = n * min(step, 0.5) - min(step, 0.5) * (len(name) - 1) / 2
        x, y = middle + radius * math.sin(turn), middle - radius * math.cos(turn)
        with page.rotation(-math.degrees(turn), x, y):
            half = page.get_string_width(letter) / 2
            page.text(x - half, y + size * 0.13, letter)
