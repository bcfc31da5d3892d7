"""Medical-insurance mobile payment: bills of hospitals, by insurance and cash (services.bills)."""

from services.departments.medical_insurance.department import MedicalInsurance
from services.groups import HEALTH
from services.items.standard import Law, query
from services.own_page import own_page
from services.schema import words

SETTLEMENT = Law(
    words("中华人民共和国社会保险法", en="Social Insurance Law"),
    words("第二十九条", en="Article 29"),
)
"""What the fund pays is settled with the hospital directly (memory of the text of 2018)."""

mobile_payment = own_page(
    id="medical-mobile-payment",
    title=words("医保移动支付", en="Medical-insurance mobile payment"),
    summary=words(
        "医院账单，医保结算后在手机上付余款", en="Hospital bills: insurance first, the rest here"
    ),
    group=HEALTH,
    icon="receipt",
    purpose="medical-payment",
    item=query("2071300010001", SETTLEMENT),
    department=MedicalInsurance,
    page="bills",
    declared_in=__file__,
    level=4,
    max_age=900,
    keywords=("医保支付", "看病缴费", "医院缴费", "门诊缴费", "账单", "ybzf", "hospital bill"),
    rank=5,
)
