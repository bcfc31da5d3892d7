"""Documents as they are typed from the paper in hand."""

from collections.abc import Mapping

from mobile_ui.staff.page import Visit
from mobile_ui.staff.words import Say

DOCUMENTS = (
    "resident-id",
    "hong-kong-macao-residence",
    "taiwan-residence",
    "foreign-permanent-resident",
    "hong-kong-macao-travel-permit",
    "taiwan-travel-permit",
    "passport",
)
_BY_LETTERS = {"passport"}  # several countries give the same number


def kinds(say: Say) -> list[tuple[str, str]]:
    """What may be chosen, in words."""
    return [(code, say(f"document.{code}")) for code in DOCUMENTS]


def typed(visit: Visit, prefix: str = "") -> dict[str, str]:
    """``document_type`` and ``id_number``; ``country`` only where it belongs to the number."""
    kind = visit.one(f"{prefix}document_type")
    sent = {"document_type": kind, "id_number": visit.one(f"{prefix}id_number")}
    if kind in _BY_LETTERS:
        sent["country"] = visit.one(f"{prefix}country")
    return sent


def named(say: Say, document: Mapping[str, str]) -> str:
    """The kind in words, and its country where that is another one."""
    words = say(f"document.{document['document_type']}")
    abroad = document["country"] not in {"", "CN"}
    return f"{words} · {document['country']}" if abroad else words
