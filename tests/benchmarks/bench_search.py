"""``python -m tests.benchmarks search``: how long a search takes, and how that grows.

Catalogues of 250, 2,500 and 25,000 items as ``python -m services.items generate`` makes them, and
600 different questions drawn from the titles of the whole: words, pinyin, initials, homophones,
slips, English, and what nobody offers. Nothing is cached between questions.
"""

import gc
import random
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil
from rich.table import Table

from services.items import generate, listed
from services.items.listed import Listed
from services.search import Search, sounds
from services.search.plain import HAN, LATIN
from tests.benchmarks.report import console, progress, ratio

SIZES = (250, 2_500, 25_000)
QUESTIONS = 600
TARGET_MS, TARGET_GROWTH = 5.0, 20.0
_NOBODY = ("宇宙飞船", "xyzzyqwv", "某某某某", "spaceship")


@dataclass(frozen=True)
class Figures:
    """Milliseconds a question, seconds and megabytes of the index; processor time, which a busy
    machine does not change: a search waits for nothing.
    """

    p50: float
    p95: float
    worst: float
    built: float
    weight: float
    texts: int


def main() -> None:
    found: dict[int, Figures] = {}
    with tempfile.TemporaryDirectory() as folder, progress("search", 2 * len(SIZES)) as bar:
        generate.write(Path(folder) / "items", max(SIZES))
        items = sorted(listed.load(Path(folder) / "items", {}), key=lambda one: one.code[18:])
        for size in SIZES:
            bar.advance(bar.task_ids[0])
            found[size] = _measured(items[:size], list(_questions(items)))
            bar.advance(bar.task_ids[0])
    _report(found)


def _measured(items: Sequence[Listed], questions: Sequence[str]) -> Figures:
    gc.collect()
    before, began = psutil.Process().memory_info().rss, time.process_time()
    search = Search(items)
    built, weight = time.process_time() - began, psutil.Process().memory_info().rss - before
    took = sorted(min(_timed(search, one) for _ in range(3)) for one in questions)
    return Figures(
        statistics.median(took),
        took[int(len(took) * 0.95)],
        took[-1],
        built,
        weight / 2**20,
        len(search.index.texts),
    )


def _timed(search: Search[Listed], question: str) -> float:
    began = time.process_time()
    search.find(question)
    return (time.process_time() - began) * 1000


def _questions(items: Sequence[Listed]) -> Iterator[str]:
    """The same ones every time."""
    chance = random.Random(7)
    for number in range(QUESTIONS):
        item = chance.choice(items)
        title = "".join(HAN.findall(item.title["zh-CN"]))
        word = item.keywords[0]
        heard = sounds.syllables("".join(HAN.findall(word)))
        english = LATIN.findall(item.title["en"].lower())
        yield (
            title,
            word,
            f"怎么办理{word}",
            f"{word} {title[-2:]}",
            "".join(heard),
            "".join(heard)[:-1] + "x",
            "".join(one[0] for one in heard),
            word[:1] + "某" + word[2:],
            " ".join(english[:2]),
            english[0][:-1] + "z",
            title[-2:],
            _NOBODY[number % len(_NOBODY)],
        )[number % 12]


def _report(found: dict[int, Figures]) -> None:
    table = Table(title=f"Search, {QUESTIONS} questions", title_justify="left")
    for name in ("items", "p50 ms", "p95 ms", "worst ms", "built s", "index MB", "texts"):
        table.add_column(name, justify="right")
    for size, one in found.items():
        times = (f"{value:.2f}" for value in (one.p50, one.p95, one.worst, one.built))
        table.add_row(f"{size:,}", *times, f"{one.weight:.0f}", f"{one.texts:,}")
    console.print(table)
    least, middle, most = (found[size] for size in SIZES)
    ratio("p95 with 2,500 items, ms", middle.p95, TARGET_MS, at_most=True)
    ratio("p95 of 25,000 items / of 250", most.p95 / least.p95, TARGET_GROWTH, at_most=True)


if __name__ == "__main__":
    main()
