"""Whatever a client sends: never a 500, never a redirect to a foreign origin, never a token
without the proofs that belong to it.
"""

from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from tests.support.device_key import DeviceKey
from tests.support.front_channel import Wish
from tests.support.http import Answer, Api
from tests.support.partner_app import ASSERTION, CALLBACK, PartnerApp, an_approved_partner
from tests.support.partner_codes import a_code, claims

TOKEN, PAR, AUTHORIZE = "/oauth/token", "/oauth/par", "/oauth/authorize"
SCOPE = "openid profile:over-18"
FOREIGN = ["https://evil.example/cb", CALLBACK + "@evil.example", "//evil.example", "data:x"]
WORDS = "none null code plain S256 login -1 %00 é {} urn:ietf:params:oauth:request_uri:x"
ODD = (
    some.sampled_from(["", " ", "\0", "login none", "9" * 400, CALLBACK + "/", *FOREIGN])
    | some.sampled_from(WORDS.split())
    | some.text(max_size=30)
)
ASKED = (
    "response_type redirect_uri scope state nonce code_challenge code_challenge_method prompt"
    " max_age acr_values display ui_locales claims request request_uri response_mode resource"
    " dpop_jkt id_token_hint login_hint client_id client_secret code code_verifier grant_type"
    " refresh_token device_code subject_token client_assertion client_assertion_type x"
)
NAMES = some.sampled_from(tuple(ASKED.split(" ")))
# What becomes of an honest request: parameters replaced, left out (None), or sent twice.
CHANGES = some.dictionaries(NAMES, some.none() | ODD, max_size=4)
TWICE = some.lists(some.tuples(NAMES, ODD), max_size=1)
MESSED = some.tuples(CHANGES, TWICE)
Messed = tuple[dict[str, str | None], list[tuple[str, str]]]
QUICK = settings(
    max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)


@pytest.fixture(scope="module")
async def public(api: Api) -> PartnerApp:
    return await an_approved_partner(api.url, token_endpoint_auth_method="none", scope=SCOPE)


@pytest.fixture(scope="module")
async def app(api: Api) -> PartnerApp:
    made = await an_approved_partner(
        api.url,
        kind="department",
        grant_types=["authorization_code", "refresh_token", "client_credentials"],
        scope=f"{SCOPE} client:read",
    )
    await made.post(api, TOKEN, grant_type="client_credentials", scope="client:read")
    return made


def pairs(
    honest: dict[str, str], changes: dict[str, str | None], twice: list[tuple[str, str]]
) -> list[tuple[str, str]]:
    sent = {name: value for name, value in (honest | changes).items() if value is not None}
    return [*sent.items(), *twice]


def goes_nowhere_foreign(api: Api, answer: Answer) -> None:
    """To the address that was registered, to our own page, or nowhere."""
    assert answer.status < 500, answer.raw
    if answer.status in (301, 302, 303, 307, 308):
        to = urlsplit(answer.headers["Location"])
        ours = f"{to.scheme}://{to.netloc}" == api.url or not (to.scheme or to.netloc)
        assert ours or f"{to.scheme}://{to.netloc}{to.path}" == CALLBACK
    else:
        assert "Location" not in answer.headers


@QUICK
@given(changes=CHANGES, twice=TWICE, method=some.sampled_from(["GET", "POST"]))
async def test_the_authorization_endpoint_never_fails_and_never_sends_anybody_elsewhere(
    api: Api,
    public: PartnerApp,
    changes: dict[str, str | None],
    twice: list[tuple[str, str]],
    method: str,
):
    honest = {"client_id": public.id} | Wish().parameters(scope=SCOPE)
    sent = pairs(honest, changes, twice)
    how: dict[str, Any] = {"params": sent} if method == "GET" else {"data": sent}
    answer = await api.send(method, AUTHORIZE, allow_redirects=False, **how)
    goes_nowhere_foreign(api, answer)


