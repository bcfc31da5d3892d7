"""Addresses of clients: exact, https, nobody else's (RFC 9700 §2.1, RFC 8252 §7)."""

import pytest

from identity.partners.addresses import AddressRefused, check, check_redirect, owner

GOOD = "https://hospital.example/callback"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "callback",
        "//hospital.example/callback",
        "https:///callback",
        "https:hospital.example",
        "https://hospital.example/callback#",
        "https://hospital.example/callback#part",
        "https://hospital.example/*",
        "https://*.hospital.example/callback",
        "https://user@hospital.example/callback",
        "https://user:secret@hospital.example/callback",
        "https://hospital.example@evil.example/",
        "https://hospital.example:0/callback",
        "https://hospital.example:/callback",
        "https://hospital.example:99999/callback",
        "https://hospital.example:port/callback",
        "https://hospital.example/../callback",
        "https://hospital.example/a/%2e%2E/callback",
        "https://hospital.example/.",
        "https://Hospital.example/callback",
        "HTTPS://hospital.example/callback",
        "https://hospital/callback",
        "https://-hospital.example/callback",
        "https://hospital..example/callback",
        "https://hospital.example./callback",
        "https://医院.example/callback",
        "https://hospital.example/call back",
        "https://hospital.example/call\\back",
        "https://hospital.example/%zz",
        "https://hospital.example/\r\nSet-Cookie:a=b",
        "https://hospital.example\\@evil.example/",
        "https://10.0.0.1/callback",
        "https://203.0.113.7/callback",
        "https://0x7f.1/callback",
        "https://[2001:db8::1]/callback",
        "https://[fe80::1%25eth0]/callback",
        "https://hospital.example/" + "a" * 2000,
        "http://hospital.example/callback",
        "ftp://hospital.example/callback",
        "javascript:alert(1)",
        "data:text/html,hello",
        "file:///etc/passwd",
        "com.example.app:/callback",
    ],
)
@pytest.mark.parametrize("strict", [True, False])
def test_what_is_not_https_at_a_name_of_ones_own_is_refused_everywhere(address: str, strict: bool):
    with pytest.raises(AddressRefused):
        check(address, strict=strict)
    with pytest.raises(AddressRefused):
        check_redirect(address, native=False, strict=strict)


@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.1/cb", "http://127.0.0.1:8080/cb", "http://[::1]:3000/cb"],
)
def test_a_programmers_own_machine_will_do_outside_production_only(address: str):
    check_redirect(address, native=False, strict=False)
    with pytest.raises(AddressRefused):
        check_redirect(address, native=False, strict=True)


@pytest.mark.parametrize(
    "address",
    ["http://localhost/cb", "http://127.0.0.2/cb", "http://0.0.0.0/cb", "http://127.1/cb"],
)
def test_another_way_to_write_it_will_not_do(address: str):
    with pytest.raises(AddressRefused):
        check_redirect(address, native=True, strict=False)


@pytest.mark.parametrize("name", ["code", "state", "iss", "error", "response"])
def test_a_redirect_uri_may_not_answer_for_us(name: str):
    with pytest.raises(AddressRefused):
        check_redirect(f"{GOOD}?{name}=mine", native=False, strict=True)


@pytest.mark.parametrize(
    "address",
    [
        "app:/callback",
        "myapp://callback",
        "com.example.app://callback",
        "com.example.app:callback",
        "com.example.app:",
        "com.example.app:/callback#part",
        "javascript:/callback",
    ],
)
def test_a_private_scheme_is_a_name_the_other_way_round_without_a_host(address: str):
    with pytest.raises(AddressRefused):
        check_redirect(address, native=True, strict=True)


@pytest.mark.parametrize(
    "address", ["com.example.app:/callback", "http://127.0.0.1/cb", "http://[::1]/cb", GOOD]
)
def test_a_native_app_may_be_reached_in_the_ways_of_rfc_8252(address: str):
    check_redirect(address, native=True, strict=True)


@pytest.mark.parametrize("address", [GOOD, "https://a.b-c.example:8443/x?y=1", "https://x.cn"])
def test_https_at_a_name_is_taken(address: str):
    check(address, strict=True)


@pytest.mark.parametrize(
    ("address", "whose"),
    [
        (GOOD, "hospital.example"),
        ("https://hospital.example:8443/other", "hospital.example"),
        ("com.example.app:/callback", "com.example.app:"),
        ("http://127.0.0.1:8080/cb", ""),
        ("http://[::1]/cb", ""),
    ],
)
def test_an_address_has_an_owner_unless_it_is_everybodys_machine(address: str, whose: str):
    assert owner(address) == whose
