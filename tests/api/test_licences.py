"""The wallet over HTTP: six kinds of licence, shown once, for a minute, by the phone that holds them."""

import asyncio

import pytest

from services.licences.verify.memory import Memory
from services.licences.verify.presentation import LONGEST
from services.licences.verify.verdict import verify
from tests.support.http import Api
from tests.support.licences import CARD, DRIVING, MARRIAGE, Phone, carried, phone


@pytest.fixture(scope="module")
async def holder(api: Api) -> Phone:
    return await phone(api)


async def test_a_driving_licence_is_shown_and_checked(api: Api, holder: Phone):
    card = await holder.bring_in(DRIVING)
    whole = (await holder.send("GET", f"/v1/licences/{card['id']}")).body
    print(whole)
    text = await holder.show(card["id"], "name", "classes")
    assert len(text) <= LONGEST, len(text)
    away = verify(text, await carried(api), Memory())
    assert (away.word, away.why) == ("good", ""), away
    asked = [api.post("/v1/presentations/check", {"presentation": text}) for _ in range(50)]
    answers = await asyncio.gather(*asked)
    assert sorted(one.status for one in answers) == [200] + [409] * 49
    print([one.body for one in answers if one.status == 200])
