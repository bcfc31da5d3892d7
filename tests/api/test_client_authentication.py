"""A client proves who it is: forged, borrowed and repeated proofs first, then honest ones.

private_key_jwt: RFC 7523 §3, FAPI 2.0 Security Profile §5.3.2.1; DPoP: RFC 9449; the answers:
RFC 6749 §5.2. At the PAR endpoint; all endpoints ask identity.oauth.authentication.
"""

import asyncio
import base64
import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from identity.models import Partner
from tests.support.front_channel import PAR, Wish
from tests.support.http import Answer, Api
from tests.support.log_capture import personal
from tests.support.partner_app import ASSERTION, PartnerApp, an_approved_partner


@pytest.fixture(scope="module")
async def partner(api: Api) -> PartnerApp:
    return await an_approved_partner(api.url)


@pytest.fixture(scope="module")
async def other(api: Api) -> PartnerApp:
    return await an_approved_partner(api.url)


@pytest.fixture(scope="module")
async def public(api: Api) -> PartnerApp:
    return await an_approved_partner(
        api.url, token_endpoint_auth_method="none", scope="openid profile:over-18"
    )


async def pushed(api: Api, form: dict[str, str], **given: Any) -> Answer:
    wished = Wish().parameters(scope="openid profile:over-18")
    return await api.send("POST", PAR, data=wished | form, **given)


def shown(assertion: str, **more: str) -> dict[str, str]:
    return {"client_assertion_type": ASSERTION, "client_assertion": assertion} | more


def refused(answer: Answer, error: str = "invalid_client", status: int = 401) -> None:
    assert (answer.status, answer.body["error"]) == (status, error), answer.body
    assert set(answer.body) == {"error", "error_description"}
    assert answer.headers["Cache-Control"] == "no-store"


def ahead(seconds: float) -> int:
    return int(time.time() + seconds)


WRONG: dict[str, dict[str, Any]] = {
    "no issuer": {"iss": None},
    "an empty issuer": {"iss": ""},
    "no subject": {"sub": None},
    "another subject": {"sub": "somebody-else"},
    "no audience": {"aud": None},
    "another audience": {"aud": "https://elsewhere.example"},
    "an audience with a slash": {"aud": "/"},
    "the endpoint as audience": {"aud": PAR},
    "the token endpoint as audience": {"aud": "/oauth/token"},
    "a list of audiences": {"aud": [""]},
    "ours among other audiences": {"aud": ["", "https://elsewhere.example"]},
    "no end": {"exp": None},
    "an end in words": {"exp": "soon"},
    "an end that is true": {"exp": True},
    "an end without end": {"exp": 10**400},
    "over": {"exp": -1},
    "more than two minutes to go": {"exp": 150},
    "made in the future": {"iat": 30},
    "made in words": {"iat": "now"},
    "not to be used yet": {"nbf": 30},
    "no id": {"jti": None},
    "an empty id": {"jti": ""},
    "an id that is a number": {"jti": 7},
    "a very long id": {"jti": "x" * 257},
}


@pytest.mark.parametrize("what", WRONG)
async def test_an_assertion_with_a_fault_is_refused(api: Api, partner: PartnerApp, what: str):
    claims = dict(WRONG[what])
    for name in ("exp", "iat", "nbf"):
        if type(claims.get(name)) is int and abs(claims[name]) < 1000:
            claims[name] = ahead(claims[name])
    aud = claims.get("aud")
    if isinstance(aud, str) and aud.startswith("/"):
        claims["aud"] = api.url + aud
    if isinstance(aud, list):
        claims["aud"] = [each or api.url for each in aud]
    answer = await pushed(api, shown(partner.assertion(**claims)))
    refused(answer)


def signed(partner: PartnerApp, key: Any, algorithm: str, **header: Any) -> str:
    claims = jwt.decode(partner.assertion(), options={"verify_signature": False})
    top = {"kid": "sign"} | header
    return personal(jwt.encode(claims, key, algorithm=algorithm, headers=top))


