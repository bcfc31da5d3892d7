"""What goes back to a client: nothing a client or resident wrote changes where it goes."""

from urllib.parse import parse_qsl, urlsplit

import pytest

from identity.oauth.refusals import AccessDenied
from identity.oauth.responses import answered, refused

ISSUER = "https://house.example"


@pytest.mark.parametrize("state", ["&code=other", "#x", "a\r\nSet-Cookie: b=c", "%0d%0a", "é"])
def test_a_state_stays_a_state(state: str):
    address = answered("https://a.example/back", ISSUER, state, {"code": "c"})
    assert address.isascii() and address.isprintable()
    parts = urlsplit(address)
    assert (parts.netloc, parts.path, parts.fragment) == ("a.example", "/back", "")
    assert parse_qsl(parts.query) == [("code", "c"), ("state", state), ("iss", ISSUER)]


def test_the_addresss_own_query_stays():
    """RFC 6749 §3.1.2."""
    address = answered("https://a.example/?t=1", ISSUER, "", {"code": "c"})
    assert address == "https://a.example/?t=1&code=c&iss=https%3A%2F%2Fhouse.example"


def test_an_apps_own_scheme_is_kept_as_it_is():
    """RFC 8252 §7.1."""
    address = answered("com.example.app:/back", ISSUER, "", {"code": "c"})
    assert address.startswith("com.example.app:/back?code=c&")


def test_a_private_cause_does_not_leave():
    address = refused("https://a.example/", ISSUER, "s", AccessDenied("a private cause"))
    assert "private" not in address
    assert dict(parse_qsl(urlsplit(address).query))["error"] == "access_denied"
