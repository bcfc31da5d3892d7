"""Words for the department's kinds and states, used by its services."""

from services.schema import words

KINDS = {
    "employee": words("职工医保", en="Employees' insurance"),
    "resident": words("居民医保", en="Residents' insurance"),
    "other": words("其他", en="Other"),
}
STATES = {
    "normal": words("正常享受", en="In force"),
    "paused": words("暂停", en="Paused"),
    "ended": words("终止", en="Ended"),
    "other": words("其他", en="Other"),
}
CARES = {
    "outpatient": words("门诊", en="Outpatient"),
    "inpatient": words("住院", en="In hospital"),
    "chronic": words("门诊慢特病", en="Chronic illness"),
    "pharmacy": words("药店购药", en="Pharmacy"),
    "other": words("其他", en="Other"),
}
