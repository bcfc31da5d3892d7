"""Whatever is sent as metadata is judged: taken, or refused by a member of ours; never a fault."""

from typing import Any

from hypothesis import example, given
from hypothesis import strategies as some

from identity.oauth.refusals import InvalidClientMetadata, InvalidRedirectUri
from identity.partners import checks
from identity.partners.checks import Said
from identity.partners.client import ClientKind
from identity.partners.jwk import KeysRefused, keys_of
from identity.partners.metadata import Metadata
from identity.partners.responsible import Responsible
from tests.support.partner_parts import jwk, said

REFUSED = (InvalidClientMetadata, InvalidRedirectUri)
OURS = {*Metadata.model_fields, "metadata"}
FAR = "https://hospital.example/"
words = some.text(max_size=12) | some.sampled_from(
    [FAR, "http://127.0.0.1/", "com.example.app:/x", FAR + "#", "//x", "none", "code", "\x00", ""]
)
values = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | words,
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(words, inner, max_size=3),
    max_leaves=6,
)
members = some.sampled_from([*Metadata.model_fields, "unknown"])


def judged(body: dict[str, Any], kind: ClientKind, strict: bool) -> None:
    try:
        checks.check(Said(checks.parsed(body), kind, strict))
    except REFUSED as refused:
        assert refused.cause in OURS
        assert refused.told.endswith(f"Look at: {refused.cause}.")


@given(some.dictionaries(members, values, max_size=4), some.sampled_from(ClientKind))
def test_changed_in_some_members(changed: dict[str, Any], kind: ClientKind):
    judged(said(**changed) | changed, kind, True)


@given(some.dictionaries(members | words, values, max_size=5), some.booleans())
def test_made_of_anything(body: dict[str, Any], strict: bool):
    judged(body, ClientKind.PARTNER, strict)


@given(some.lists(words, max_size=3), some.sampled_from(["web", "native"]), some.booleans())
@example([FAR + "\u212a"], "web", False)
@example(["https://[::1"], "web", False)
@example(["https://a.example:٣/"], "web", True)
@example(["com.example.app:///x"], "native", True)
def test_any_redirect_uris(uris: list[str], application: str, strict: bool):
    body = said(redirect_uris=uris, application_type=application)
    judged(body, ClientKind.PARTNER, strict)


@given(some.dictionaries(some.sampled_from([*jwk(), "use", "alg", "kid", "n", "e"]), values))
def test_any_key(members: dict[str, Any]):
    try:
        keys = keys_of({"keys": [jwk() | members]}, every=True)
    except KeysRefused:
        return
    assert len(keys) == 1


@given(values | some.fixed_dictionaries({"name": values, "phone": values, "mail": values}))
def test_any_responsible_person(given_: Any):
    try:
        found = Responsible.parsed(given_)
    except InvalidClientMetadata as refused:
        assert refused.cause.partition(".")[0] == "responsible"
        return
    assert found.name and found.phone and found.mail
