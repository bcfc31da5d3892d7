"""When the fund may be withdrawn and how much: each rule with its words and its source.

The rules are read from top to bottom; the first that applies decides. Amounts are integer fen.
What counts for rent lies in the city where the fund is paid in (建金〔2015〕19号 item 1:
缴存城市无自有住房且租赁住房); a home that is bought may lie anywhere.
"""

from datetime import date, timedelta

from services.applications.declaration import Decision
from services.applications.reasons import Facts, first, reasons_of, rule
from services.departments.provident_fund._withdrawal_form import (
    CAP_WITHOUT_FILING,
    CITY_MEASURES,
    MONTHS_BETWEEN,
    MONTHS_IN_A_ROW,
    RENT_NOTICE,
    WITHDRAWING,
    YEARS_AFTER_PURCHASE,
    Case,
)
from services.schema import words


@rule(
    "refuse",
    words(
        "公积金中心没有您的账户，不能提取。请先向单位确认是否为您缴存。",
        en="The fund centre has no account of yours. Ask your employer if they pay in for you.",
    ),
    source=WITHDRAWING,
)
def no_account(case: Case) -> Facts | None:
    return {} if case.account.state == "none" else None


@rule(
    "refuse",
    words(
        "您的账户已销户或已转出，请到账户现在所在的公积金中心办理。",
        en="Your account is closed or has moved. Apply at the fund centre that keeps it now.",
    ),
    source=WITHDRAWING,
)
def account_gone(case: Case) -> Facts | None:
    return {} if case.account.state in ("transferred", "withdrawn") else None


@rule(
    "staff",
    words(
        "您的账户状态需要人工核对，工作人员将为您办理，您不用做什么。",
        en="A member of staff must look at your account's state. You need do nothing.",
    ),
    source=WITHDRAWING,
)
def account_unusual(case: Case) -> Facts | None:
    return {} if case.account.state == "other" else None


@rule(
    "refuse",
    words(
        "您的账户余额为 0 元，没有可以提取的钱。",
        en="Your balance is zero: there is nothing to withdraw.",
    ),
    source=WITHDRAWING,
)
def nothing_left(case: Case) -> Facts | None:
    return {} if case.account.balance <= 0 else None


@rule(
    "refuse",
    words(
        "租房提取需要连续缴存满 {needed} 个月，您已连续缴存 {months} 个月。缴满后可以再申请。",
        en="Rent needs {needed} months paid in a row; you have {months}. Apply again after that.",
    ),
    source=RENT_NOTICE,
)
def paid_too_short(case: Case) -> Facts | None:
    months = case.account.months if case.account.state == "paying" else 0
    if not case.rents or months >= MONTHS_IN_A_ROW:
        return None
    return {"needed": MONTHS_IN_A_ROW, "months": months}


@rule(
    "refuse",
    words(
        "您在公积金缴存城市有 {homes} 套住房，不能按租房提取。",
        en="You own {homes} home(s) in the city you pay the fund in, so it does not pay rent.",
    ),
    source=RENT_NOTICE,
)
def owns_home(case: Case) -> Facts | None:
    return {"homes": case.homes} if case.rents and case.homes else None


@rule(
    "refuse",
    words(
        "您的配偶在您的公积金缴存城市有住房，不能按租房提取。",
        en="Your spouse owns a home in the city you pay the fund in, so it does not pay rent.",
    ),
    source=RENT_NOTICE,
)
def spouse_owns_home(case: Case) -> Facts | None:
    return {} if case.rents and case.spouses_homes else None


@rule(
    "refuse",
    words(
        "您在 {last_on} 提取过，每 {between} 个月可以提取一次，{again_on} 起可以再申请。",
        en="You withdrew on {last_on}; once in {between} months. Apply again from {again_on}.",
    ),
    source=CITY_MEASURES,
)
def withdrawn_lately(case: Case) -> Facts | None:
    last = case.account.withdrawn
    if not case.rents or last is None or case.account.day >= (again := _later(last)):
        return None
    return {
        "last_on": last.isoformat(),
        "between": MONTHS_BETWEEN,
        "again_on": again.isoformat(),
    }


@rule(
    "supplement",
    words(
        "没有查到您在公积金缴存城市备案的租赁合同，请上传合同照片或 PDF。",
        en="No rent contract of yours is on file where you pay the fund. Please upload it.",
    ),
    source=RENT_NOTICE,
    wanted=("rent-contract",),
)
def contract_missing(case: Case) -> Facts | None:
    return {} if case.rents and not case.contract else None


