"""An incomplete item stops the house at its start, with file and line (GB/T 39554.1)."""

import asyncio
import json
import os
import sys
from pathlib import Path

import pytest

from api.app import create_app
from services.service import DeclarationRefused
from tests.conftest import settings_on
from tests.services.items.parts import folder_of, good, without, written
from tests.services.test_catalogue import GOOD, dropped
from tests.support.sandbox import free_port

ROOT = Path(__file__).parents[2]
PATIENCE = 170.0
NOWHERE = ("postgresql://nobody@127.0.0.1:1/x", "redis://127.0.0.1:1")


def incomplete(folder: Path) -> tuple[Path, str]:
    """A folder of listed items, one without its fee; and how it is refused."""
    content = without("item", "fee")
    items = folder_of(folder / "items", benefit=content, other=good())
    line = written(content).splitlines().index('  "item": {') + 1
    file = items / "human-resources" / "benefit.json"
    return items, f"{file}:{line}: item.fee: Field required"


def test_the_application_is_not_made_with_an_incomplete_item(tmp_path: Path):
    items, told = incomplete(tmp_path)
    with pytest.raises(DeclarationRefused) as refused:
        create_app(settings_on(*NOWHERE, tmp_path, items_folder=items), name="incomplete-item")
    assert str(refused.value) == told


def test_the_application_is_not_made_with_an_incomplete_service(tmp_path: Path):
    folder = dropped(tmp_path, GOOD.replace('"2070100098001"', '"2070"'))
    with pytest.raises(DeclarationRefused, match=r"interest\.py:20: item\.serial is not the 13"):
        create_app(settings_on(*NOWHERE, tmp_path), [folder], name="incomplete-service")


async def ended(module: str, folder: Path, **environment: str) -> tuple[int, str]:
    """A process of the house that is to end by itself: its status and what it said."""
    given = {"DATABASE_URL": NOWHERE[0], "REDIS_URL": NOWHERE[1], "DATA_FOLDER": str(folder)}
    given |= {"ENVIRONMENT": "embedded", "PORT": str(free_port()), "WEB_WORKERS": "1"}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module),
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **given, **environment},
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        _, said = await asyncio.wait_for(process.communicate(), PATIENCE)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode is not None
    return process.returncode, said.decode()


@pytest.mark.server
async def test_web_ends_at_once_and_says_which_line_of_which_file(tmp_path: Path):
    items, told = incomplete(tmp_path)
    status, said = await ended("api.serve", tmp_path / "data", ITEMS_FOLDER=str(items))
    assert status == 1
    assert f"web: {told}" in said.splitlines()
    assert "DeclarationRefused" not in said, "a line for whoever wrote the item, no trace of calls"


@pytest.mark.server
async def test_the_worker_ends_and_says_which_line_of_which_file(tmp_path: Path):
    folder = dropped(tmp_path, GOOD.replace('"2070100098001"', '"2070"'))
    folders = json.dumps([str(folder)])
    status, said = await ended("services.worker", tmp_path / "data", DEPARTMENT_FOLDERS=folders)
    assert status == 1
    assert said.startswith("worker: ") and "interest.py:20: item.serial is not" in said
    assert "Traceback" not in said
