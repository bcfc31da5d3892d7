"""What axe-core finds wrong with a page: WCAG 2.2 AA as far as a program can tell.

Colours that change by and by are waited for. Only what is broken is brought back: what is in order
would be a list of every element. In the dark
the rules about colours are asked alone, for nothing else is different there
(``tests/mobile_ui/test_schemes.py`` sees to that).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from playwright.async_api import Page

from mobile_ui.icons import ROOM

HEAVY = {"serious", "critical"}
COLOURS = ("color-contrast", "link-in-text-block")
_FILE = ROOM / "node_modules" / "axe-core" / "axe.min.js"
_RUN = """async (rules) => {
  const ends = (one) => one.effect.getComputedTiming().endTime !== Infinity;
  await Promise.allSettled(document.getAnimations().filter(ends).map((one) => one.finished));
  const only = rules.length ? { runOnly: { type: "rule", values: rules } } : {};
  const { violations } = await axe.run({ resultTypes: ["violations"], ...only });
  return violations.map(({ id, impact, nodes }) =>
    [id, impact, nodes.map((one) => one.html.slice(0, 160))]);
}"""


@dataclass(frozen=True)
class Broken:
    """One rule, how heavy axe takes it, and the elements it is broken by."""

    rule: str
    impact: str
    elements: Sequence[str]

    def __str__(self) -> str:
        return f"{self.rule}: {self.elements}"


async def broken(page: Page, rules: Sequence[str] = ()) -> list[Broken]:
    """Every rule that the page breaks as it is now, of ``rules`` or of all."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(_source())
    return [Broken(*one) for one in await page.evaluate(_RUN, list(rules))]


async def heavy(page: Page, rules: Sequence[str] = ()) -> list[str]:
    """What shuts somebody out, in words."""
    return [str(one) for one in await broken(page, rules) if one.impact in HEAVY]


async def heavy_in_both_schemes(page: Page) -> list[str]:
    """``heavy`` in the dark and in the light, which it leaves on."""
    await page.emulate_media(color_scheme="dark")
    found = [f"dark {one}" for one in await heavy(page, COLOURS)]
    await page.emulate_media(color_scheme="light")
    return found + [f"light {one}" for one in await heavy(page)]


@cache
def _source() -> str:
    return _FILE.read_text(encoding="utf-8")
