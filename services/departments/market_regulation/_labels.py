"""Trades, and words for what the registry says, used by its applications."""

from typing import Literal

from services.schema import words

Trade = Literal["retail", "restaurant", "repair", "hairdresser", "online"]
TRADES: dict[Trade, str] = {
    "retail": "F51",
    "restaurant": "H62",
    "repair": "O81",
    "hairdresser": "O80",
    "online": "I65",
}
"""Divisions of GB/T 4754-2017."""
TRADES_SAID = {
    "retail": words("批发零售", en="Shop"),
    "restaurant": words("餐饮", en="Restaurant"),
    "repair": words("维修", en="Repairs"),
    "hairdresser": words("理发美容", en="Hairdresser"),
    "online": words("网络经营", en="Online business"),
}
VERDICTS = {
    "free": words("可以使用", en="Free"),
    "taken": words("已被登记", en="Taken"),
    "forbidden": words("不得使用", en="Not allowed"),
    "other": words("其他", en="Other"),
}
STANDINGS = {
    "allowed": words("可以登记", en="May register"),
    "minor": words("未满十八周岁", en="Under eighteen"),
    "barred": words("受到限制", en="Barred"),
    "other": words("其他", en="Other"),
}
