"""A catalogue of any size for tests and benchmarks: listed items as a city might offer them.

The same number always makes the same files. Words come from ``vocabulary.json``: departments with
their subjects, each done in some ways (issued, renewed, replaced, …). Beyond what these make
together, the same items come again as those of one city after the other. Laws, days, fees and
addresses are invented.
"""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from services.items.regions import Region, tree, within

PROVINCE = "440000"
_WORDS = Path(__file__).parent / "vocabulary.json"
_RANGES = ("city", "city", "province", "cross-province")
_VISITS = (0, 0, 0, 1, 1, 1, 1, 2, 2, 3)
_DAYS = (0, 1, 3, 5, 7, 10, 15, 20)
_MATERIALS = (
    ("application-form", "申请表", "Application form"),
    ("power-of-attorney", "授权委托书", "Power of attorney"),
    ("proof-of-address", "住址证明", "Proof of address"),
    ("bank-account", "银行账户信息", "Bank account"),
    ("photograph", "近期照片", "Recent photograph"),
    ("business-licence", "营业执照", "Business licence"),
)
_HOURS = (
    ("周一至周五 9:00–12:00、14:00–17:00", "Mon–Fri 9:00–12:00, 14:00–17:00"),
    ("周一至周五 8:30–17:30，中午不休息", "Mon–Fri 8:30–17:30, no lunch break"),
    ("周一至周六 9:00–17:00", "Mon–Sat 9:00–17:00"),
)
_HOTLINE = ("政务服务便民热线", "Government service hotline")
Json = dict[str, Any]


class FolderTaken(Exception):
    """The folder holds something already."""


@dataclass(frozen=True)
class Combination:
    """What is done with which subject; ``city`` where it is that city's own item."""

    department: Json
    subject: Json
    action: Json
    city: Region | None


def write(folder: Path, count: int) -> int:
    """Write that many items below ``folder``; gives how many. Raises FolderTaken."""
    if folder.exists() and any(folder.iterdir()):
        raise FolderTaken(f"{folder} is not empty: name a new folder")
    written = 0
    for number, one in enumerate(islice(combinations(), count)):
        place = folder / one.department["id"]
        if not place.is_dir():
            place.mkdir(parents=True)
            _keep(place / "department.json", _department(one.department))
        _keep(place / f"{identifier(one)}.json", item(one, number))
        written += 1
    return written


def combinations() -> Iterator[Combination]:
    """Every subject with each of its actions, department after department; then city by city."""
    words = json.loads(_WORDS.read_text(encoding="utf-8"))
    pairs = [
        (department, subject, action)
        for department in words["departments"]
        for subject in department["subjects"]
        for action in words["actions"][subject["kind"]]
    ]
    random.Random(0).shuffle(pairs)  # a small catalogue has some of every department
    for city in (None, *tree().under(PROVINCE)):
        yield from (Combination(*pair, city) for pair in pairs)


def identifier(one: Combination) -> str:
    """``education-student-loan-apply``, with the city's code where there is one."""
    subject = "".join(c if c.isalnum() else " " for c in one.subject["title"][1].lower()).split()
    city = [one.city.prefix] if one.city else []
    return "-".join([one.department["id"], *subject[:3], one.action["id"], *city])


def item(one: Combination, number: int) -> Json:
    """The item's file (docs/catalogue.md)."""
    chance = random.Random(number)
    places = [one.city.code] if one.city else _places(chance)
    group = one.department["group"]
    return {
        "title": _title(one),
        "summary": _summary(one),
        "group": {**group, "title": _said(group["title"])} if "title" in group else group["id"],
        "icon": one.department["icon"],
        "audience": "organisation" if one.subject["kind"] == "p" else "person",
        "keywords": [one.subject["title"][0]],
        "regions": places,
        "channels": ["window"],
        "item": _elements(one, number, chance, places),
    }


def _title(one: Combination) -> Json:
    """失业保险金申领, Unemployment benefit: apply."""
    zh, en = one.subject["title"]
    doing_zh, doing_en = one.action["title"]
    where = one.city.title if one.city else None
    here_zh, here_en = (f"（{where['zh-CN']}）", f" ({where['en']})") if where else ("", "")
    return _said((f"{zh}{doing_zh}{here_zh}", f"{en}: {doing_en.lower()}{here_en}"))


def _summary(one: Combination) -> Json:
    zh, en = one.department["title"]
    doing_zh, doing_en = one.action["title"]
    return _said((f"到{zh}办理{one.subject['title'][0]}的{doing_zh}", f"{doing_en} at the {en}"))


def _elements(one: Combination, number: int, chance: random.Random, places: list[str]) -> Json:
    promised, visits = chance.choice(_DAYS), chance.choice(_VISITS)
    title, article = one.department["law"]
    fee = chance.choice((0, 0, 0, 0, 1000, 2000, 10000))
    basis = {"basis": _said(("按省定收费标准", "Provincial schedule of fees"))} if fee else {}
    return {
        "serial": f"{2_000_000_000_000 + number}",
        "type": one.action["type"],
        "promised_days": promised,
        "statutory_days": promised + chance.choice((5, 10, 20)),
        "legal_basis": [{"title": _said(title), "article": _said(article)}],
        "range": chance.choice(_RANGES),
        "visits": visits,
        "fee": {"fen": fee, **basis},
        "materials": _materials(chance),
        "place": _said(("政务服务中心综合窗口", "Government service centre")),
        "hours": _said(_HOURS[0]),
        "phone": "12345",
        "complaint": {"phone": "12345", "about": _said(_HOTLINE)},
        "editions": [] if one.city else _editions(chance, promised, places),
    }


def _places(chance: random.Random) -> list[str]:
    """Half of what there is, is offered everywhere; the rest in the province or some cities."""
    if chance.random() < 0.5:
        return []
    if chance.random() < 0.5:
        return [PROVINCE]
    cities = [one.code for one in tree().under(PROVINCE)]
    return sorted(chance.sample(cities, chance.randint(1, 8)))


def _materials(chance: random.Random) -> list[Json]:
    return [
        {"kind": kind, "title": _said((zh, en)), "sources": ["earlier", "upload"]}
        for kind, zh, en in chance.sample(_MATERIALS, chance.randint(0, 3))
    ]


def _editions(chance: random.Random, promised: int, places: list[str]) -> list[Json]:
    """Some cities have windows, hours and a number of their own; some promise to be quicker."""
    cities = [one for one in tree().under(PROVINCE) if within(one.code, places)]
    chosen = chance.sample(cities, min(len(cities), chance.randint(0, 4)))
    return [
        {
            "region": city.code,
            "promised_days": max(0, promised - chance.randint(0, 2)),
            "place": _said(
                (
                    f"{city.title['zh-CN']}政务服务中心{chance.randint(1, 4)}楼",
                    f"Government service centre of {city.title['en']}",
                )
            ),
            "hours": _said(chance.choice(_HOURS)),
            "phone": f"020-{chance.randint(10_000_000, 99_999_999)}",
        }
        for city in sorted(chosen, key=lambda city: city.code)
    ]


def _department(words: Json) -> Json:
    return {"title": _said(words["title"]), "credit_code": words["credit_code"]}


def _said(pair: tuple[str, str] | list[str]) -> Json:
    return {"zh-CN": pair[0], "en": pair[1]}


def _keep(file: Path, content: Json) -> None:
    text = json.dumps(content, ensure_ascii=False, indent=2)
    file.write_text(f"{text}\n", encoding="utf-8")
