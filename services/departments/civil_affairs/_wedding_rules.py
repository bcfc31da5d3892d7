"""Who may register a marriage, as a table of rules; what two people state; and who sees to others.

The registry looks at everything again on the day, and both sign their statements there: what is
checked here spares a visit that would end with a refusal. Articles of the Regulations of 2025 from
memory.
"""

from datetime import date

from identity.ages import birthday, born
from identity.documents import is_male
from services.applications.reasons import Facts, rule
from services.bookings.declaration import Coming, Couple, Elsewhere, Statement
from services.items.standard import Law
from services.schema import words

_CODE = words("民法典", en="Civil Code")
_REGULATIONS = words("婚姻登记条例", en="Regulations on Marriage Registration")
VOLUNTARY = Law(_CODE, words("第一千零四十六条", en="Article 1046"))
AGES = Law(_CODE, words("第一千零四十七条", en="Article 1047"))
KINSHIP = Law(_CODE, words("第一千零四十八条", en="Article 1048"))
IN_PERSON = Law(_CODE, words("第一千零四十九条", en="Article 1049"))
ONE_SPOUSE = Law(_CODE, words("第一千零四十二条", en="Article 1042"))
REGISTRIES = Law(_REGULATIONS, words("第二条", en="Article 2"))
PAPERS = Law(_REGULATIONS, words("第八条", en="Article 8"))
ABROAD = Law(
    _REGULATIONS,
    words("关于驻外使（领）馆的条款", en="the clause on embassies and consulates"),
)
MAN, WOMAN = 22, 20
"""Full years (Civil Code art. 1047)."""
UNKNOWN = "unknown"
"""The register has nothing under this name and number."""

STATEMENTS = (
    Statement(
        "voluntary",
        words("我完全自愿结婚。", en="I marry entirely of my own will."),
        VOLUNTARY,
    ),
    Statement(
        "unmarried",
        words("我现在没有配偶。", en="I have no spouse now."),
        PAPERS,
    ),
    Statement(
        "unrelated",
        words(
            "我与对方不是直系血亲，也不是三代以内旁系血亲（如兄弟姐妹、堂表兄弟姐妹、叔侄、舅甥）。",
            en="We are neither of direct descent nor related within three generations (such as "
            "brothers and sisters, cousins, uncles or aunts and their nephews or nieces).",
        ),
        KINSHIP,
    ),
)
OTHER_DOCUMENT, OTHER_PROVINCE = "other-document", "other-province"
ELSEWHERE = (
    Elsewhere(
        OTHER_DOCUMENT,
        words(
            "有一方是港澳台居民、华侨或外国人",
            en="One of you is from Hong Kong, Macao or Taiwan, an overseas Chinese or a foreigner",
        ),
        words(
            "请到省民政部门指定的涉外、涉港澳台婚姻登记机关办理，需要的证件各不相同。"
            "请先拨打 12345，问清离您最近的一家和要带的证件。",
            en="Go to a registry that the province's civil affairs department has named for such "
            "marriages; the papers differ from case to case. Call 12345 first: they name the "
            "nearest one and what to bring.",
        ),
        REGISTRIES,
    ),
    Elsewhere(
        "abroad",
        words("双方都是中国公民，都住在国外", en="You are both Chinese citizens living abroad"),
        words(
            "可以到居住国的中国大使馆或领事馆登记，请先在使领馆网站预约；也可以回国后在任一登记处预约。",
            en="You may register at the Chinese embassy or consulate of the country you live in; "
            "book on its own website. Or book here for a day when you are back.",
        ),
        ABROAD,
    ),
    Elsewhere(
        OTHER_PROVINCE,
        words("想在外省登记", en="You want to register in another province"),
        words(
            "2025年5月10日起，内地居民可以在全国任一登记处结婚。"
            "外省的登记处请在当地的政务服务平台或民政部“婚姻登记”网上预约。",
            en="Since 10 May 2025 mainland residents may marry at any registry of the country. "
            "Book one of another province on that province's own platform, or on the Ministry "
            "of Civil Affairs' website.",
        ),
        REGISTRIES,
    ),
)


@rule(
    "refuse",
    words(
        "到那一天，您还不满{age}周岁。您可以预约{from_on}或以后的日子。",
        en="On that day you are not {age} yet. You may book {from_on} or a later day.",
    ),
    source=AGES,
)
def too_young(coming: Coming) -> Facts | None:
    age = MAN if is_male(coming.number) else WOMAN
    from_day = birthday(_born(coming), age)
    if coming.day >= from_day:
        return None
    return {"age": age, "from_on": from_day.isoformat()}


@rule(
    "refuse",
    words(
        "婚姻登记系统中，您现在是已婚。如果已经离婚或配偶已经去世，请带证明到原登记处更新记录。",
        en="The register has you as married. If you are divorced or widowed, take the paper that "
        "shows it to the registry where you married, to have the record corrected.",
    ),
    source=ONE_SPOUSE,
)
def married_already(coming: Coming) -> Facts | None:
    return {} if coming.record == "married" else None


@rule(
    "refuse",
    words(
        "婚姻登记系统中的姓名或证件号码与您的不一致，请带身份证到任一登记处核对后再预约。",
        en="The register has another name or number than yours. Have it compared at any registry, "
        "with your ID card, and book then.",
    ),
    source=PAPERS,
)
def unknown_to_the_register(coming: Coming) -> Facts | None:
    return {} if coming.record == UNKNOWN else None


@rule(
    "refuse",
    words(
        "结婚登记须由男女双方共同申请。",
        en="Under the law in force a marriage is registered by a man and a woman together.",
    ),
    source=VOLUNTARY,
)
def not_man_and_woman(couple: Couple) -> Facts | None:
    first, second = couple
    return {} if is_male(first.number) == is_male(second.number) else None


RULES = (too_young, married_already, unknown_to_the_register)
PAIR_RULES = (not_man_and_woman,)


def _born(coming: Coming) -> date:
    found = born(coming.number)
    assert found is not None  # a resident ID card's number has a date (GB 11643)
    return found
