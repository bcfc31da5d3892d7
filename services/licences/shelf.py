"""A licence as an item of the catalogue: search finds it by name, its page is the wallet."""

from services.groups import LICENCES
from services.items.standard import Law, query
from services.licences.declaration import LicenceType
from services.own_page import own_page
from services.schema import Words, words
from services.service import Service

ONLINE_RULES = Law(
    words(
        "国务院关于在线政务服务的若干规定（国务院令第716号）",
        en="Provisions of the State Council on Online Government Services (No. 716)",
    ),
    words("第十条", en="Article 10"),
)
"""An electronic licence is worth what a paper one is (memory of the text of 2019)."""
_SUMMARY = words("领取到卡包，出示和核验", en="Keep it in the wallet, show it, have it checked")


def on_shelf(
    kind: LicenceType, *, title: Words, serial: str, rank: int, keywords: tuple[str, ...] = ()
) -> Service:
    """``serial``: the 13 digits of its item (GB/T 39554.1). Raises DeclarationRefused."""
    return own_page(
        id=f"e-{kind.id}", title=title, summary=_SUMMARY, group=LICENCES, icon=kind.icon,
        purpose="own-record", item=query(serial, ONLINE_RULES), department=kind.department,
        page="licences", declared_in=kind.declared_at, answer=kind.facts, level=kind.level,
        max_age=kind.max_age, rank=rank,
        keywords=("电子证照", "证照", "卡包", "dzzz", "wallet", *keywords),
    )  # fmt: skip
