"""Small rooms, links that lead somewhere, and nothing of one machine in what is kept."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = {".py", ".js", ".mjs", ".wxml", ".wxss", ".css"}
MOST_LINES, MOST_LINES_OF_A_DECISION = 300, 40
WRITTEN_BY_A_TOOL = re.compile(r"/migrations/0\d+_.*\.py$")
# Where packages are published is the business of whoever installs them.
REGISTRY = re.compile(
    r"registry\.npmjs|registry\.yarnpkg|npmmirror|taobao\.org|pypi\.org/simple"
    r"|files\.pythonhosted|pypi\.tuna|mirrors?\.(?:aliyun|cloud\.tencent|ustc|huaweicloud)"
    r"|--(?:extra-)?index-url|\bartifactory\b|\bnexus\b"
)
MACHINE = re.compile(r"(?:^|[\s\"'(=`])(?:/roo[t]/|/home/\w|/Users/\w|/mnt/\w|[A-Z]:\\\\?Users)")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)|(?:src|href)=\"([^\"]+)\"")
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)


def tracked() -> list[Path]:
    """What git keeps, and what it would keep, as it lies here."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    files = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    return [file for file in files if file.is_file()]


def texts() -> Iterator[tuple[str, str]]:
    """Every tracked file that is text but this one."""
    for file in tracked():
        if file == Path(__file__):
            continue
        try:
            yield str(file.relative_to(ROOT)), file.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def lines_with(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{name}:{number}"
        for name, text in texts()
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


def pages() -> list[Path]:
    return [file for file in tracked() if file.suffix == ".md"]


def targets(page: Path) -> Iterator[str]:
    """The addresses a page links to, code left out."""
    for found in LINK.finditer(CODE.sub("", page.read_text(encoding="utf-8"))):
        yield found[1] or found[2]


def heading_anchors(page: Path) -> set[str]:
    """What GitHub makes of the headings."""
    headings = re.findall(r"^#+ +(.+?) *$", page.read_text(encoding="utf-8"), re.MULTILINE)
    plain = [re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings]
    return {heading.replace(" ", "-") for heading in plain}


def broken(page: Path) -> Iterator[str]:
    """The relative links of one page that lead nowhere."""
    for target in targets(page):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = unquote(target).partition("#")
        file = (page.parent / path).resolve() if path else page
        if not file.exists() or (anchor and anchor not in heading_anchors(file)):
            yield target


def test_no_file_is_too_long_to_read():
    long = {
        name: len(text.splitlines())
        for name, text in texts()
        if Path(name).suffix in SOURCE and not WRITTEN_BY_A_TOOL.search(name)
    }
    assert len(long) > 200
    assert {name: lines for name, lines in long.items() if lines > MOST_LINES} == {}


def test_every_decision_fits_on_a_page():
    records = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert records
    lengths = {one.name: len(one.read_text(encoding="utf-8").splitlines()) for one in records}
    assert {name: n for name, n in lengths.items() if n > MOST_LINES_OF_A_DECISION} == {}


def test_decisions_are_numbered_once():
    numbers = [one.name[:4] for one in (ROOT / "docs" / "decisions").glob("[0-9]*.md")]
    assert len(numbers) == len(set(numbers))


def test_no_package_registry_is_named():
    assert lines_with(REGISTRY) == []


def test_no_path_of_a_machine_is_kept():
    assert lines_with(MACHINE) == []


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_every_relative_link_leads_somewhere(page: Path):
    assert list(broken(page)) == []


def test_a_broken_link_is_found(tmp_path: Path):
    page = tmp_path / "page.md"
    page.write_text("# One\n[a](gone.md) [b](#one) [c](#two) [d](page.md#one) `[e](f)`\n")
    assert list(broken(page)) == ["gone.md", "#two"]


@pytest.mark.parametrize("line", ["see /home/someone/x", "cd /mnt/disk/x"])
def test_a_path_of_a_machine_is_found(line: str):
    assert MACHINE.search(line)


def test_every_command_of_the_makefile_is_explained():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)
    assert phony
    unexplained = [
        name for name in phony[1].split() if name != "help" and f"make {name}" not in makefile
    ]
    assert unexplained == []