@rule(
    "supplement",
    words(
        "没有查到您名下的住房，请上传购房合同的照片或 PDF。",
        en="No home of yours is registered. Please upload a photo or PDF of the contract.",
    ),
    source=WITHDRAWING,
    wanted=("purchase-contract",),
)
def purchase_missing(case: Case) -> Facts | None:
    there = case.home.bought is not None or "purchase-contract" in case.held
    return {} if not case.rents and not there else None


@rule(
    "staff",
    words(
        "您的住房还没有登记，工作人员将核对您上传的购房合同，您不用做什么。",
        en="Your home is not registered yet. Staff check the contract; you need do nothing.",
    ),
    source=WITHDRAWING,
)
def purchase_unregistered(case: Case) -> Facts | None:
    return {} if not case.rents and case.home.bought is None else None


@rule(
    "refuse",
    words(
        "您最近一套住房购于 {bought_on}，购房提取须在 {years} 年内申请。",
        en="Your newest home was bought on {bought_on}; the limit is {years} years after that.",
    ),
    source=CITY_MEASURES,
)
def bought_long_ago(case: Case) -> Facts | None:
    bought = case.home.bought
    if case.rents or bought is None or case.account.day <= _years_after(bought):
        return None
    return {"bought_on": bought.isoformat(), "years": YEARS_AFTER_PURCHASE}


@rule(
    "approve",
    words(
        "您的租赁合同已备案，月租金 {monthly_fen}，提取 {amount_fen}。",
        en="Your rent contract is on file, {monthly_fen} a month: {amount_fen} is paid out.",
    ),
    source=RENT_NOTICE,
)
def rent_on_file(case: Case) -> Facts | None:
    if not case.rents or case.rent is None:
        return None
    return {"monthly_fen": case.rent, "amount_fen": amount(case)}


@rule(
    "approve",
    words(
        "您的租赁合同没有备案，按每月最多 {cap_fen} 提取，提取 {amount_fen}。",
        en="Your contract is not on file: at most {cap_fen} a month; {amount_fen} is paid out.",
    ),
    source=CITY_MEASURES,
)
def rent_uploaded(case: Case) -> Facts | None:
    if not case.rents:
        return None
    return {"cap_fen": CAP_WITHOUT_FILING, "amount_fen": amount(case)}


@rule(
    "approve",
    words(
        "已核实您在 {bought_on} 购买的住房，提取 {amount_fen}。",
        en="The home you bought on {bought_on} is registered: {amount_fen} is paid out.",
    ),
    source=WITHDRAWING,
)
def home_registered(case: Case) -> Facts | None:
    if case.rents or case.home.bought is None:
        return None
    return {"bought_on": case.home.bought.isoformat(), "amount_fen": amount(case)}


@rule(
    "approve",
    words(
        "您申请了 {asked_fen}，但不能超过账户余额、实际房租或购房价款，所以少于申请的金额。",
        en="You asked for {asked_fen}: balance, rent or price allow no more than is paid out.",
    ),
    source=WITHDRAWING,
)
def less_than_asked(case: Case) -> Facts | None:
    return {"asked_fen": case.form.amount} if amount(case) < case.form.amount else None


IN_THE_WAY = (
    no_account, account_gone, account_unusual, nothing_left, paid_too_short, owns_home,
    spouse_owns_home, withdrawn_lately, contract_missing, purchase_missing,
    purchase_unregistered, bought_long_ago,
)  # fmt: skip
APPROVING = (rent_on_file, rent_uploaded, home_registered)
WORDS = reasons_of(*IN_THE_WAY, *APPROVING, less_than_asked)


def judge(case: Case) -> Decision:
    """What stands in the way first; otherwise an approval that says how much, and why not more."""
    decided = first(IN_THE_WAY, case) or first(APPROVING, case)
    assert decided is not None  # rent is uploaded if it is not on file; a home is registered
    if decided.outcome != "approve" or (less := less_than_asked.decide(case)) is None:
        return decided
    return Decision("approve", decided.reasons + less.reasons, {**decided.facts, **less.facts})


def amount(case: Case) -> int:
    """What may be paid, in fen: as asked, within the balance and the rent or the price."""
    if case.rents:
        monthly = CAP_WITHOUT_FILING if case.rent is None else case.rent
        most = monthly * case.form.months
    else:
        most = case.form.amount if case.home.price is None else case.home.price
    return min(case.form.amount, case.account.balance, most)


def _later(day: date) -> date:
    """The same day ``MONTHS_BETWEEN`` months on, or the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + MONTHS_BETWEEN, 12)
    return _within(year, month + 1, day.day)


def _years_after(day: date) -> date:
    return _within(day.year + YEARS_AFTER_PURCHASE, day.month, day.day)


def _within(year: int, month: int, day: int) -> date:
    following = date(year + month // 12, month % 12 + 1, 1)
    return min(date(year, month, 1) + timedelta(days=day - 1), following - timedelta(days=1))
