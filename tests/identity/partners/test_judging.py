"""Metadata judged whole: what stands at a client's own addresses, and the sector it is in."""

import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from config.outbound import Outbound
from config.settings import Settings
from identity.oauth.refusals import InvalidClientMetadata
from identity.partners import checks
from identity.partners.client import ClientKind
from identity.partners.judging import Judging
from identity.partners.keys import ClientKeys
from identity.partners.metadata import CREDENTIALS
from identity.scopes import Scopes
from tests.config.test_outbound import production
from tests.conftest import settings_on
from tests.support.partner_parts import PartnerServer, a_partner_server, jwk, said

TWO = ["https://a.example/cb", "https://b.example/cb"]
KIND = ClientKind.PARTNER


@pytest.fixture
async def server() -> AsyncIterator[PartnerServer]:
    async with a_partner_server() as running:
        yield running


async def sector(settings: Settings, kind: ClientKind = KIND, **changed: Any) -> str:
    async with Outbound(settings) as outbound:
        judging = Judging(outbound, ClientKeys(outbound), settings, Scopes())
        return (await judging.judged("c-1", kind, checks.parsed(said(**changed)))).sector


async def member(settings: Settings, kind: ClientKind = KIND, **changed: Any) -> str:
    with pytest.raises(InvalidClientMetadata) as refused:
        await sector(settings, kind, **changed)
    return refused.value.cause


@pytest.fixture
def house(tmp_path: Path) -> Settings:
    return settings_on("", "", tmp_path)


async def test_redirect_uris_of_several_hosts_need_a_document_that_lists_them(house: Settings):
    assert await member(house, redirect_uris=TWO) == "sector_identifier_uri"
    mixed = ["https://a.example/cb", "com.example.app:/cb"]
    public = {"token_endpoint_auth_method": "none", "jwks": None, "scope": "openid"}
    native = public | {"application_type": "native", "redirect_uris": mixed}
    assert await member(house, **native) == "sector_identifier_uri"


@pytest.mark.parametrize(
    "listed",
    [
        [],
        TWO[:1],
        ["https://a.example/cb", "https://b.example/cb/"],
        {"redirect_uris": TWO},
        [*TWO, 7],
        "https://a.example/cb",
        lambda _: web.Response(status=404),
        lambda _: web.Response(status=301, headers={"Location": "/other"}),
        lambda _: web.Response(body=b"<html>"),
    ],
)
async def test_a_document_that_does_not_list_them_all_is_no_sector(
    house: Settings, server: PartnerServer, listed: Any
):
    server.says = {"/sector": listed, "/other": TWO}
    uri = f"{server.url}/sector"
    wrong = await member(house, redirect_uris=TWO, sector_identifier_uri=uri)
    assert wrong == "sector_identifier_uri"
    assert server.asked == ["/sector"]


async def test_the_sector_is_the_host_of_the_document(house: Settings, server: PartnerServer):
    """On a programmer's own machine, which is everybody's, each client is a sector of its own."""
    server.says = {"/sector": [*TWO, "https://c.example/cb"]}
    uri = f"{server.url}/sector"
    assert await sector(house, redirect_uris=TWO, sector_identifier_uri=uri) == "client:c-1"


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({}, "hospital.example"),
        ({"redirect_uris": ["https://a.example/x", "https://a.example:8443/y"]}, "a.example"),
        ({"redirect_uris": ["http://127.0.0.1:3000/cb"]}, "client:c-1"),
        (
            {"grant_types": [CREDENTIALS], "redirect_uris": None, "scope": "client:read"},
            "client:c-1",
        ),
        (
            {
                "application_type": "native",
                "token_endpoint_auth_method": "none",
                "jwks": None,
                "scope": "openid",
                "redirect_uris": ["com.example.app:/cb"],
            },
            "com.example.app:",
        ),
    ],
)
async def test_the_sector_is_the_host_of_the_redirect_uris(
    house: Settings, changed: dict[str, Any], found: str
):
    assert await sector(house, **changed) == found


@pytest.mark.parametrize("where", ["127.0.0.1", "[::1]", "169.254.169.254", "10.0.0.1"])
@pytest.mark.parametrize("place", ["jwks_uri", "sector_identifier_uri"])
async def test_in_production_no_address_inside_is_asked(tmp_path: Path, place: str, where: str):
    changed = {place: f"https://{where}/x"} | ({"jwks": None} if place == "jwks_uri" else {})
    assert await member(production(tmp_path), **changed) == place


@pytest.mark.parametrize("inside", ["127.0.0.1", "169.254.169.254", "10.1.2.3", "::1"])
async def test_a_name_that_leads_inside_is_not_asked_in_production(
    tmp_path: Path, server: PartnerServer, monkeypatch: pytest.MonkeyPatch, inside: str
):
    """The guard stands where names are resolved, so a name that changes its mind gains nothing."""
    family = socket.AF_INET6 if ":" in inside else socket.AF_INET
    place = (inside, 443, 0, 0) if ":" in inside else (inside, 443)
    found = [(family, socket.SOCK_STREAM, 6, "", place)]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: found)
    settings = production(tmp_path)
    for member_of in ("jwks_uri", "sector_identifier_uri"):
        changed: dict[str, Any] = {member_of: "https://keys.partner.example/x"}
        changed |= {"jwks": None} if member_of == "jwks_uri" else {}
        assert await member(settings, **changed) == member_of
    assert server.asked == []


async def test_link_local_is_asked_nowhere(house: Settings):
    changed = {"jwks": None, "jwks_uri": "http://169.254.169.254/latest"}
    assert await member(house, **changed) == "jwks_uri"


async def test_keys_at_an_address_are_judged_as_those_in_the_metadata(
    house: Settings, server: PartnerServer
):
    uri = {"jwks": None, "jwks_uri": f"{server.url}/jwks"}
    assert await member(house, **uri) == "jwks_uri"
    server.says = {"/jwks": {"keys": [jwk(use="enc")]}}
    assert await member(house, **uri) == "jwks_uri"
    server.says = {"/jwks": {"keys": [jwk()]}}
    assert await sector(house, **uri) == "hospital.example"
    encrypted = uri | {"id_token_encrypted_response_alg": "RSA-OAEP-256"}
    assert await member(house, **encrypted) == "id_token_encrypted_response_alg"


@pytest.mark.parametrize(
    ("kind", "changed"),
    [
        ("partner", {"scope": "openid profile:unknown"}),
        ("partner", {"scope": "openid kiosk"}),
        ("department", {"scope": "openid kiosk", "grant_types": [CREDENTIALS, "refresh_token"]}),
        ("partner", {"scope": "openid client:read"}),
        (
            "partner",
            {"scope": "profile:name", "grant_types": [CREDENTIALS], "redirect_uris": None},
        ),
    ],
)
async def test_scopes_are_known_and_fit_the_client(
    house: Settings, kind: str, changed: dict[str, Any]
):
    if "refresh_token" in changed.get("grant_types", ()):
        changed = changed | {"grant_types": [CREDENTIALS], "redirect_uris": None}
    assert await member(house, ClientKind(kind), **changed) == "scope"


@pytest.mark.parametrize("scope", ["profile:name", "profile:id-number", "profile:birthdate"])
async def test_a_public_client_asks_for_nothing_that_names_anybody(house: Settings, scope: str):
    public = {"token_endpoint_auth_method": "none", "jwks": None}
    assert await member(house, scope=f"openid {scope}", **public) == "scope"
    assert await sector(house, scope="openid profile:over-18", **public)
