"""The device grant with openid-client as the kiosk's program (RFC 8628), a telephone beside it."""

import asyncio
import json
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from jwt.algorithms import ECAlgorithm

from tests.support.front_end import node
from tests.support.http import Api
from tests.support.kiosk import SCOPE, SERVICE, KioskPage, Phone, a_kiosk
from tests.support.log_capture import personal


async def begun(api: Api, kiosk: KioskPage, folder: Path) -> asyncio.subprocess.Process:
    """The program, which prints what its QR shows and waits for a number."""
    key = ECAlgorithm.to_jwk(kiosk.private, as_dict=True) | {"kid": kiosk.kid}
    given = {"issuer": api.url, "client_id": kiosk.id, "key": key}
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(
        node(), str(folder / "kiosk.mjs"), json.dumps(given | {"scope": SCOPE, "service": SERVICE}),
        cwd=folder, stdin=pipe, stdout=pipe, stderr=pipe,
    )  # fmt: skip


async def test_openid_client_is_let_in_by_a_telephone(api: Api, outside_packages: Path):
    """It begins without a proof, as RFC 8628 has it; what it gets is bound, short and alone."""
    kiosk, phone = await a_kiosk(api), Phone(api, await api.registered())
    program = await begun(api, kiosk, outside_packages)
    assert program.stdout
    line = await program.stdout.readline()
    assert line, (await program.communicate())[1].decode()
    shown = json.loads(line)
    assert shown["expires_in"] <= 300
    page = urlsplit(urlsplit(shown["uri"]).fragment)
    scanned = await phone.scan(parse_qs(page.query)["code"][0])
    assert scanned.status == 201, scanned.body
    number = (await phone.answer(scanned.body["id"])).body["number"]
    out, wrong = await program.communicate(f"{number}\n".encode())
    assert program.returncode == 0, wrong.decode()
    told = json.loads(personal(out.decode()))
    assert (told["type"], told["refresh"], told["status"]) == ("dpop", "", 200)
    assert told["expires_in"] <= 300