async def test_an_assertion_that_its_own_key_did_not_sign_is_refused(
    api: Api, partner: PartnerApp, other: PartnerApp
):
    """RFC 8725 §3: no algorithm but the registered one, no key but the client's own."""
    rsa_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    text = base64.b64encode(b"k" * 64).decode()
    forged = {
        "unsigned": signed(partner, None, "none"),
        "by a shared secret": signed(partner, text, "HS256"),
        "by another algorithm": signed(partner, rsa_key, "RS256"),
        "by PS256 with a key it has not": signed(partner, rsa_key, "PS256"),
        "by another's key": signed(partner, other.private, "ES256"),
        "by an unknown key": signed(partner, partner.private, "ES256", kid="unknown"),
        "with a key in it": signed(partner, other.private, "ES256", jwk=other.jwk),
        "by another curve": signed(partner, ec.generate_private_key(ec.SECP384R1()), "ES384"),
        "with an extension": signed(partner, partner.private, "ES256", crit=["b64"], b64=True),
        "as an access token": signed(partner, partner.private, "ES256", typ="at+jwt"),
        "as a proof": signed(partner, partner.private, "ES256", typ="dpop+jwt"),
    }
    for what, assertion in forged.items():
        answer = await pushed(api, shown(assertion))
        assert (answer.status, answer.body["error"]) == (401, "invalid_client"), what


@pytest.mark.parametrize("rubbish", ["x", "a.b.c", "...", "e30.e30.e30", "é", "x" * 9000])
async def test_rubbish_is_no_assertion(api: Api, rubbish: str):
    refused(await pushed(api, shown(rubbish)))


async def test_another_client_is_not_meant(api: Api, partner: PartnerApp, other: PartnerApp):
    """RFC 7521 §4.2: ``client_id`` names the same client as the assertion, or nobody."""
    refused(await pushed(api, shown(partner.assertion(), client_id=other.id)))
    refused(await pushed(api, shown(partner.assertion(iss=other.id, sub=other.id))))


async def test_an_assertion_is_good_once_however_many_show_it(api: Api, partner: PartnerApp):
    """RFC 7523 §3, point 7."""
    assertion = partner.assertion()
    answers = await asyncio.gather(*(pushed(api, shown(assertion)) for _ in range(20)))
    assert sorted(answer.status for answer in answers) == [201] + [401] * 19
    refused(await pushed(api, shown(assertion)))


async def test_the_id_of_an_assertion_is_its_own_clients_only(
    api: Api, partner: PartnerApp, other: PartnerApp
):
    for app in (partner, other):
        answer = await pushed(api, shown(app.assertion(jti="the-same-in-both")))
        assert answer.status == 201, "nobody uses up another's ids"


async def test_several_or_shared_ways_of_authentication_are_refused(
    api: Api, partner: PartnerApp, public: PartnerApp
):
    """RFC 6749 §2.3: one a request; no shared secret is ever taken."""
    basic = base64.b64encode(f"{partner.id}:secret".encode()).decode()
    tried: list[tuple[dict[str, str], dict[str, str]]] = [
        ({"client_id": partner.id}, {}),
        ({"client_id": partner.id, "client_secret": "s"}, {}),
        ({}, {"Authorization": f"Basic {basic}"}),
        (shown(partner.assertion()), {"Authorization": f"Basic {basic}"}),
        (shown(partner.assertion(), client_secret="s"), {}),
        ({"client_assertion": partner.assertion()}, {}),
        ({"client_id": partner.id, "client_assertion_type": ASSERTION}, {}),
        ({"client_assertion": partner.assertion(), "client_assertion_type": "saml"}, {}),
        ({"client_id": public.id, "client_secret": "s"}, {}),
        (shown(public.assertion()), {}),
        ({}, {}),
    ]
    for form, headers in tried:
        refused(await pushed(api, form, headers=headers))


async def test_unknown_pending_suspended_and_closed_clients_get_one_answer(
    api: Api, public: PartnerApp
):
    unknown = PartnerApp(api.url, "c-nobody")
    answers = [
        await pushed(api, shown(unknown.assertion())),
        await pushed(api, {"client_id": unknown.id}),
        await pushed(api, {"client_id": "\x01" * 200}),
    ]
    for state in ("pending", "suspended", "closed"):
        app = await an_approved_partner(api.url)
        await Partner.filter(id=app.id).update(state=state)
        answers.append(await pushed(api, shown(app.assertion())))
    for answer in answers:
        refused(answer)
    assert len({answer.raw for answer in answers}) == 1, "and not one byte more"


async def test_a_suspension_holds_at_once(api: Api):
    app = await an_approved_partner(api.url)
    assert (await pushed(api, shown(app.assertion()))).status == 201
    await Partner.filter(id=app.id).update(state="suspended")
    await api.parts.ground.registry.changed(app.id)
    refused(await pushed(api, shown(app.assertion())))


