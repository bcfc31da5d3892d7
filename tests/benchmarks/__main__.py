"""``python -m tests.benchmarks [name …]``: every bench_*.py in turn, or those that are named.

Ratios are measured in one run on one machine, against a peer measured in the same minute; a
target that is missed is said, and nothing fails: the machine may be busy.
"""

import asyncio
import importlib
import inspect
import sys
from pathlib import Path

from tests.benchmarks.report import console


def named(wanted: list[str]) -> list[str]:
    """Module names in order; all of them when none is wanted."""
    found = sorted(file.stem for file in Path(__file__).parent.glob("bench_*.py"))
    return [name for name in found if not wanted or name.removeprefix("bench_") in wanted]


def main(wanted: list[str]) -> int:
    names = named(wanted)
    if not names:
        console.print(f"no such benchmark; there are {', '.join(named([]))}")
        return 2
    for name in names:
        run = importlib.import_module(f"tests.benchmarks.{name}").main
        if inspect.iscoroutinefunction(run):
            asyncio.run(run())
        else:
            run()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
