"""The operator's view of attacks over HTTP, and what the metrics page tells of them."""

import re

import pytest
from tortoise.transactions import in_transaction

from identity import consent
from identity.attacks import REFUSED
from identity.audit import record
from tests.support.http import Api
from tests.support.staff import at_work


async def refuse(times: int) -> None:
    async with in_transaction() as connection:
        for _ in range(times):
            await record(
                connection,
                event=REFUSED,
                resident=None,
                purpose=consent.VERIFICATION,
                outcome="identity-not-matched",
            )


async def test_an_operator_sees_counts(api: Api):
    await refuse(6)
    desk = await at_work(api, "operator")
    shown = (await desk.send("GET", "/staff/attacks")).body
    assert shown["few"] == 5
    assert {"way": "face", "outcome": "identity-not-matched", "times": 6} in shown["top"]
    assert shown["hours"][-1]["times"] == 6
    assert shown["alarms"]["identity:frozen"] == 0
    assert set(shown["sources"]) == {"number", "account", "device", "network"}
    day = (await desk.send("GET", "/staff/attacks?hours=168")).body
    assert day["since"] < shown["since"]


@pytest.mark.parametrize("hours", ["0", "169", "1.5", "x", ""])
async def test_another_period_is_refused(api: Api, hours: str):
    desk = await at_work(api, "operator")
    answer = await desk.send("GET", f"/staff/attacks?hours={hours}")
    assert (answer.status, answer.code) == (422, "request-invalid")


@pytest.mark.parametrize("role", ["clerk", "supervisor", "administrator"])
async def test_other_staff_do_not_see_them(api: Api, role: str):
    desk = await at_work(api, role)
    answer = await desk.send("GET", "/staff/attacks")
    assert (answer.status, answer.code) == (403, "staff-role-missing")


async def test_nobody_and_no_resident_sees_them(api: Api):
    signed = await api.sign_in()
    for token in ("", signed.access):
        assert (await api.get("/staff/attacks", token)).status == 401


async def test_the_metrics_page_counts_the_refusals_of_the_hour(api: Api):
    await refuse(1)
    text = (await api.get("/metrics")).raw.decode()
    series = re.findall(
        r'^zhiban_proofs_refused_last_hour\{way="face",outcome="identity-not-matched"\} (\d+)$',
        text,
        re.MULTILINE,
    )
    assert [int(value) >= 1 for value in series] == [True]
    types = re.findall(r"^# TYPE (.+) \w+$", text, re.MULTILINE)
    assert len(types) == len(set(types))
    assert not [name for name in types if "{" in name]


async def test_what_the_face_process_counts_by_code_is_a_series_a_code(
    api: Api, monkeypatch: pytest.MonkeyPatch
):
    async def numbers() -> dict[str, object]:
        return {"workers": 2, "signs": {"screen": 3, "print": 1}}

    monkeypatch.setattr(api.parts.ground.faces, "numbers", numbers)
    text = (await api.get("/metrics")).raw.decode()
    assert 'zhiban_faces_signs{code="screen"} 3' in text
    assert "zhiban_faces_workers 2" in text
