"""One application for strangers from addresses of their own, and an owner whom nobody has asked."""

from collections.abc import AsyncIterator

import pytest

from config.settings import Settings
from tests.support.cars import (
    Owner,
    an_owner_asked_by_nobody,
    behind_a_proxy,
    code_of,
    registered,
)
from tests.support.http import Api
from tests.support.sandbox import Sandbox


@pytest.fixture(scope="module")
async def api(api_settings: Settings, sandbox: Sandbox) -> AsyncIterator[Api]:
    async with behind_a_proxy(api_settings, sandbox) as running:
        yield running


@pytest.fixture
async def owner(api: Api, healthy_sandbox: Sandbox) -> Owner:
    return await an_owner_asked_by_nobody(api)


@pytest.fixture
async def number(api: Api, owner: Owner) -> str:
    return await registered(api, owner)


@pytest.fixture
async def code(api: Api, owner: Owner, number: str) -> str:
    return await code_of(api, owner, number)
