"""Names of businesses and their codes: what is taken, what nobody may use, what a code looks like.

The brands of the sandbox's employers are taken; words that only the state may use are forbidden
(企业名称登记管理规定 art. 11).
"""

TAKEN = ("云帆", "晨星", "锦禾", "恒远", "启明", "汇川", "同德", "万木", "青禾", "远景", "百川")
FORBIDDEN = ("中国", "国家", "国务院", "政府", "公安", "法院")
TRADES = {"F51": "商行", "H62": "餐饮店", "O81": "维修店", "O80": "美发店", "I65": "网络服务部"}
_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100-2015 §4.3: no I, O, S, V, Z
_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)  # GB 11714-1997 §3.2
_SOLE_TRADER = "92"  # registered by market regulation; a sole trader


def whole(name: str, trade: str, place: str) -> str:
    """The full name: place, name, trade. An unknown trade has no word of its own."""
    return f"{place}{name}{TRADES.get(trade, '经营部')}（个体工商户，虚构）"


def alike(name: str) -> str | None:
    """The registered brand that a name holds."""
    return next((brand for brand in TAKEN if brand in name), None)


def forbidden(name: str) -> bool:
    return any(word in name for word in FORBIDDEN)


def code(region: str, serial: int) -> str:
    """A unified social credit code (GB 32100-2015) for the ``serial``-th business of a region."""
    body = f"{serial % 10**8:08d}"
    seventeen = f"{_SOLE_TRADER}{region}{body}{_organisation_check(body)}"
    total = sum(_CHARACTERS.index(c) * pow(3, n, 31) for n, c in enumerate(seventeen))
    return seventeen + _CHARACTERS[-total % 31]


def _organisation_check(eight: str) -> str:
    """The ninth character of an organisation code (GB 11714-1997 §3.2, MOD 11)."""
    total = sum(int(digit) * weight for digit, weight in zip(eight, _WEIGHTS, strict=True))
    return "0123456789X0"[11 - total % 11]
