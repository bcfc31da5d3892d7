"""The pages of a document: title, number, lines, table, notes, a code to scan, a place to sign.

A4, in millimetres. At the bottom of the last page there is room for the seal or the signature,
which are not part of the pages: whoever signs puts them there (``services.papers.signing``).
"""

import io
from collections.abc import Sequence
from datetime import datetime

import segno
from fpdf import FPDF
from fpdf.enums import TableBordersLayout, TextMode, XPos, YPos
from fpdf.fonts import FontFace

from services.hours import SHANGHAI
from services.papers.draft import Draft, Line, Table
from services.papers.font import FAMILY, add_to, written

WIDTH, HEIGHT, MARGIN = 210.0, 297.0, 22.0
FOOT = 80.0  # what the last page keeps free: code, issuer, date, seal
_LABEL = 46.0
_GREY, _BLACK, _RULE = (90, 90, 90), (20, 20, 20), (200, 200, 200)


class _Sheet(FPDF):
    """Counts its pages at their feet."""

    def __init__(self, foot: str):
        super().__init__(format="A4")
        self._foot = foot
        self.set_margins(MARGIN, MARGIN, MARGIN)
        self.set_auto_page_break(True, margin=MARGIN)
        self.alias_nb_pages("{of}")
        add_to(self, "")

    def footer(self) -> None:
        self.set_y(-14)
        self.write_in(8.5, _GREY)
        self.cell(0, 5, f"{self._foot}  {self.page_no()}/{{of}}", align="C")

    def write_in(self, size: float, colour: tuple[int, int, int] = _BLACK) -> None:
        self.set_font(FAMILY, "", size)
        self.set_text_color(*colour)


def drawn(draft: Draft, issuer: str, at: datetime) -> bytes:
    """The pages as a PDF; about a fifth of a second of one processor: call it in a thread.

    ``issuer``: who seals it, empty for a document that a person signs; ``at``: its date.
    """
    sheet = _Sheet(written(draft.number))
    sheet.set_title(written(draft.title))
    sheet.set_lang("zh-CN")
    sheet.set_creator("指办")
    sheet.set_creation_date(at)
    sheet.add_page()
    _head(sheet, draft)
    _lines(sheet, draft.lines)
    if draft.table:
        _table(sheet, draft.table)
    _notes(sheet, draft.notes)
    _foot(sheet, draft, issuer, at)
    return bytes(sheet.output())


def _head(sheet: _Sheet, draft: Draft) -> None:
    """Bold by a stroke around each letter: a second font would take a quarter of a second."""
    sheet.write_in(21)
    with sheet.local_context(text_mode=TextMode.FILL_STROKE, line_width=0.25):
        sheet.multi_cell(
            0, 11, written(draft.title), align="C", new_x=XPos.LMARGIN, new_y=YPos.NEXT
        )
    sheet.ln(2)
    sheet.write_in(10, _GREY)
    sheet.multi_cell(0, 6, f"编号 {written(draft.number)}", align="C", new_x=XPos.LMARGIN,
                     new_y=YPos.NEXT)  # fmt: skip
    sheet.ln(6)


def _lines(sheet: _Sheet, lines: Sequence[Line]) -> None:
    if not lines:
        return
    sheet.write_in(11)
    sheet.set_draw_color(*_RULE)
    label = FontFace(color=_GREY)
    with sheet.table(
        col_widths=(_LABEL, WIDTH - 2 * MARGIN - _LABEL),
        first_row_as_headings=False,
        borders_layout=TableBordersLayout.HORIZONTAL_LINES,
        line_height=6.5,
        padding=1.3,
        text_align="LEFT",
    ) as made:
        for said, value in lines:
            row = made.row()
            row.cell(written(said), style=label)
            row.cell(written(value))
    sheet.ln(5)


def _table(sheet: _Sheet, table: Table) -> None:
    sheet.write_in(9.5)
    with sheet.table(
        line_height=6.5, text_align="LEFT", padding=0.8, headings_style=FontFace(color=_GREY)
    ) as made:
        for row in (table.heads, *table.rows):
            made.row([written(one) for one in row])
    sheet.ln(4)


def _notes(sheet: _Sheet, notes: Sequence[str]) -> None:
    sheet.write_in(10, _GREY)
    for note in notes:
        sheet.multi_cell(0, 6, written(note), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        sheet.ln(1)


def _foot(sheet: _Sheet, draft: Draft, issuer: str, at: datetime) -> None:
    """Always at the same place, so that a seal meets the name of whose it is."""
    if sheet.get_y() > HEIGHT - FOOT:
        sheet.add_page()
    sheet.set_auto_page_break(False)
    if draft.qr:
        _code(sheet, draft.qr, written(draft.code))
    sheet.write_in(11)
    day = at.astimezone(SHANGHAI)
    sheet.set_xy(WIDTH / 2, HEIGHT - 56)
    sheet.cell(WIDTH / 2 - MARGIN, 7, written(draft.signs or issuer), align="L" if draft.signs
               else "C")  # fmt: skip
    sheet.set_xy(WIDTH / 2, HEIGHT - 36)
    said = f"{day.year} 年 {day.month} 月 {day.day} 日"
    sheet.cell(WIDTH / 2 - MARGIN, 7, said, align="L" if draft.signs else "C")


def _code(sheet: _Sheet, content: str, code: str) -> None:
    picture = io.BytesIO()
    segno.make(content, error="m", micro=False).save(picture, kind="png", scale=6, border=0)
    sheet.image(picture, MARGIN, HEIGHT - 68, 28, 28, alt_text="核验二维码")
    sheet.write_in(9, _GREY)
    sheet.set_xy(MARGIN, HEIGHT - 38)
    sheet.cell(80, 5, f"核验码 {code}" if code else "扫码核验")
