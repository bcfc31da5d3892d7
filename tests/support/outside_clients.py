"""Programs of others, run against a whole house: their packages, papers and runs."""

import json
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from joserfc.jwk import ECKey

from mobile_ui import install as installing
from tests.support.front_end import node
from tests.support.house import House
from tests.support.log_capture import personal
from tests.support.workers import one_at_a_time

FOLDER = Path(__file__).parents[1] / "outside"
CALLBACK = "https://clinic.example/callback"
AFTER = "https://clinic.example/signed-out"
PATIENCE = 120.0


@dataclass(frozen=True)
class OutsideClient:
    """An approved client on a running house, with its private keys (JWK)."""

    house: House
    id: str
    registration_token: str = field(repr=False)
    key: dict[str, Any] = field(repr=False)

    def settings(self, **others: Any) -> dict[str, Any]:
        """What a script is given."""
        return {
            "issuer": self.house.url,
            "sandbox": self.house.sandbox_url,
            "client_id": self.id,
            "key": self.key,
            "redirect_uri": CALLBACK,
            "post_logout_redirect_uri": AFTER,
            "resident": 1,
        } | others

    async def break_with(self, *faults: str, seconds: int = 1) -> None:
        """Faults at its own wish; none heals it."""
        url = f"{self.house.url}/oauth/register/{self.id}/faults"
        headers = {"Authorization": f"Bearer {self.registration_token}"}
        wanted = {"faults": faults, "seconds": seconds}
        async with (
            aiohttp.ClientSession() as http,
            http.put(url, json=wanted, headers=headers) as answer,
        ):
            assert answer.status == 200, await answer.text()


def fresh_key(kid: str, use: str = "sig", **more: str) -> dict[str, Any]:
    """A private P-256 key as JWK."""
    made = ECKey.generate_key("P-256", {"kid": kid, "use": use, **more}, private=True)
    return dict(made.as_dict(private=True))


def public(key: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in key.items() if name not in ("d", "key_ops", "ext")}


def invitation(house: House, environment: str = "sandbox") -> str:
    """What the operator's command prints."""
    made = house.run("identity.partners", "invite", "--environment", environment)
    found = re.search(r"zi_\S+", made.stdout)
    assert found, made.stdout + made.stderr
    return personal(found[0])


def approve(house: House, id: str) -> None:
    done = house.run("identity.partners", "approve", id)
    assert done.returncode == 0, done.stderr


async def registered(
    house: House, *, environment: str = "sandbox", approved: bool = True, **metadata: Any
) -> OutsideClient:
    """Invited by command, registered over HTTP, approved by command."""
    key = fresh_key("first", alg="ES256")
    keys = [public(key), *metadata.pop("more_keys", [])]
    said = {
        "name": {"zh": "示范诊所", "en": "Demo Clinic"},
        "purpose": {"zh": "为您挂号", "en": "to book a visit for you"},
        "organisation": {"zh": "示范诊所有限公司", "en": "Demo Clinic Ltd"},
        "credit_code": "91350100M000100Y43",
        "region": "440100",
        "responsible": {"name": "陈经理", "phone": "13800138000", "mail": "chen@clinic.example"},
        "redirect_uris": [CALLBACK],
        "post_logout_redirect_uris": [AFTER],
        "jwks": {"keys": keys},
    } | metadata
    headers = {"Authorization": f"Bearer {invitation(house, environment)}"}
    async with (
        aiohttp.ClientSession() as http,
        http.post(f"{house.url}/oauth/register", json=said, headers=headers) as answer,
    ):
        made = await answer.json()
        assert answer.status == 201, made
    if approved:
        approve(house, made["client_id"])
    token = personal(made["registration_access_token"])
    return OutsideClient(house, made["client_id"], token, key)


@pytest.fixture(scope="session")
def outside_packages() -> Path:
    """The folder of the outside clients, with what package-lock.json names."""
    node()
    try:
        with one_at_a_time(FOLDER):
            installing.install(folder=FOLDER)
    except installing.InstallFailed as failure:
        pytest.skip(f"NO OUTSIDE CLIENTS: {failure}")
    return FOLDER


def run_script(script: Path, *arguments: str, folder: Path = FOLDER) -> str:
    """What it prints; its whole output becomes the failure when it does not end well."""
    done = subprocess.run(
        [node(), str(script), *arguments],
        cwd=folder, capture_output=True, text=True, timeout=PATIENCE, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return done.stdout


def told_by(script: str, settings: dict[str, Any]) -> dict[str, Any]:
    """The JSON object that a script of tests/outside prints last."""
    printed = run_script(FOLDER / script, json.dumps(settings))
    told: dict[str, Any] = json.loads(printed.strip().splitlines()[-1])
    return told
