"""Fictional people: common names, and numbers that are valid by GB 11643 yet given to nobody.

Numbers are drawn at random, so one may by chance equal a living person's. That is why the page
says so, why nothing outside the sandbox is asked about them, and why they are kept sealed.
"""

import re
import secrets
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

from services.sandbox.cards import Kind, draw_foreign_name, draw_region

Sex = Literal["female", "male"]
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩冯邓曹"
    "彭曾肖田董潘袁蔡蒋余于杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范"
)
_GIVEN: dict[Sex, list[str]] = {
    "female": re.findall(
        r"\w+",
        "梓萱 欣怡 雨桐 诗涵 静怡 佳琪 晓雯 丽华 美玲 秀英 婉清 思颖 "
        "嘉欣 慧敏 若溪 海燕 淑芬 玉兰 小红 颖 敏 静 婷 娜",
    ),
    "male": re.findall(
        r"\w+",
        "浩然 子轩 宇航 俊杰 志强 建华 伟明 国栋 家豪 文博 嘉伟 晓东 "
        "海峰 永康 振华 思远 泽宇 天佑 立军 明辉 伟 磊 鹏 涛",
    ),
}
_SEXES: tuple[Sex, ...] = ("female", "male")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"


@dataclass(frozen=True)
class Fictional:
    """A person of the sandbox; prints masked like any person of ours."""

    name: str = field(repr=False)
    number: str = field(repr=False)


def check_character(seventeen: str) -> str:
    """The 18th character of a number (GB 11643-1999 §4.2, ISO 7064 MOD 11-2)."""
    total = sum(int(d) * w for d, w in zip(seventeen, _WEIGHTS, strict=True))
    return _CHECKS[total % 11]


def birth_date(number: str) -> date:
    """The date in digits 7 to 14 of a number made here."""
    return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))


def invent(
    name: str | None, sex: Sex | None, born: date | None, kind: Kind = "resident-id"
) -> Fictional:
    """A person with what was given kept and the rest drawn at random."""
    chosen = secrets.choice(_SEXES) if sex is None else sex
    called = draw_foreign_name() if kind == "foreign-permanent-resident" else draw_name(chosen)
    return Fictional(name or called, draw_number(chosen, born or _draw_birth(), kind))


def draw_name(sex: Sex) -> str:
    return secrets.choice(_SURNAMES) + secrets.choice(_GIVEN[sex])


def given_name(sex: Sex, n: int) -> str:
    """The ``n``-th name, counted round."""
    names = _GIVEN[sex]
    return _SURNAMES[n // len(names) % len(_SURNAMES)] + names[n % len(names)]


def draw_number(sex: Sex, born: date, kind: Kind = "resident-id") -> str:
    """Region, birth date and an order number: odd for men, even for women (GB 11643 §4.1)."""
    order = secrets.randbelow(499) * 2 + (1 if sex == "male" else 2)
    seventeen = f"{draw_region(kind)}{born:%Y%m%d}{order:03d}"
    return seventeen + check_character(seventeen)


def _draw_birth() -> date:
    """Somewhere between 1975 and 1995, so that ten years of records exist to be shown."""
    start = date(1975, 1, 1)
    return start + timedelta(days=secrets.randbelow((date(1995, 12, 31) - start).days + 1))
