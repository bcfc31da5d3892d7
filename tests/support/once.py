"""What comes out the same each time in a process, and is therefore done once for all its tests.

The house itself does each of these once a process; hundreds of tests open it anew. What they give
is theirs: only how often it is made is different.
"""

import gc
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import pytest
from tortoise.apps import Apps

from api import openapi

SELDOM = (50_000, 20, 100)  # as web's workers have it (api/serve.py)
_describe, _build = openapi.models_json_schema, Apps._build_initial_querysets
_built: set[type[Any]] = set()


def pytest_configure() -> None:
    openapi.models_json_schema = _described
    Apps._build_initial_querysets = _built_once  # type: ignore[method-assign]


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """All of the house is loaded here, and stays: garbage is not looked for among it, and later
    seldom. pytest collects thrice at the end, where what nobody awaited is still told of.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.set_threshold(*SELDOM)
        gc.enable()


def _built_once(self: Apps) -> None:
    """Filters and base queries lie with the models, and know no connection."""
    models = {model for app in self.apps.values() for model in app.values()}
    if not models <= _built:
        _build(self)
        _built.update(models)


def _described(pairs: Sequence[Any], **given: Any) -> Any:
    return _described_once(tuple(pairs), **given)


@cache
def _described_once(pairs: tuple[Any, ...], **given: Any) -> Any:
    return _describe(pairs, **given)
