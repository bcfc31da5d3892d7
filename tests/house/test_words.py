"""Every problem is explained in every language, and no language says more or less than another."""

import importlib
import json
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

import api
import config
import identity
import services
from api.ask import Ask
from api.problem_pages import index, known, show
from config.errors import Problem
from config.texts import LOCALES, OFFERED, words

ROOMS = (config, identity, services, api)
FOLDER = Path(config.__file__).parent / "locales"


def everything_imported() -> None:
    for room in ROOMS:
        for found in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
            if not found.name.endswith("__main__") and ".migrations" not in found.name:
                importlib.import_module(found.name)


everything_imported()
LEAVES = sorted({leaf.code: leaf for leaf in Problem.leaves()}.items())
CODES = [code for code, leaf in LEAVES if not leaf.__module__.startswith("tests")]


def gaps(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def page_of(code: str, locale: str) -> Ask[None, None]:
    unused = {"parts": None, "caller": None, "body": None, "query": None, "address": ""}
    return Ask(**unused, path={"code": code}, locale=locale, user_agent="")  # type: ignore[arg-type]


def test_there_are_many_problems():
    assert len(CODES) > 50


def test_no_two_problems_share_a_code():
    ours = [one for one in Problem.leaves() if not one.__module__.startswith("tests")]
    codes = [leaf.code for leaf in ours]
    assert sorted(set(codes)) == sorted(codes)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("code", [Problem.code, *CODES])
def test_every_problem_has_a_title_and_a_detail(code: str, locale: str):
    for part in ("title", "detail"):
        assert words(locale)[f"problem.{code}.{part}"].strip()


@pytest.mark.parametrize("locale", LOCALES)
async def test_every_problem_of_ours_has_its_page(locale: str):
    whole = (await index(page_of("", locale))).body.decode()
    for code in known():
        assert f'href="/problems/{code}"' in whole
        page = (await show(page_of(code, locale))).body.decode()
        assert f"<code>{code}</code>" in page
        assert not re.search(r"{\w+}", page), code


def test_only_the_sandboxs_problems_have_no_page():
    missing = set(CODES) - known().keys()
    theirs = {code for code, leaf in LEAVES if leaf.__module__.startswith("services.sandbox")}
    assert missing == theirs


def test_no_text_explains_a_problem_that_is_gone():
    told = {key.split(".")[1] for key in words("en") if key.startswith("problem.")}
    assert told <= {Problem.code, *CODES}


def files(locale: str) -> Iterator[tuple[str, dict[str, str]]]:
    for file in sorted((FOLDER / locale).glob("*.json")):
        yield file.name, json.loads(file.read_text(encoding="utf-8"))


def test_every_language_has_the_same_texts_in_the_same_files():
    said = [{name: sorted(texts) for name, texts in files(locale)} for locale in LOCALES]
    assert said[0]
    for other in said[1:]:
        assert other == said[0]


def test_every_folder_of_words_is_a_language_we_offer():
    found = {folder.name for folder in FOLDER.iterdir() if folder.is_dir()}
    assert set(LOCALES) <= found <= set(OFFERED)


@pytest.mark.parametrize("code", sorted(words("en")))
def test_every_text_waits_for_the_same_facts_in_every_language(code: str):
    assert len({frozenset(gaps(words(locale)[code])) for locale in LOCALES}) == 1
