"""Whose address it is: X-Forwarded-For is believed from trusted proxies only."""

from ipaddress import ip_network
from types import SimpleNamespace

import pytest
from multidict import CIMultiDict

from api.parsing import address_of, decode, locale_of

PROXY, FRONT, CLIENT = "10.0.0.1", "10.0.0.2", "203.0.113.7"


def asked(peer: str, *forwarded: str) -> SimpleNamespace:
    headers = CIMultiDict([("x-forwarded-for", value) for value in forwarded])
    return SimpleNamespace(ip=peer, headers=headers)


NETWORKS = (ip_network("10.0.0.0/8"),)


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        (CLIENT, [], CLIENT),
        (CLIENT, ["198.51.100.1"], CLIENT),  # not a proxy of ours: its word counts for nothing
        (PROXY, [CLIENT], CLIENT),
        (PROXY, [f"198.51.100.1, {CLIENT}"], CLIENT),  # what the client added itself stays behind
        (PROXY, [f"198.51.100.1, {CLIENT}, {FRONT}"], CLIENT),
        (PROXY, [CLIENT, FRONT], CLIENT),
        (PROXY, ["nonsense"], PROXY),
        (PROXY, [f"{CLIENT}, nonsense"], PROXY),
        (PROXY, [], PROXY),
        (PROXY, [FRONT], FRONT),
        (PROXY, ["2001:db8::7"], "2001:db8::7"),
    ],
)
def test_the_last_address_no_trusted_proxy_has_is_the_clients(peer, forwarded, address):
    assert address_of(asked(peer, *forwarded), NETWORKS) == address


def test_without_trusted_proxies_the_header_is_not_read():
    assert address_of(asked(PROXY, CLIENT), ()) == PROXY


@pytest.mark.parametrize(
    ("header", "locale"),
    [(None, "zh-CN"), ("", "zh-CN"), ("en", "en"), ("fr, en;q=0.3", "en")],
)
def test_the_locale_is_the_best_of_ours(header, locale):
    assert locale_of(header) == locale


def test_numbers_and_names_come_through_as_they_were_sent():
    assert decode('{"a":[1,2.5,"指",null,true]}'.encode()) == {"a": [1, 2.5, "指", None, True]}
