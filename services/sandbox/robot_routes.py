"""``GET /test-residents`` and ``POST /robot/sign-in``: what a partner's own tests need."""

import asyncio
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from sanic import HTTPResponse, Request, Sanic
from sanic.response import json as json_response

from services.sandbox import test_residents
from services.sandbox.belongings import belongings
from services.sandbox.errors import SandboxTestResidentMissing
from services.sandbox.requests import read
from services.sandbox.robot import Kept, Robot, Wish

_AT_ONCE = 2  # films are drawn by the processor


class SignInWanted(BaseModel):
    """``url``: the authorization address; ``give``: scopes to agree to, absent for all of them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str = Field(max_length=8000)
    resident: int = 1
    give: tuple[str, ...] | None = None
    refuse: bool = False


def open_robot(app: Sanic[Any, Any], house: str) -> None:
    """``house``: the public address of the house it visits."""
    places = asyncio.Semaphore(_AT_ONCE)
    signed_in: dict[int, Kept] = {}

    async def residents(_: Request[Any, Any]) -> HTTPResponse:
        return json_response({"residents": [_told(one) for one in test_residents.ALL]})

    async def sign_in(request: Request[Any, Any]) -> HTTPResponse:
        wanted = read(request, SignInWanted)
        resident = test_residents.numbered(wanted.resident)
        if resident is None:
            raise SandboxTestResidentMissing(count=len(test_residents.ALL))
        async with places:
            wish = Wish(wanted.url, resident, wanted.give, wanted.refuse)
            back = await Robot(house, signed_in).sign_in(wish)
        return json_response({"redirect_to": back}, headers={"Cache-Control": "no-store"})

    app.add_route(residents, "/test-residents", methods=["GET"], name="test_residents")
    app.add_route(sign_in, "/robot/sign-in", methods=["POST"], name="robot_sign_in")


def _told(one: test_residents.TestResident) -> dict[str, Any]:
    own = belongings(b"", one.person.number)
    return {
        "n": one.n,
        "name": one.person.name,
        "number": one.person.number,
        "about": one.about,
        "pin": own.pin,
        "card": own.card,
        "phone": own.phone,
    }