@QUICK
@given(changes=CHANGES, twice=TWICE)
async def test_a_pushed_request_is_refused_or_good_to_open(
    api: Api, app: PartnerApp, changes: dict[str, str | None], twice: list[tuple[str, str]]
):
    honest = app.authenticated(**Wish().parameters(scope=SCOPE))
    headers = {"DPoP": app.proof("POST", PAR)}
    pushed = await api.send("POST", PAR, headers=headers, data=pairs(honest, changes, twice))
    app.nonce = pushed.headers.get("DPoP-Nonce", app.nonce)
    assert pushed.status in (201, 400, 401), pushed.raw
    if pushed.status == 201:
        asked = {"client_id": app.id, "request_uri": pushed.body["request_uri"]}
        opened = await api.get(AUTHORIZE, params=asked, allow_redirects=False)
        goes_nowhere_foreign(api, opened)


PROOFS = ["good", "none", "another path", "another method", "old", "no nonce", "thief", "rubbish"]
ASSERTIONS = ["good", "none", "another aud", "over", "another client", "rubbish"]


def proof(app: PartnerApp, kind: str) -> dict[str, str]:
    made = {
        "none": lambda: "",
        "good": lambda: app.proof("POST", TOKEN),
        "another path": lambda: app.proof("POST", PAR),
        "another method": lambda: app.proof("GET", TOKEN),
        "old": lambda: app.proof("POST", TOKEN, iat=1_000_000_000),
        "no nonce": lambda: app.key.proof("POST", TOKEN),
        "thief": lambda: DeviceKey(app.root).proof("POST", TOKEN, header={"jwk": app.key.jwk}),
        "rubbish": lambda: "a.b.c",
    }[kind]()
    return {"DPoP": made} if made else {}


def authenticated(app: PartnerApp, kind: str, given: dict[str, str]) -> dict[str, str]:
    said = {
        "none": lambda: None,
        "good": app.assertion,
        "another aud": lambda: app.assertion(aud="https://evil.example"),
        "over": lambda: app.assertion(exp=1_000_000_000),
        "another client": lambda: app.assertion(iss="zhiban-app", sub="zhiban-app"),
        "rubbish": lambda: "a.b.c",
    }[kind]()
    shown = {"client_assertion_type": ASSERTION, "client_assertion": said} if said else {}
    return given | shown


@QUICK
@given(
    shown=some.sampled_from(PROOFS),
    said=some.sampled_from(ASSERTIONS),
    messed=some.just(({}, [])) | MESSED,
)
async def test_no_token_without_a_matching_proof(
    api: Api,
    app: PartnerApp,
    shown: str,
    said: str,
    messed: Messed,
):
    own = {"grant_type": "client_credentials", "scope": "client:read"}
    form = pairs(authenticated(app, said, own), *messed)
    answer = await api.send("POST", TOKEN, headers=proof(app, shown), data=form)
    assert answer.status in (200, 400, 401), answer.raw
    if answer.status == 200:
        assert (shown, said) == ("good", "good")
        assert claims(answer.body["access_token"])["cnf"] == {"jkt": app.key.thumbprint}
    elif messed == ({}, []):
        assert (shown, said) != ("good", "good")


@settings(QUICK, max_examples=60)
@given(
    shown=some.sampled_from(PROOFS),
    changes=some.dictionaries(
        some.sampled_from(["code", "redirect_uri", "code_verifier"]), some.none() | ODD, max_size=2
    ),
)
async def test_no_sign_in_without_all_that_its_code_was_given_for(
    api: Api, app: PartnerApp, shown: str, changes: dict[str, str | None]
):
    code = await a_code(api, app, scope=SCOPE)
    form = pairs(app.authenticated(**code.parameters), changes, [])
    answer = await api.send("POST", TOKEN, headers=proof(app, shown), data=form)
    assert answer.status in (200, 400, 401), answer.raw
    honest = shown == "good" and not changes
    assert (answer.status == 200) == honest
