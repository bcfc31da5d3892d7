"""Schemas are whole in themselves and speak every language of the house."""

from collections.abc import Iterator
from typing import Any

import pytest

from config.texts import LOCALES
from services.catalogue import Catalogue
from services.schema import schema, words

CATALOGUE = Catalogue.load()
MODELS = [
    (service.id, model)
    for service in CATALOGUE.services.values()
    for model in (service.question, service.answer)
]


def properties(node: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(node, list):
        for item in node:
            yield from properties(item, path)
    if isinstance(node, dict):
        for name, found in node.get("properties", {}).items():
            yield f"{path}.{name}", found
        for key, value in node.items():
            yield from properties(value, f"{path}.{key}")


def keys(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for item in node:
            yield from keys(item)
    if isinstance(node, dict):
        yield from node
        for value in node.values():
            yield from keys(value)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize(("id", "model"), MODELS)
def test_every_property_has_a_title_in_every_language(id, model, locale):
    for path, found in properties(schema(model, locale)):
        assert found.get("title", "").strip(), path
        assert locale != "zh-CN" or not found["title"].isascii(), path
        assert locale != "en" or found["title"].isascii(), path


@pytest.mark.parametrize(("id", "model"), MODELS)
def test_a_reader_follows_no_reference_and_sees_no_other_language(id, model):
    assert not {"$ref", "$defs", "x-words", "anyOf"} & set(keys(schema(model, "en")))


@pytest.mark.parametrize(("id", "model"), MODELS)
def test_a_chart_names_properties_of_its_rows(id, model):
    for path, found in properties(schema(model, "en")):
        if chart := found.get("x-chart"):
            rows = found["items"]["properties"]
            assert {chart["x"], *chart["y"]} <= rows.keys(), path


@pytest.mark.parametrize(("id", "model"), MODELS)
def test_every_choice_has_a_label(id, model):
    for path, found in properties(schema(model, "zh-CN")):
        if "enum" in found:
            assert set(found["enum"]) == set(found["x-labels"]), path


def test_an_answer_has_one_headline():
    for service in (one for one in CATALOGUE.services.values() if one.function):
        top = schema(service.answer, "en")["properties"].values()
        assert sum(found.get("x-headline", False) for found in top) == 1, service.id


def test_words_without_a_language_are_refused():
    with pytest.raises(ValueError, match="en"):
        words("余额", en=" ")
