"""What every item of the catalogue must say of itself (GB/T 39554.1, list of basic elements).

A department's folder declares an ``Item`` with each service. ``lint`` names what is missing; the
catalogue refuses it at start with file and line.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Literal, get_args

from config.texts import LOCALES
from services.items import regions
from services.schema import Words, words

Range = Literal["city", "province", "cross-province"]
Source = Literal["department", "earlier", "upload", "signature"]
_SERIAL = re.compile(r"[0-9]{13}")
_KIND = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_PHONE = re.compile(r"[0-9][0-9-]{2,19}")
MOST_VISITS = 9
_UNSAID = f"not said in {' and '.join(LOCALES)}"


class ItemType(StrEnum):
    """Types of government-service items (GB/T 39554.1; names after the State Council's list)."""

    LICENCE = "licence"  # 行政许可
    CONFIRMATION = "confirmation"  # 行政确认
    PAYMENT = "payment"  # 行政给付
    LEVY = "levy"  # 行政征收
    REWARD = "reward"  # 行政奖励
    RULING = "ruling"  # 行政裁决
    OTHER_POWER = "other-power"  # 其他行政权力
    PUBLIC_SERVICE = "public-service"  # 公共服务


@dataclass(frozen=True)
class Law:
    """One legal basis: the text's title and which article of it."""

    title: Words
    article: Words


@dataclass(frozen=True)
class Fee:
    """``fen``: what it costs; ``basis``: why, where it costs something."""

    fen: int = 0
    basis: Words | None = None


@dataclass(frozen=True)
class Wanted:
    """A material. ``sources``: where it may come from, tried in this order; a resident is asked to
    upload only what no department and no earlier application holds; ``signature``: it is made here,
    of the form itself, and signed (services.signing). ``days``: how long one of an
    earlier application stays good.
    """

    kind: str
    title: Words
    sources: tuple[Source, ...] = ("earlier", "upload")
    required: bool = True
    days: int = 180


@dataclass(frozen=True)
class Complaint:
    """Where to complain: a telephone number, and in words."""

    phone: str
    about: Words


HOTLINE = Complaint("12345", words("政务服务便民热线", en="Government service hotline"))
FREE = Fee()
ONLINE = words("网上办理", en="Online")


@dataclass(frozen=True)
class Edition:
    """How an item differs in one region and all that lies in it; what is None is as everywhere."""

    region: str
    promised_days: int | None = None
    place: Words | None = None
    hours: Words | None = None
    phone: str | None = None


@dataclass(frozen=True)
class Item:
    """``serial``: the last 13 digits of the implementation code, after the department's unified
    social credit code; days are working days (0: at once); ``visits``: how often one must come;
    ``hours`` of the windows; ``phone`` to ask beforehand; ``editions``: where it differs.
    """

    serial: str
    type: ItemType
    promised_days: int
    statutory_days: int
    legal_basis: tuple[Law, ...]
    range: Range
    visits: int
    fee: Fee = FREE
    materials: tuple[Wanted, ...] = ()
    place: Words = field(default_factory=lambda: ONLINE)
    complaint: Complaint = HOTLINE
    hours: Words | None = None
    phone: str | None = None
    editions: tuple[Edition, ...] = ()


def lint(item: Item) -> Iterator[str]:
    """What is missing or wrong, in words for whoever declares it."""
    yield from _lint_identity(item)
    yield from _lint_promises(item)
    yield from _lint_words(item)
    yield from _lint_materials(item)
    yield from _lint_editions(item)


def _lint_identity(item: Item) -> Iterator[str]:
    if not _SERIAL.fullmatch(item.serial):
        yield "item.serial is not the 13 digits after the credit code (GB/T 39554.1)"
    if not isinstance(item.type, ItemType):
        yield f"item.type is not one of {', '.join(ItemType)}"
    if item.range not in get_args(Range):
        yield f"item.range is not one of {', '.join(get_args(Range))}"


def _lint_promises(item: Item) -> Iterator[str]:
    if item.promised_days < 0 or item.statutory_days < item.promised_days:
        yield "item.promised_days must lie between 0 and item.statutory_days"
    if not 0 <= item.visits <= MOST_VISITS:
        yield f"item.visits is not between 0 and {MOST_VISITS}"
    if item.fee.fen < 0 or (item.fee.fen and item.fee.basis is None):
        yield "item.fee has no basis, or is negative"


def _lint_words(item: Item) -> Iterator[str]:
    if not item.legal_basis:
        yield "item.legal_basis is empty"
    if not all(_said(law.title) and _said(law.article) for law in item.legal_basis):
        yield f"item.legal_basis has a title or an article {_UNSAID}"
    if not _said(item.place):
        yield f"item.place is {_UNSAID}"
    if not _PHONE.fullmatch(item.complaint.phone) or not _said(item.complaint.about):
        yield f"item.complaint has no telephone, or is {_UNSAID}"


def _said(spoken: Words) -> bool:
    return all(spoken.get(locale, "").strip() for locale in LOCALES)


def _lint_materials(item: Item) -> Iterator[str]:
    kinds = [material.kind for material in item.materials]
    if len(set(kinds)) != len(kinds) or not all(_KIND.fullmatch(kind) for kind in kinds):
        yield "item.materials: a kind comes twice, or is not lower-case words with hyphens"
    if any(not one.sources or set(one.sources) - set(get_args(Source)) for one in item.materials):
        yield "item.materials: a material without a source, or with one that there is not"
    if not all(_said(material.title) for material in item.materials):
        yield f"item.materials: a title is {_UNSAID}"


def _lint_editions(item: Item) -> Iterator[str]:
    places = [regions.prefix(one.region) for one in item.editions]
    if len(set(places)) != len(places):
        yield "item.editions: a region comes twice"
    for one in item.editions:
        if one.region not in regions.tree():
            yield f"item.editions: there is no region {one.region!r}"
        if one.promised_days is not None and not 0 <= one.promised_days <= item.statutory_days:
            yield "item.editions: promised_days must lie between 0 and item.statutory_days"


def lint_regions(offered: Sequence[str], item: Item) -> Iterator[str]:
    """What is wrong with where an item is offered; nowhere named means everywhere."""
    for one in offered:
        if one not in regions.tree():
            yield f"regions: there is no region {one!r}"
    for edition in item.editions:
        if not regions.within(edition.region, offered):
            yield f"item.editions: it is not offered in {edition.region!r}"


def at(item: Item, region: str) -> Item:
    """The item as it is in a region: the nearest edition's words over what holds everywhere."""
    edition = edition_at(item, region)
    if edition is None:
        return item
    own = {
        name: value
        for name in ("promised_days", "place", "hours", "phone")
        if (value := getattr(edition, name)) is not None
    }
    return replace(item, **own)


def edition_at(item: Item, region: str) -> Edition | None:
    """The edition of the smallest region that ``region`` lies in."""
    fitting = [one for one in item.editions if region and regions.within(region, [one.region])]
    return max(fitting, key=lambda one: len(regions.prefix(one.region)), default=None)


def code(credit_code: str, item: Item) -> str:
    """The implementation code: 31 characters."""
    return credit_code + item.serial


def query(serial: str, *legal_basis: Law) -> Item:
    """The item of a question answered at once, online, from records that a department keeps."""
    return Item(
        serial=serial,
        type=ItemType.PUBLIC_SERVICE,
        promised_days=0,
        statutory_days=0,
        legal_basis=legal_basis,
        range="province",
        visits=0,
    )
