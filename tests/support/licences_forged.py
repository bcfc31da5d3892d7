"""Presentations as thieves, liars and careless issuers make them, of one phone's licences."""

import base64
import json
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from identity import jws
from services.licences.verify.carried import Carried
from tests.support.http import Api
from tests.support.licences import Phone, binding, claims_of, made_here, public


@dataclass
class World:
    """One phone with licences, what verifiers carry (``bags`` by name), and presentations, all of
    the moment ``at``.
    """

    api: Api
    phone: Phone
    bags: dict[str, Carried]
    at: datetime
    made: dict[str, Any] = field(default_factory=dict, repr=False)
    other: dict[str, Any] = field(default_factory=dict, repr=False)
    ended: dict[str, Any] = field(default_factory=dict, repr=False)
    still: dict[str, Any] = field(default_factory=dict, repr=False)
    over: dict[str, Any] = field(default_factory=dict, repr=False)
    moved: dict[str, Any] = field(default_factory=dict, repr=False)

    @property
    def good(self) -> str:
        return self.shown(self.made)

    def shown(self, made: dict[str, Any], **claims: Any) -> str:
        at = {"iat": int(self.at.timestamp())}
        return str(made["credential"]) + binding(made, self.phone.key, **(at | claims))

    def changed(self, **members: Any) -> dict[str, Any]:
        return self.made | members


def another_key(world: World) -> str:
    stolen = replace(world.phone.key, private=ec.generate_private_key(ec.SECP256R1()))
    return str(world.made["credential"]) + binding(world.made, stolen)


def with_critical(world: World) -> str:
    """Signed by the holder, and only to be understood by who knows more (RFC 7515 §4.1.11)."""
    said = {"iat": int(world.at.timestamp())}
    bound = binding(world.made, world.phone.key, {"crit": ["b64"], "b64": True}, **said)
    return str(world.made["credential"]) + bound


def with_fact_of_another(world: World) -> str:
    mixed = world.made["credential"] + world.other["credential"].split("~")[1] + "~"
    return world.shown(world.changed(credential=mixed))


def with_changed_fact(world: World) -> str:
    jwt, first, *rest = world.made["credential"].split("~")
    salt, name, _ = json.loads(base64.urlsafe_b64decode(first + "=="))
    fact = base64.urlsafe_b64encode(json.dumps([salt, name, "王五"]).encode()).rstrip(b"=").decode()
    return world.shown(world.changed(credential="~".join([jwt, fact, *rest])))


def with_less_than_was_bound(world: World) -> str:
    jwt, _, *rest = world.good.split("~")
    return "~".join([jwt, *rest])


def with_claims(world: World, **claims: Any) -> str:
    """The issuer's part written anew, its old signature under it."""
    jwt, *rest = world.made["credential"].split("~")
    head, _, signature = jwt.split(".")
    body = jws.encoded(claims_of(jwt) | claims)
    return world.shown(world.changed(credential="~".join([f"{head}.{body}.{signature}", *rest])))


def with_header(world: World, **members: Any) -> str:
    jwt, *rest = world.made["credential"].split("~")
    head, body, signature = jwt.split(".")
    known = json.loads(base64.urlsafe_b64decode(head + "=="))
    made = f"{jws.encoded(known | members)}.{body}.{signature}"
    return world.shown(world.changed(credential="~".join([made, *rest])))


async def with_halves_moved(api: Api, holder: Phone) -> dict[str, Any]:
    """A genuine credential whose holder's key is no JWK: a coordinate has 32 bytes (RFC 7518
    §6.2.1.2), these have 31 and 33, and side by side they are the holder's point.
    """
    x, y = (_bytes(public(holder.key)[one]) for one in ("x", "y"))
    moved = public(holder.key) | {"x": _text(x[:31]), "y": _text(x[31:] + y)}
    return {"credential": await made_here(api, holder, moved, until=None)}


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=")


def _text(raw: bytes) -> str:
    return jws.url_safe(raw).decode()
