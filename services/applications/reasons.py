"""Decision rules as a table: each stands with its words, its legal source and its condition.

    @rule("refuse", words("您名下有住房。", en="You own a home."), source=RENT_NOTICE)
    def owns_home(case: Case) -> Facts | None:
        return {"homes": case.home.homes} if case.home.homes else None

A condition gives the facts that fill its words, or None where it does not apply. The reason's code
is the function's name. Facts named ``…_fen`` are money and ``…_on`` days; ``in_words`` says so.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Generic, TypeVar

from config.texts import FALLBACK
from services.applications.declaration import Decision, Outcome
from services.items.standard import Law
from services.schema import Words, words

Case = TypeVar("Case")
Facts = Mapping[str, str | int]
OFFICE_SILENT = "office-silent"
SILENT = words(
    "有部门暂时没有答复，工作人员将为您继续办理，您不用做什么。",
    en="An office has not answered yet. A member of staff carries on; you need do nothing.",
)


@dataclass(frozen=True, eq=False)
class Rule(Generic[Case]):
    """``wanted`` is for an outcome ``supplement``."""

    code: str
    outcome: Outcome
    said: Words
    source: Law
    applies: Callable[[Case], Facts | None] = field(repr=False)
    wanted: tuple[str, ...] = ()

    def decide(self, case: Case) -> Decision | None:
        """The decision, where the rule applies."""
        facts = self.applies(case)
        return None if facts is None else Decision(self.outcome, (self.code,), facts, self.wanted)

    @property
    def words(self) -> Words:
        """What the resident is told: the reason, and where it is written."""
        law = self.source
        return words(
            f"{self.said['zh-CN']}（依据：《{law.title['zh-CN']}》{law.article['zh-CN']}）",
            en=f"{self.said['en']} (Basis: {law.title['en']}, {law.article['en']})",
        )


def rule(
    outcome: Outcome, said: Words, *, source: Law, wanted: tuple[str, ...] = ()
) -> Callable[[Callable[[Case], Facts | None]], Rule[Case]]:
    """Declare a condition ``(case) -> facts or None`` as a rule."""

    def declare(applies: Callable[[Case], Facts | None]) -> Rule[Case]:
        code = applies.__name__.replace("_", "-")
        return Rule(code, outcome, said, source, applies, wanted)

    return declare


def first(rules: Iterable[Rule[Case]], case: Case) -> Decision | None:
    """The decision of the first rule that applies."""
    return next((found for one in rules if (found := one.decide(case))), None)


def reasons_of(*rules: Rule[Any]) -> dict[str, Words]:
    """Code → words of these rules, and of an office that never answered."""
    return {one.code: one.words for one in rules} | {OFFICE_SILENT: SILENT}


def silent() -> Decision:
    """Something is missing that only an office can say: staff go on."""
    return Decision("staff", (OFFICE_SILENT,))


def in_words(reasons: Mapping[str, Words], code: str, facts: Facts, locale: str) -> str:
    """One reason in a language, its facts filled in. Raises KeyError for a code or fact unknown."""
    spoken = FALLBACK.get(locale, locale)
    told = {name: _told(name, value, spoken) for name, value in facts.items()}
    return reasons[code][spoken].format_map(told)


def _told(name: str, value: str | int, locale: str) -> str:
    chinese = locale.startswith("zh")
    if name.endswith("_fen"):
        fen = int(value)
        amount = f"{fen // 100:,}.{fen % 100:02d}"
        return f"{amount}元" if chinese else f"¥{amount}"
    if name.endswith("_on"):
        day = date.fromisoformat(str(value))
        return f"{day.year}年{day.month}月{day.day}日" if chinese else f"{day:%-d %B %Y}"
    return str(value)
