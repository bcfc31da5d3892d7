"""Every log line of the whole run, kept for the house test that looks for personal values.

Values are collected as the code passed them, before the mask: the mask is the second line of
defence, and this looks after the first.
"""

import logging
import re
from pathlib import Path

# Found without anybody registering them: 18-digit numbers and tokens in JOSE form.
SUSPECT = re.compile(r"(?<![0-9A-Za-z])[1-9]\d{16}[0-9Xx](?![0-9A-Za-z])|eyJ[\w-]{10,}\.")


class Capture(logging.Handler):
    """Collects lines and the personal values that must not be in them."""

    def __init__(self) -> None:
        super().__init__(logging.NOTSET)
        self.lines: list[str] = []
        self.values: set[str] = set()
        self.folders: set[Path] = set()

    def emit(self, record: logging.LogRecord) -> None:
        fields = getattr(record, "fields", {})
        self.lines.append(f"{record.name} {record.getMessage()} {fields}")

    def keep(self, text: str) -> None:
        """Add lines that another process wrote."""
        self.lines.extend(text.splitlines())

    def leaks(self) -> list[str]:
        """The lines that hold a registered value, an ID number or a token."""
        lines = [*self.lines, *self._lines_of_folders()]
        found = [line for line in lines if SUSPECT.search(line)]
        found += [line for line in lines for value in self.values if value in line]
        return sorted(set(found))

    def _lines_of_folders(self) -> list[str]:
        files = (file for folder in self.folders for file in folder.rglob("*.log"))
        return [line for file in files for line in file.read_text(errors="replace").splitlines()]


run = Capture()


def personal(value: str) -> str:
    """Register a name, number or token used by a test; returns it unchanged."""
    if len(value) < 2:
        raise ValueError("too short to look for")
    run.values.add(value)
    return value


def keep_files(folder: Path) -> None:
    """Add what the ``*.log`` files of a folder say that is about to go."""
    for file in folder.rglob("*.log"):
        run.keep(file.read_text(errors="replace"))


def watch(folder: Path) -> None:
    """Search the ``*.log`` files under ``folder`` too, at the end of the run.

    For a folder that is gone by then, hand its files' text to ``run.keep`` before.
    """
    run.folders.add(folder)
