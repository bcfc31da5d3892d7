"""``python -m services.items generate --count 2500 --folder X``: a catalogue for tests."""

import argparse
import sys
from pathlib import Path

from services.items.generate import FolderTaken, write


def main(words: list[str] | None = None) -> int:
    """Ends with 1 and one line where the folder is taken."""
    parser = argparse.ArgumentParser(prog="python -m services.items", description=__doc__)
    generate = parser.add_subparsers(required=True).add_parser("generate")
    generate.add_argument("--count", type=int, default=2500, help="how many items")
    generate.add_argument("--folder", type=Path, required=True, help="a new or empty folder")
    given = parser.parse_args(words)
    try:
        written = write(given.folder, given.count)
    except FolderTaken as taken:
        print(taken, file=sys.stderr)
        return 1
    print(f"{written} items below {given.folder}: ITEMS_FOLDER={given.folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
