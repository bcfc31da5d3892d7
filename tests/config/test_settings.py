"""Settings: what production and embedded mode refuse, and the key file."""

import asyncio
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from config.settings import FaceSettings, RefusedToStart, Settings, load
from tests.conftest import fresh_key

PRODUCTION = {
    "environment": "production",
    "public_url": "https://zhiban.example.cn",
    "database_url": "postgresql://db.example.cn/zhiban",
    "redis_url": "redis://valkey.example.cn",
    "seal_keys": f"1:{fresh_key()}",
    "index_keys": f"1:{fresh_key()}",
    "sandbox_key": "",
    "register_url": "https://register.example.cn",
    "register_key": fresh_key(),
}


@pytest.fixture(autouse=True)
def outside_any_project(tmp_path, monkeypatch):
    """No ``.env`` and no setting of the machine plays along."""
    monkeypatch.chdir(tmp_path)
    for name in [*Settings.model_fields, "ENVIRONMENT", "DATA_FOLDER"]:
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"database_url": ""}, "DATABASE_URL"),
        ({"redis_url": ""}, "REDIS_URL"),
        ({"seal_keys": ""}, "SEAL_KEYS"),
        ({"index_keys": ""}, "INDEX_KEYS"),
        ({"sandbox_key": fresh_key()}, "SANDBOX_KEY"),
        ({"public_url": "http://zhiban.example.cn"}, "PUBLIC_URL"),
        ({"register_url": ""}, "REGISTER_URL"),
        ({"register_url": "http://127.0.0.1:8001/population-register"}, "REGISTER_URL"),
        ({"register_key": ""}, "REGISTER_KEY"),
        ({"outside_issuer": "http://id.example.cn"}, "OUTSIDE_ISSUER"),
        ({"card_office_url": "http://cards.example.cn", "card_office_key": "k"}, "CARD_OFFICE_URL"),
        ({"card_office_url": "https://cards.example.cn"}, "CARD_OFFICE_KEY"),
    ],
)
def test_production_refuses_to_start_and_names_the_setting(changed, named):
    with pytest.raises(RefusedToStart, match=named):
        Settings(**(PRODUCTION | changed))


def test_production_starts_when_everything_is_set():
    assert Settings(**PRODUCTION).environment == "production"


@pytest.mark.parametrize("name", ["database_url", "redis_url", "seal_keys", "index_keys"])
def test_a_sandbox_on_real_servers_needs_its_own_keys_and_addresses(name):
    with pytest.raises(RefusedToStart, match=name.upper()):
        Settings(**(PRODUCTION | {"environment": "sandbox", name: ""}))


def test_embedded_mode_listens_on_loopback_only():
    with pytest.raises(RefusedToStart, match="HOST"):
        Settings(environment="embedded", host="0.0.0.0")


def test_an_unknown_environment_is_refused():
    with pytest.raises(ValidationError):
        Settings(environment="staging")


def test_no_secret_is_printed():
    made = Settings(**PRODUCTION)
    for name in ("seal_keys", "index_keys", "register_key"):
        assert PRODUCTION[name] not in repr(made) + str(made.model_dump())


def test_the_face_process_neither_makes_nor_reads_the_key_file(tmp_path, monkeypatch):
    monkeypatch.setenv("DATA_FOLDER", str(tmp_path / "d"))
    made = load(FaceSettings)
    assert not (tmp_path / "d").exists()
    assert not hasattr(made, "seal_keys")


def test_the_key_file_is_private_and_stays_the_same(tmp_path, monkeypatch):
    monkeypatch.setenv("DATA_FOLDER", str(tmp_path / "d"))
    first, second = load(Settings), load(Settings)
    assert stat.S_IMODE((tmp_path / "d" / "keys.env").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "d").stat().st_mode) == 0o700
    assert first.seal_keys.get_secret_value() == second.seal_keys.get_secret_value() != ""


async def test_processes_that_start_at_once_share_one_key(tmp_path):
    program = "from config.settings import *; print(load(Settings).seal_keys.get_secret_value())"
    environment = {
        "DATA_FOLDER": str(tmp_path / "d"),
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "PATH": os.environ["PATH"],
    }
    children = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", program, stdout=subprocess.PIPE, env=environment, cwd=tmp_path
        )
        for _ in range(4)
    ]
    said = [(await child.communicate())[0] for child in children]
    assert len(set(said)) == 1
    assert said[0].startswith(b"1:")
    assert [file.name for file in (tmp_path / "d").iterdir()] == ["keys.env"]
