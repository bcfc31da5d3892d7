"""The sandbox's card checker: nothing is said before the telephone's code came back."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as some

from services.sandbox import card_checker
from services.sandbox.belongings import belongings, luhn_digit
from services.sandbox.card_checker import SECONDS, TRIES
from services.sandbox.fiction import Fictional, draw_number
from services.sandbox.messages import Messages
from services.sandbox.office import Asking, Unreadable
from services.sandbox.residents import Known

KEY = b"k" * 32
PERSON = Known(Fictional("张三", draw_number("female", date(1990, 1, 1))), b"")
OWN = belongings(KEY, PERSON.person.number)


class Counter:
    """An office, the telephones, and a clock that can be turned."""

    def __init__(self) -> None:
        self.now, self.messages = 0.0, Messages()
        self.office = card_checker.office(KEY, self.messages, lambda: self.now)

    async def begin(self, known: Known | None = PERSON, **others: str) -> str:
        asked = {"name": "张三", "card": OWN.card, "phone": OWN.phone} | others
        said = await self.office.answers["begin"](Asking(asked, known))
        return str(said["check"])

    async def judge(self, check: str, code: str = "") -> dict[str, object]:
        asking = Asking({"check": check, "code": code or self.code()}, PERSON)
        return await self.office.answers["verdict"](asking)

    def code(self, phone: str = OWN.phone) -> str:
        found = re.search(r"\d{6}", self.messages.list(phone)[0].text)
        assert found
        return found[0]


@pytest.fixture
def counter() -> Counter:
    return Counter()


@pytest.mark.parametrize("missing", ["name", "card", "phone"])
async def test_a_question_that_lacks_something_is_unreadable(
    counter: Counter, missing: str
) -> None:
    with pytest.raises(Unreadable):
        await counter.begin(**{missing: " "})
    assert not counter.messages.list(OWN.phone)


async def test_an_unknown_or_late_check_has_expired(counter: Counter) -> None:
    assert await counter.judge("made-up", "000000") == {"verdict": "expired"}
    check = await counter.begin()
    counter.now = SECONDS + 1
    assert await counter.judge(check) == {"verdict": "expired"}


async def test_wrong_codes_use_a_check_up(counter: Counter) -> None:
    check = await counter.begin()
    for left in reversed(range(TRIES)):
        said = await counter.judge(check, "wrong")
        assert said == {"verdict": "wrong-code", "left": left}
    assert await counter.judge(check) == {"verdict": "expired"}


@pytest.mark.parametrize(
    "other", [{"name": "李四"}, {"card": "4111111111111111"}, {"phone": "19900999999"}]
)
async def test_what_does_not_belong_together_differs(
    counter: Counter, other: dict[str, str]
) -> None:
    check = await counter.begin(**other)
    code = counter.code(other.get("phone", OWN.phone))
    assert await counter.judge(check, code) == {"verdict": "differs"}


async def test_an_unknown_person_is_answered_like_any_other(counter: Counter) -> None:
    check = await counter.begin(None)
    assert await counter.judge(check) == {"verdict": "differs"}


async def test_a_verdict_is_given_once(counter: Counter) -> None:
    check = await counter.begin()
    code = counter.code()
    assert await counter.judge(check, code) == {"verdict": "match"}
    assert await counter.judge(check, code) == {"verdict": "expired"}


@given(some.text("0123456789", min_size=1, max_size=24))
def test_what_one_carries_has_its_form_and_never_changes(number: str) -> None:
    own = belongings(KEY, number)
    assert own == belongings(KEY, number)
    assert re.fullmatch(r"\d{6}", own.pin) and re.fullmatch(r"199\d{8}", own.phone)
    assert len(own.card) == 19 and luhn_digit(own.card[:-1]) == own.card[-1]
