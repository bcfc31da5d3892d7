"""Languages that speak for themselves only where residents sign in and give leave."""

import json
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

import config
from config.texts import DEFAULT_LOCALE, FALLBACK, MARK, OFFERED, own_words, preferred, words
from identity import consent
from identity.scopes import Scopes

FOLDER = Path(config.__file__).parent / "locales"
# Every text of these rooms that begins so is there in each partial language.
COMPLETE = ("assurance", "authorize", "config", "faces", "grants", "identity", "logout", "outside")
ON_THE_WAY = (
    "problem.",
    "way.",
    "scope.",
    "consent.",
    "purpose.",
    "proofing.",
    "grant.",
    "logout.",
)
# What else the pages show there; of these rooms only a part.
SPOKEN = (
    *("document.resident-id", "document.passport", "problem.document-number-form.title"),
    *("problem.internal-error.detail", "problem.request-invalid.title", "request.missing"),
    *("problem.identity-frozen.detail", "problem.guardian-consent-needed.detail"),
    *("problem.handoff-unknown.detail", "problem.handoff-answered.title"),
    *("problem.window-not-confirmed.detail", "consent.window-verification"),
    *("problem.dpop-proof-invalid.detail", "problem.return-unknown.detail"),
)
PARTIAL = sorted(FALLBACK)


def files(locale: str) -> Iterator[tuple[str, dict[str, str]]]:
    for file in sorted((FOLDER / locale).glob("*.json")):
        yield file.stem, json.loads(file.read_text(encoding="utf-8"))


def room(name: str) -> dict[str, str]:
    found: dict[str, str] = json.loads((FOLDER / DEFAULT_LOCALE / f"{name}.json").read_text())
    return found


def gaps(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("locale", PARTIAL)
@pytest.mark.parametrize("name", COMPLETE)
def test_the_rooms_on_the_way_are_whole(locale: str, name: str) -> None:
    wanted = {code for code in room(name) if code.startswith(ON_THE_WAY) and "@" not in code}
    assert wanted - own_words(locale).keys() == set()


@pytest.mark.parametrize("locale", PARTIAL)
def test_what_else_is_shown_there_is_said(locale: str) -> None:
    assert set(SPOKEN) <= own_words(locale).keys()


@pytest.mark.parametrize("locale", PARTIAL)
def test_every_file_says_that_nobody_has_read_it_yet(locale: str) -> None:
    marks = {name: texts.get(MARK, "") for name, texts in files(locale)}
    assert marks
    assert {name for name, mark in marks.items() if "unreviewed" not in mark} == set()


@pytest.mark.parametrize("locale", PARTIAL)
def test_each_text_stands_in_its_room_with_the_same_facts(locale: str) -> None:
    for name, texts in files(locale):
        theirs = room(name)
        for code, said in texts.items():
            if code != MARK:
                assert said.strip() and gaps(said) == gaps(theirs[code]), code


@pytest.mark.parametrize("locale", PARTIAL)
def test_what_is_not_there_is_said_by_another_language(locale: str) -> None:
    assert words(locale).keys() == words(FALLBACK[locale]).keys()
    assert MARK not in words(locale)


@pytest.mark.parametrize("locale", OFFERED)
def test_the_very_words_that_were_agreed_to_are_found_again(locale: str) -> None:
    shown = consent.current(consent.VERIFICATION, locale)
    assert consent.of_hash(consent.VERIFICATION, shown.hash) == shown


@pytest.mark.parametrize("locale", OFFERED)
def test_every_field_has_words(locale: str) -> None:
    scopes = Scopes()
    for scope in scopes:
        assert scopes.title(scope.id, locale) and scopes.about(scope.id, locale)


# RFC 9110 §12.5.4, RFC 4647 §3.4
@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        (None, "zh-CN"),
        ("", "zh-CN"),
        ("fr", "zh-CN"),
        ("en-GB", "en"),
        ("zh", "zh-CN"),
        ("zh-SG", "zh-CN"),
        ("zh-Hans-HK", "zh-CN"),
        ("zh-HK", "zh-HK"),
        ("zh-Hant", "zh-HK"),
        ("zh-TW,en;q=0.8", "zh-HK"),
        ("ug", "ug"),
        ("ug-CN", "ug"),
        ("uk", "zh-CN"),
        ("en;q=0.2, ug;q=0.9", "ug"),
        ("xx, *;q=0.5", "zh-CN"),
    ],
)
def test_a_header_is_answered_in_the_language_it_likes_best(asked: str, answered: str) -> None:
    assert preferred(asked) == answered
