"""Words for the centre's reasons to withdraw, and for why one does not hold."""

from services.schema import words

REASONS = {
    "home": words("购买、建造自住住房", en="Buying or building a home"),
    "rent": words("租房", en="Renting"),
    "loan": words("偿还住房贷款", en="Repaying a housing loan"),
    "retirement": words("离休、退休", en="Retirement"),
    "leaving": words("与单位终止劳动关系", en="Employment ended"),
    "other": words("其他", en="Other"),
}
WHYS = {
    "closed": words("账户已销户", en="The account is closed"),
    "paying": words(
        "账户仍在缴存，或封存未满半年", en="Still paying in, or paused under half a year"
    ),
    "few-deposits": words(
        "最近三个月没有连续缴存", en="The last three months were not all paid in"
    ),
    "has-home": words("名下有自住住房", en="You own a home"),
    "no-loan": words("没有住房贷款", en="There is no housing loan"),
    "nothing-left": words("可提额度已用完或余额为零", en="Nothing is left to withdraw"),
    "not-retired": words("尚未退休", en="Not retired yet"),
    "too-much": words("超过可提金额", en="More than may be withdrawn"),
    "other": words("其他原因", en="Another reason"),
}
METHODS = {
    "equal-payments": words("等额本息", en="Equal payments"),
    "equal-principal": words("等额本金", en="Equal principal"),
    "other": words("其他", en="Other"),
}
