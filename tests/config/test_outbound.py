"""The one HTTP client against real servers that are slow, huge, moved, closed or inside."""

import asyncio
import socket
import ssl
from ipaddress import ip_address, ip_network

import pytest
from aiohttp import web

from config.outbound import Guard, Outbound, OutboundFailed
from config.settings import Settings
from tests.conftest import fresh_key

MOST = 1000


def embedded(folder):
    return Settings(_env_file=None, environment="embedded", data_folder=folder)


def production(folder, **others):
    """Settings of a production process; nothing is reached through them."""
    values = {
        "environment": "production",
        "data_folder": folder,
        "public_url": "https://zhiban.example.cn",
        "database_url": "postgresql://db.example.cn/zhiban",
        "redis_url": "redis://valkey.example.cn",
        "seal_keys": f"1:{fresh_key()}",
        "index_keys": f"1:{fresh_key()}",
        "sandbox_key": "",
        "register_url": "https://register.example.cn",
        "register_key": fresh_key(),
    }
    return Settings(_env_file=None, **(values | others))


@pytest.fixture
async def server():
    """A department that misbehaves by path; counts what arrives."""
    asked = []

    async def answer(request):
        asked.append(request.path)
        match request.path:
            case "/slow":
                await asyncio.sleep(30)
            case "/huge":
                return web.Response(body=b"x" * (MOST + 1))
            case "/full":
                return web.Response(body=b"x" * MOST)
            case "/moved":
                return web.Response(status=302, headers={"Location": "/elsewhere"})
            case "/broken":
                request.transport.close()
            case "/failed":
                return web.Response(status=500, body=b"no")
        return web.Response(body=await request.read(), headers={"X-Seen": request.method})

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = site._server.sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}", asked
    await runner.cleanup()


@pytest.fixture
async def outbound(tmp_path):
    async with Outbound(embedded(tmp_path), most_bytes=MOST) as client:
        yield client


async def refused(client, url, **more):
    with pytest.raises(OutboundFailed) as failed:
        await client.send("GET", url, timeout=more.pop("timeout", 5.0), **more)
    return failed.value.reason


@pytest.mark.parametrize(
    ("path", "reason"),
    [("/huge", "too-large"), ("/moved", "redirected"), ("/broken", "broken")],
)
async def test_a_misbehaving_server_has_a_reason(outbound, server, path, reason):
    assert await refused(outbound, server[0] + path) == reason


async def test_a_server_that_hangs_is_left_at_the_deadline(outbound, server):
    assert await refused(outbound, server[0] + "/slow", timeout=0.2) == "timeout"


async def test_a_redirect_is_not_followed(outbound, server):
    await refused(outbound, server[0] + "/moved")
    assert server[1] == ["/moved"]


async def test_a_closed_port_is_refused(outbound):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{taken.getsockname()[1]}/"
        assert await refused(outbound, address) == "refused"


async def test_a_name_that_does_not_exist_is_unresolved(outbound):
    assert await refused(outbound, "http://no-such-name.invalid/") == "unresolved"


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.cn/",
        "file:///etc/passwd",
        "http://",
        "http://user:secret@127.0.0.1/",
        "http://169.254.169.254/latest/meta-data",
        "http://[fe80::1]/",
        "http://0.0.0.0/",
        "http://[::ffff:169.254.169.254]/",
        "http://[bad",
    ],
)
async def test_an_address_nobody_may_ask_is_refused_everywhere(outbound, url):
    assert await refused(outbound, url) == "address-not-allowed"


@pytest.mark.parametrize(
    "url",
    [
        "http://example.cn/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://10.1.2.3/",
        "https://[::ffff:10.1.2.3]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[2002:7f00:1::]/",
        "https://192.168.0.1/",
        "https://100.64.0.1/",
        "https://[fd00::1]/",
    ],
)
async def test_production_refuses_plain_http_and_inner_addresses(tmp_path, url):
    async with Outbound(production(tmp_path)) as client:
        assert await refused(client, url) == "address-not-allowed"


@pytest.mark.parametrize("name", ["localhost", "127.1", "2130706433", "0x7f000001"])
async def test_production_refuses_a_name_that_resolves_to_loopback(tmp_path, name):
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        async with Outbound(production(tmp_path)) as client:
            assert await refused(client, f"https://{name}:{port}/") == "address-not-allowed"
        listening.settimeout(0.1)
        with pytest.raises(TimeoutError):
            listening.accept()


def test_production_reaches_a_private_network_that_was_named_and_no_other(tmp_path):
    guard = Guard(production(tmp_path, outbound_networks=(ip_network("10.9.0.0/16"),)))
    assert guard.allows(ip_address("10.9.1.2"))
    assert not guard.allows(ip_address("10.8.1.2"))
    assert guard.allows(ip_address("114.114.114.114"))


def test_loopback_stays_refused_in_production_even_if_named(tmp_path):
    guard = Guard(production(tmp_path, outbound_networks=(ip_network("127.0.0.0/8"),)))
    assert not guard.allows(ip_address("127.0.0.1"))


async def test_a_server_that_does_not_speak_tls_is_a_tls_fault(outbound, server):
    assert await refused(outbound, server[0].replace("http", "https")) == "tls"


async def test_a_certificate_nobody_vouches_for_is_a_tls_fault(outbound, tmp_path):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*self_signed(tmp_path))
    closing = await asyncio.start_server(lambda _r, w: w.close(), "127.0.0.1", 0, ssl=context)
    async with closing:
        port = closing.sockets[0].getsockname()[1]
        assert await refused(outbound, f"https://127.0.0.1:{port}/") == "tls"


def self_signed(folder):
    from datetime import UTC, datetime, timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(now).not_valid_after(now + timedelta(days=1))
    (folder / "c.pem").write_bytes(
        made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (folder / "k.pem").write_bytes(private)
    return folder / "c.pem", folder / "k.pem"


async def test_an_error_status_is_an_answer(outbound, server):
    reply = await outbound.send("GET", server[0] + "/failed", timeout=5.0)
    assert (reply.status, reply.body) == (500, b"no")


async def test_a_body_of_exactly_the_limit_arrives(outbound, server):
    assert len((await outbound.send("GET", server[0] + "/full", timeout=5.0)).body) == MOST


async def test_json_is_sent_as_compact_utf_8_and_a_body_as_it_is(outbound, server):
    reply = await outbound.send("POST", server[0] + "/", json={"姓名": 1}, timeout=5.0)
    assert reply.body == '{"姓名":1}'.encode()
    reply = await outbound.send("PUT", server[0] + "/", body=b"\x00a", timeout=5.0)
    assert (reply.body, reply.headers["x-seen"]) == (b"\x00a", "PUT")


async def test_a_reply_prints_without_its_body(outbound, server):
    reply = await outbound.send("POST", server[0] + "/", body=b"private", timeout=5.0)
    assert "private" not in repr(reply)


async def test_a_cancelled_caller_is_cancelled_and_not_answered(outbound, server):
    task = asyncio.create_task(outbound.send("GET", server[0] + "/slow", timeout=20.0))
    await asyncio.sleep(0.1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_compressed_body_is_not_unfolded(tmp_path):
    import gzip

    bomb = gzip.compress(b"\0" * 10_000_000)

    async def answer(_request):
        return web.Response(body=bomb, headers={"Content-Encoding": "gzip"})

    app = web.Application()
    app.router.add_get("/", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    url = f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}/"
    async with Outbound(embedded(tmp_path)) as client:
        assert (await client.send("GET", url, timeout=5.0)).body == bomb
    await runner.cleanup()