async def test_a_parameter_twice_is_refused(api: Api, partner: PartnerApp):
    """RFC 6749 §3.2."""
    form = [("client_id", partner.id), ("client_id", partner.id)]
    refused(await api.send("POST", PAR, data=form), "invalid_request", 400)


async def test_json_is_no_form(api: Api, partner: PartnerApp):
    answer = await api.send("POST", PAR, json=shown(partner.assertion()))
    refused(answer, "invalid_request", 400)


async def test_a_proof_needs_our_nonce_and_is_good_once(api: Api, partner: PartnerApp):
    """RFC 9449 §8, §11.1."""
    bare = {"DPoP": partner.key.proof("POST", PAR)}
    first = await pushed(api, shown(partner.assertion()), headers=bare)
    refused(first, "use_dpop_nonce", 400)
    nonce = first.headers["DPoP-Nonce"]
    wrong = {"DPoP": partner.key.proof("POST", PAR, nonce="of-somebody-else")}
    refused(await pushed(api, shown(partner.assertion()), headers=wrong), "use_dpop_nonce", 400)
    good = {"DPoP": partner.key.proof("POST", PAR, nonce=nonce)}
    done = await pushed(api, shown(partner.assertion()), headers=good)
    assert done.status == 201, done.body
    assert done.headers["DPoP-Nonce"], "a fresh one comes with a success too"
    again = await pushed(api, shown(partner.assertion()), headers=good)
    refused(again, "invalid_dpop_proof", 400)


async def test_who_is_asked_for_a_nonce_may_show_the_same_assertion_again(
    api: Api, partner: PartnerApp
):
    assertion = shown(partner.assertion())
    bare = {"DPoP": partner.key.proof("POST", PAR)}
    first = await pushed(api, assertion, headers=bare)
    refused(first, "use_dpop_nonce", 400)
    proof = partner.key.proof("POST", PAR, nonce=first.headers["DPoP-Nonce"])
    assert (await pushed(api, assertion, headers={"DPoP": proof})).status == 201


async def test_a_bad_proof_is_refused_beside_a_good_assertion(api: Api, partner: PartnerApp):
    nonce = api.parts.core.nonces.current()
    proof = partner.key.proof
    bad: list[list[tuple[str, str]]] = [
        [("DPoP", proof("POST", PAR, nonce=nonce)), ("DPoP", proof("POST", PAR, nonce=nonce))],
        [("DPoP", proof("GET", PAR, nonce=nonce))],
        [("DPoP", proof("POST", "/oauth/token", nonce=nonce))],
        [("DPoP", proof("POST", PAR, nonce=nonce, iat=ahead(60)))],
        [("DPoP", "rubbish")],
    ]
    for heads in bad:
        answer = await pushed(api, shown(partner.assertion()), heads=heads)
        refused(answer, "invalid_dpop_proof", 400)


async def test_strangers_do_not_spend_a_partners_rate(api: Api):
    """What is counted is counted after the proof; then it is, and says when to come back."""
    app = await an_approved_partner(api.url)
    await Partner.filter(id=app.id).update(rate=1_000, quota=2)
    forged = PartnerApp(api.url, app.id)
    for _ in range(5):
        refused(await pushed(api, shown(forged.assertion())))
    assert [(await pushed(api, shown(app.assertion()))).status for _ in range(2)] == [201, 201]
    over = await pushed(api, shown(app.assertion()))
    refused(over, "temporarily_unavailable", 429)
    assert int(over.headers["Retry-After"]) > 0


async def test_an_id_of_any_characters_is_an_id(api: Api, partner: PartnerApp):
    """Half a character too, which no encoding can write: JSON can."""
    assertion = partner.assertion(jti="\ud800")
    assert (await pushed(api, shown(assertion))).status == 201
    refused(await pushed(api, shown(assertion)))


async def test_a_public_client_is_known_by_its_name_alone(api: Api, public: PartnerApp):
    """RFC 6749 §2.3.1, OAuth 2.1 §2.4; what it may ask for is little."""
    assert (await pushed(api, {"client_id": public.id})).status == 201


async def test_ps256_is_as_good_as_es256(api: Api):
    """FAPI 2.0 Security Profile §5.4.1."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public_half = jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    jwks = {"keys": [public_half | {"kid": "sign", "use": "sig", "alg": "PS256"}]}
    app = await an_approved_partner(api.url, jwks=jwks)
    assert (await pushed(api, shown(signed(app, key, "PS256")))).status == 201
