"""A service's answer on a terminal, drawn from its JSON Schema as the pages draw theirs."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rich import box
from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.table import Table

Json = Mapping[str, Any]
MOST_ROWS = 6
_SHANGHAI = ZoneInfo("Asia/Shanghai")
_RIGHT = {"money", "number", "percent"}


def answer(title: str, schema: Json, given: Json, by: str) -> Panel:
    """The plain fields as pairs, every list as a table, and who answered."""
    fields = [(field, given[name]) for name, field in schema["properties"].items() if name in given]
    pairs = Table.grid(padding=(0, 2))
    parts: list[RenderableType] = [pairs]
    for field, value in fields:
        if field.get("x-show") == "table":
            parts.append(rows(field["title"], field["items"]["properties"], value))
        else:
            style = "bold green" if field.get("x-headline") else ""
            pairs.add_row(
                f"[dim]{field['title']}[/dim]", f"[{style or 'none'}]{said(field, value)}"
            )
    return Panel(Group(*parts), title=title, title_align="left", subtitle=by, padding=(1, 2))


def rows(title: str, columns: Json, given: list[Json]) -> Table:
    """The first MOST_ROWS rows; the caption says how many more there are."""
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, caption_justify="left")
    for field in columns.values():
        right = field.get("x-show") in _RIGHT
        table.add_column(field["title"], justify="right" if right else "left")
    for row in given[:MOST_ROWS]:
        table.add_row(*(said(columns[name], row.get(name)) for name in columns))
    if len(given) > MOST_ROWS:
        table.caption = f"… 共 {len(given)} 行 · {len(given)} rows"
    return table


def said(field: Json, value: Any) -> str:
    """One value for people: money from fen, a state by its label."""
    if value is None:
        return "—"
    if field.get("x-show") == "money":
        return f"{'-' if value < 0 else ''}¥{abs(value) // 100:,}.{abs(value) % 100:02d}"
    labels: Json = field.get("x-labels", {})
    return str(labels.get(value, value))


def pairs(title: str, lines: Iterable[tuple[str, str]]) -> Panel:
    """Words and values under a title."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for word, value in lines:
        grid.add_row(f"[dim]{word}[/dim]", value)
    return Panel(grid, title=title, title_align="left", padding=(1, 2))


def activity(events: list[Json]) -> Table:
    """Who did what with the resident's data, newest first."""
    table = Table(
        title="谁查看了我的数据 · Who read my data", title_justify="left", box=box.SIMPLE_HEAD
    )
    for name in ("时间 at", "事项 event", "谁 who", "目的 purpose", "服务 service"):
        table.add_column(name)
    for one in events:
        at = f"{datetime.fromisoformat(one['at']).astimezone(_SHANGHAI):%Y-%m-%d %H:%M:%S}"
        table.add_row(at, one["title"], one["actor"], one["purpose"], one.get("service") or "—")
    return table


def console() -> Console:
    """Wide enough for a table of money also where there is no terminal."""
    plain = Console()
    return plain if plain.is_terminal else Console(width=110)
