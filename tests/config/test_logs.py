"""Log lines: one JSON object each, no values of people, Sanic's included."""

import asyncio
import base64
import io
import json
import logging
import random
import subprocess
import sys

import pytest

from config import logs

NUMBER = "11010519491231002X"  # the example of GB 11643
BYTES = random.Random(7).randbytes  # the same in every process of a run


@pytest.fixture
def lines():
    """What a house log would have written, as text."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.JsonLine())
    logger = logging.getLogger("zhiban")
    logger.addHandler(handler)
    logger.propagate = False
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logger.propagate = True
    logger.removeHandler(handler)


@pytest.mark.parametrize(
    "value",
    [
        NUMBER,
        NUMBER.lower(),
        "440524188001010014",
        "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
        "eyJhbGciOiJSU0EifQ.a.b.c.d",
        base64.b64encode(BYTES(300)).decode(),
        base64.urlsafe_b64encode(BYTES(32)).decode().rstrip("="),
        BYTES(32).hex(),
        base64.b64encode(BYTES(32)).decode(),
    ],
)
@pytest.mark.parametrize("around", ["{}", "身份证{}。", '"number": "{}"', "Bearer {}", "x={}&y=1"])
def test_what_looks_personal_is_masked(value, around):
    assert value not in logs.masked(around.format(value))
    assert logs.MASK in logs.masked(around.format(value))


@pytest.mark.parametrize(
    "text",
    [
        "3f2a8c1e-9b7d-4e6f-8a1b-2c3d4e5f6a7b",
        "identity-not-matched",
        "GET /v1/services/{id}",
        "1234567890123456789",
        "2026-11-21T04:37:53.110+00:00",
        "provident-fund",
    ],
)
def test_what_a_reader_needs_stays(text):
    assert logs.masked(text) == text


def test_a_line_holds_time_level_room_event_request_and_fields(lines):
    token = logs.request_id.set("r-1")
    logs.get("gate").info("answered", status=200, ms=1.5, route="/v1/me", ok=True, none=None)
    logs.request_id.reset(token)
    (line,) = lines()
    assert line.pop("time").endswith("+00:00")
    assert line == {
        "level": "info",
        "room": "gate",
        "event": "answered",
        "request_id": "r-1",
        "status": 200,
        "ms": 1.5,
        "route": "/v1/me",
        "ok": True,
        "none": None,
    }


@pytest.mark.parametrize(
    "value", [f"欧阳 {'9' * 17}X", ["x", "9" * 18], {"n": "9" * 18}, int("9" * 18)]
)
def test_a_personal_value_in_a_field_of_any_shape_is_masked(value):
    record = logging.LogRecord("zhiban.test", logging.INFO, "", 0, "event", (), None)
    record.fields = {"value": value}
    assert "9" * 17 not in logs.JsonLine().format(record)


def test_a_fault_is_logged_with_places_and_without_its_message():
    secret = "private words"
    try:
        try:
            raise KeyError(secret)
        except KeyError as cause:
            raise ValueError(secret) from cause
    except ValueError as fault:
        info = (type(fault), fault, fault.__traceback__)
    record = logging.LogRecord("zhiban.test", logging.ERROR, "", 0, "event", (), info)
    text = logs.JsonLine().format(record)
    assert secret not in text
    assert [line for line in json.loads(text)["fault"] if not line.startswith("  ")] == [
        "builtins.ValueError",
        "builtins.KeyError",
    ]
    assert "test_logs.py" in text


SANIC = """
import sys
from config import logs
from sanic import Sanic, response
app = Sanic("probe")
logs.configure("DEBUG")

@app.get("/<name>")
async def fail(request, name):
    raise RuntimeError("private words")

@app.after_server_start
async def ask(app):
    import asyncio
    host, port = app.ctx.sock.getsockname()
    reader, writer = await asyncio.open_connection(host, port)
    asked = ["GET /private-path?q=private-query HTTP/1.1", "Host: x", "Connection: close", "", ""]
    writer.write("\\r\\n".join(asked).encode())
    await reader.read()
    app.stop()

if __name__ == "__main__":
    import socket
    app.ctx.sock = socket.create_server(("127.0.0.1", 0))
    app.run(sock=app.ctx.sock, single_process=True, motd=False, access_log=True)
"""


def test_sanic_says_nothing_but_json_and_no_value_of_a_request(tmp_path):
    """A real server whose handler fails: its exception is logged, path, query and words are not."""
    file = tmp_path / "probe.py"
    file.write_text(SANIC)
    done = subprocess.run(
        [sys.executable, str(file)], capture_output=True, text=True, timeout=60, check=False,
        env={"PYTHONPATH": ".", "PATH": ""},
    )  # fmt: skip
    said = done.stderr.splitlines() + done.stdout.splitlines()
    parsed = [json.loads(line) for line in said]
    assert [line for line in parsed if "builtins.RuntimeError" in line.get("fault", [])]
    assert "private" not in done.stderr + done.stdout


async def test_lines_of_one_turn_are_written_together_in_their_order():
    out = io.StringIO()
    handler = logs.HouseHandler(out)
    handler.setFormatter(logging.Formatter("%(message)s"))
    handler.gather(asyncio.get_running_loop())
    for event in ("one", "two"):
        handler.handle(logging.makeLogRecord({"msg": event, "levelno": logging.INFO}))
    assert out.getvalue() == ""
    await asyncio.sleep(0)
    assert out.getvalue() == "one\ntwo\n"


async def test_a_warning_waits_for_nothing_and_overtakes_nothing():
    out = io.StringIO()
    handler = logs.HouseHandler(out)
    handler.setFormatter(logging.Formatter("%(message)s"))
    handler.gather(asyncio.get_running_loop())
    handler.handle(logging.makeLogRecord({"msg": "told", "levelno": logging.INFO}))
    handler.handle(logging.makeLogRecord({"msg": "warned", "levelno": logging.WARNING}))
    assert out.getvalue() == "told\nwarned\n"
