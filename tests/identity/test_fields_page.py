"""The page about fields says what the registry says."""

from pathlib import Path

from identity.profile import CLAIMS
from identity.scopes import OPENID, OWN, PROFILE, Scope

PAGE = Path(__file__).parents[2] / "docs" / "fields.md"


def line(scope: Scope) -> str:
    claims = ["sub"] if scope.id == OPENID else CLAIMS.get(scope.id.removeprefix(PROFILE), ())
    level = f"{scope.level}, {scope.max_age} s" if scope.max_age else f"{scope.level}"
    cells = [[scope.id], claims, scope.instead]
    named, told, instead = (", ".join(f"`{one}`" for one in cell) for cell in cells)
    row = f"| {named} | {told} | {scope.sensitivity.value} | {level} | {instead} |"
    return " ".join(row.split())


def test_every_scope_has_its_line_and_every_line_a_scope():
    rows = [row for row in PAGE.read_text().splitlines() if row.startswith("| `")]
    assert sorted(" ".join(row.split()) for row in rows) == sorted(line(scope) for scope in OWN)
