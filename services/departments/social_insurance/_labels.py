"""Words for the bureau's states and kinds of insurance, used by its services."""

from services.schema import words

STATES = {
    "paying": words("正常参保", en="Paying in"),
    "paused": words("暂停缴费", en="Paused"),
    "ended": words("终止缴费", en="Ended"),
    "other": words("其他", en="Other"),
}
KINDS = {
    "pension": words("养老保险", en="Pension"),
    "unemployment": words("失业保险", en="Unemployment"),
    "medical": words("医疗保险", en="Medical"),
    "injury": words("工伤保险", en="Work injury"),
    "maternity": words("生育保险", en="Maternity"),
    "other": words("其他险种", en="Other"),
}
