"""Coming back: a bound device key or a WeChat login code for a session at level 3 at most."""

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from api.arrivals import VerificationDone, arrival
from api.ask import Ask
from api.challenges import Device
from api.routes import Access, Routes
from identity.returns import PURPOSE

routes = Routes("tokens")


class SessionWanted(BaseModel):
    """``way`` device: with the proof of a bound key (DPoP); wechat: with a login code."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    way: Literal["device", "wechat"]
    device: Device
    code: str = Field("", max_length=256)

    @model_validator(mode="after")
    def _code_for_wechat(self) -> Self:
        if (self.way == "wechat") != bool(self.code):
            raise ValueError("a code comes with wechat, and only then")
        return self

    def __repr__(self) -> str:
        return f"SessionWanted({self.way})"

    __str__ = __repr__


@routes.post(
    "/v1/sessions",
    Access.PUBLIC,
    "Come back on a bound device or by WeChat",
    status=201,
    body=SessionWanted,
    answer=VerificationDone,
)
async def come_back(ask: Ask[SessionWanted, None]) -> VerificationDone:
    if ask.body.way == "wechat":
        where = arrival(ask, ask.body.device, PURPOSE, channel="miniprogram")
        return VerificationDone.of(await ask.parts.ways.returns.by_wechat(where, ask.body.code))
    where = arrival(ask, ask.body.device, PURPOSE)
    return VerificationDone.of(await ask.parts.ways.returns.by_key(where))
