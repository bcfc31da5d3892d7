"""How benchmarks speak: a progress bar while they run, then ratios against their targets."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from tests.benchmarks.load import Measured

console = Console()


@contextmanager
def progress(what: str, steps: int) -> Iterator[Progress]:
    """A bar of ``steps``; call ``advance(bar.task_ids[0])`` after each."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=console, transient=True) as bar:
        bar.add_task(what, total=steps)
        yield bar


def loads(title: str, rows: dict[str, Measured]) -> None:
    """Rates and times of several runs."""
    table = Table(title=title, title_justify="left")
    for name in ("", "answers/s", "p50 ms", "p90 ms", "p99 ms", "worst ms", "failed"):
        table.add_column(name, justify="right" if name else "left")
    for name, one in rows.items():
        times = (one.p50, one.p90, one.p99, one.worst)
        table.add_row(name, f"{one.rate:,.0f}", *(f"{time:.2f}" for time in times), str(one.failed))
    console.print(table)


def median(runs: Sequence[Measured]) -> Measured:
    """The run in the middle by its rate, with the failures of all."""
    middle = sorted(runs, key=lambda one: one.rate)[len(runs) // 2]
    return replace(middle, failed=sum(one.failed for one in runs))


def ratio(what: str, value: float, target: float | None, *, at_most: bool = False) -> None:
    """One line: the value, and where there is a target, whether it is met."""
    if target is None:
        console.print(f"{what}: {value:.2f}")
        return
    met = value <= target if at_most else value >= target
    sign, mark = ("≤" if at_most else "≥"), ("met" if met else "MISSED")
    console.print(f"{what}: [bold]{value:.2f}[/bold]  (target {sign} {target:g}: {mark})")
