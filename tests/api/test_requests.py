"""Bad requests: each has its own code, says what to do, and shows none of what was sent."""

import asyncio
import json
from urllib.parse import urlsplit

import pytest

from api.routes import USUAL_BODY
from tests.support.http import Api

JSON = {"Content-Type": "application/json"}
SECRET = "gehaimnis"


async def raw(api: Api, sent: bytes) -> tuple[bytes, bytes]:
    """Bytes on the wire → head and body of the answer."""
    where = urlsplit(api.url)
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    writer.write(sent)
    await writer.drain()
    answer = await reader.read()
    writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    return head, body


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"device":"abcdefgh"} x',
        b'{"device":"abcdefgh","device":"ijklmnop"}',
        b'{"device":NaN}',
        b'{"device":"\xff\xfe\xff\xfe\xff\xfe\xff\xfe"}',
        b'{"device":"\\ud800abcdefgh"}',
        b"[" * 20_000,
        b'{"device":' + b"1" * 5000 + b"}",
    ],
)
async def test_what_is_not_json_is_malformed(api: Api, body: bytes):
    answer = await api.send("POST", "/v1/challenges", data=body, headers=JSON)
    assert (answer.status, answer.code) == (422, "json-malformed")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ([], ""),
        ({}, "device"),
        ({"device": 12345678}, "device"),
        ({"device": None}, "device"),
        ({"device": ["abcdefgh"]}, "device"),
        ({"device": "short"}, "device"),
        ({"device": "with space"}, "device"),
        ({"device": "x" * 129}, "device"),
    ],
)
async def test_a_wrong_type_names_its_field(api: Api, body: object, field: str):
    answer = await api.post("/v1/challenges", body)
    assert (answer.status, answer.code) == (422, "request-invalid")
    assert [error["field"] for error in answer.body["errors"]] == [field]
    assert all(error["message"] for error in answer.body["errors"])


async def test_a_refusal_repeats_neither_names_nor_values_that_were_sent(api: Api):
    answer = await api.post("/v1/challenges", {"device": f"{SECRET} !", SECRET: SECRET})
    assert answer.code == "request-invalid"
    assert SECRET.encode() not in answer.raw


async def test_every_fault_of_a_verification_is_named_at_once(api: Api):
    wrong = {"name": 1, "frames": [{"prompt": "up", "image": 2}], "consent": "yes"}
    answer = await api.post("/v1/verifications", wrong)
    fields = {error["field"] for error in answer.body["errors"]}
    assert {"name", "id_number", "challenge", "frames.0.prompt", "frames.0.image"} <= fields


async def test_more_frames_than_eight_are_refused(api: Api):
    answer = await api.post(
        "/v1/verifications", {"frames": [{"prompt": "front", "image": "AAAA"}] * 9}
    )
    errors = {error["field"]: error["message"] for error in answer.body["errors"]}
    assert "frames" in errors


async def test_a_body_that_is_announced_too_large_is_refused_before_it_is_sent(api: Api):
    head, body = await raw(
        api,
        b"POST /v1/challenges HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        b"Content-Length: 3000000\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n",
    )
    assert b" 413 " in head.split(b"\r\n")[0]  # and not 100 Continue
    assert json.loads(body)["code"] == "body-too-large"


@pytest.mark.parametrize("size", [USUAL_BODY + 1, 4_000_000])
async def test_a_body_too_large_is_refused_whether_announced_or_not(api: Api, size: int):
    async def unannounced():
        for _ in range(0, size, 65_536):
            yield b" " * 65_536

    for data in (b" " * size, unannounced()):
        answer = await api.send("POST", "/v1/challenges", data=data, headers=JSON)
        assert (answer.status, answer.code) == (413, "body-too-large")


async def test_a_body_of_another_kind_is_refused(api: Api):
    answer = await api.send("POST", "/v1/challenges", data={"device": "abcdefgh"})
    assert (answer.status, answer.code) == (415, "content-type-unknown")


@pytest.mark.parametrize("path", ["/nope", "/v1/nope", "/v1/services/", "//v1/services"])
async def test_an_unknown_address_is_missing(api: Api, path: str):
    answer = await api.get(path)
    assert (answer.status, answer.code) == (404, "route-unknown")


async def test_a_method_that_is_not_offered_says_which_are(api: Api):
    answer = await api.send("PUT", "/v1/services")
    assert (answer.status, answer.code) == (405, "method-not-allowed")
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD"}


@pytest.mark.parametrize(
    "query", ["x=1", "q=a&q=b", "q=%ff", "region=44x", "q=" + "长" * 65, "&".join(["q=a"] * 40)]
)
async def test_a_query_that_does_not_fit_is_invalid(api: Api, query: str):
    answer = await api.get(f"/v1/services?{query}")
    assert (answer.status, answer.code) == (422, "request-invalid")


async def test_what_is_not_http_is_answered_as_a_problem_too(api: Api):
    head, body = await raw(api, b"GET\r\n\r\n")
    assert b" 400 " in head.split(b"\r\n")[0]
    assert b"application/problem+json" in head
    assert json.loads(body)["code"] == "request-malformed"


async def test_a_head_request_has_the_head_of_its_get(api: Api):
    got, asked = await api.get("/v1/services"), await api.send("HEAD", "/v1/services")
    assert (asked.status, asked.raw) == (200, b"")
    assert asked.headers["ETag"] == got.headers["ETag"]


async def test_an_id_that_the_caller_chose_is_not_taken_over(api: Api):
    answer = await api.get("/v1/environment", headers={"X-Request-Id": SECRET})
    assert SECRET not in answer.headers["X-Request-Id"]
