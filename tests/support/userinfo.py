"""A resident of the sandbox's register, and what a partner is told of them."""

from dataclasses import dataclass
from typing import Any

from tests.support import faces as pictures
from tests.support.http import Answer, Api, SignedIn
from tests.support.partner_app import PartnerApp
from tests.support.partner_codes import tokens_of
from tests.support.people import admit
from tests.support.sandbox import SandboxResident

PATH = "/oauth/userinfo"
FIELDS = (
    "openid profile:name profile:name-masked profile:id-number profile:id-number-masked"
    " profile:birthdate profile:gender profile:over-18 profile:over-60 profile:resident-here"
)


@dataclass
class Somebody:
    person: SandboxResident
    signed: SignedIn


async def a_somebody(api: Api) -> Somebody:
    """A woman of the sandbox's register, born in 1950."""
    portrait = pictures.portrait(pictures.OBAMA)
    person = await api.sandbox.new_resident(portrait, sex="female", born="1950-03-02")
    admitted = await admit(api.settings, person.name, person.number)
    return Somebody(person, await api.sign_in(resident=admitted.resident))


async def told(
    api: Api, app: PartnerApp, somebody: Somebody, scope: str, method: str = "GET", **others: Any
) -> Answer:
    """What this client is told in a fresh sign-in for this scope."""
    tokens = await tokens_of(api, app, signed=somebody.signed, scope=scope, **others)
    return await app.call(api, method, PATH, tokens["access_token"])
