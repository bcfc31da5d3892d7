"""What people type, and the entry they find first: words, pinyin, initials, slips, traditional
characters, English, other words for the same thing (docs/search.md).
"""

from collections import Counter

import pytest

from services.search import Search
from tests.services.search.town import Offered, town

SEARCH: Search[Offered] = Search(town())
TABLE = {
    "words": """
        公积金余额 fund-balance | 公积金提取 fund-withdrawal | 公积金 fund-balance
        提取公积金 fund-withdrawal | 租房提取 fund-withdrawal | 公积金贷款 fund-loan
        社保缴费 social-contributions | 工伤认定 injury-recognition | 结婚 marriage-booking
        驾驶证 licence-points | 个体工商户 sole-trader | 居住证 residence-permit
        居住证签注 residence-permit | 护照 passport | 低保 subsistence | 挪车 move-car
    """,
    "whole questions": """
        我的公积金还剩多少 fund-balance | 怎么查询公积金余额 fund-balance
        我想提取公积金买房 fund-withdrawal | 请问失业了怎么办 unemployment-benefit
        身份证丢了怎么补办 id-replacement | 驾照扣了几分 licence-points
        看病报销 medical-spending | 孩子上学 school | 开店需要什么手续 sole-trader
    """,
    "pinyin": """
        gongjijin fund-balance | gongjijintiqu fund-withdrawal | shebao social-status
        yibao medical-account | jiehun marriage-booking | juzhuzheng residence-permit
        huzhao passport | gongjij fund-balance | weizhang violations
        jiashizheng licence-points | geti sole-trader
    """,
    "pinyin as it is heard": """
        gonjijin fund-balance | gongjijing fund-balance | sebao social-status
        juzuzen residence-permit
    """,
    "pinyin with a slip": """
        gongjjin fund-balance | gongjijn fund-balance | gongjjjin fund-balance
        juzhuzhemg residence-permit | hunying marriage-record
    """,
    "initials": """
        gjj fund-balance | GJJ fund-balance | gjjtq fund-withdrawal | gjjye fund-balance
        jzzqz residence-permit | yljcs pension-estimate | sb social-status
        gtgsh sole-trader | gjj提取 fund-withdrawal
    """,
    "slips of ear and finger": """
        公基金 fund-balance | 工积金 fund-balance | 公基金提取 fund-withdrawal
        公织金 fund-balance | 居住正 residence-permit | 身分证 id-replacement
        结昏 marriage-booking | 驾使证 licence-points | 营业执兆 sole-trader
        失业保金 unemployment-benefit
    """,
    "other words for the same": """
        五险一金 fund-balance | 住房公积金 fund-balance | 退休金 pension-estimate
        违章 violations | 驾照 licence-points | 领证 marriage-booking | 取钱 fund-withdrawal
        暂住证 residence-first | 房本 home-certificate | 个税 income-certificate
        出生证 birth-certificate | 补助 maternity-allowance
    """,
    "traditional characters": """
        公積金 fund-balance | 公積金餘額 fund-balance | 社會保險 social-status
        結婚登記 marriage-booking | 駕駛證 licence-points | 居住證簽注 residence-permit
        個體工商戶 sole-trader | 護照 passport
    """,
    "English": """
        provident_fund_balance fund-balance | housing_fund fund-balance
        withdraw fund-withdrawal | marriage marriage-record | passport passport
        residence_permit residence-permit | driving_license licence-points
        pension pension-estimate | sole_trader sole-trader | unemployment unemployment-benefit
        how_to_renew_driving_licence licence-renewal | PASSPORT passport
    """,
    "English with a slip": """
        providant_fund_balance fund-balance | pasport passport | marrage marriage-record
        contribtuions social-contributions | residnece_permit residence-permit
    """,
}
ROWS = [
    (kind, query.replace("_", " "), wanted)
    for kind, rows in TABLE.items()
    for line in rows.strip().splitlines()
    for query, wanted in (pair.split() for pair in line.split("|"))
]
NOTHING = [
    "",
    "  ",
    "xyzzy",
    "🚀",
    "%",
    "q",
    "gjj xyzzy",
    "某某某某",
    "。。。",
    "'",
    "\x00",
    "宇宙飞船",
]


def first(query: str, search: Search[Offered] = SEARCH) -> str | None:
    found = search.find(query)
    return found[0].id if found else None


@pytest.mark.parametrize("query", NOTHING)
def test_what_is_not_offered_is_not_found(query: str) -> None:
    assert first(query) is None


@pytest.mark.parametrize(("kind", "query", "wanted"), ROWS, ids=[row[1] for row in ROWS])
def test_people_find_what_they_mean(kind: str, query: str, wanted: str) -> None:
    assert first(query) == wanted, kind


def test_the_table_has_every_kind_of_question() -> None:
    kinds = Counter(kind for kind, _, _ in ROWS)
    assert len(ROWS) >= 80 and min(kinds.values()) >= 4
