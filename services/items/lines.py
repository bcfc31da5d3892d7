"""Where in a JSON text a value stands: so that a refusal can name the line."""

import json
import re

Path = tuple[str | int, ...]
_BLANK = re.compile(r"[\s,:]*")
_STRING = json.JSONDecoder().raw_decode
_BARE = re.compile(r"[^\s,\]}]+")


def line_of(text: str, path: Path) -> int:
    """The line of the value at ``path``, or of the nearest object around it where it is missing.

    ``text`` is JSON that was read without a fault.
    """
    places: dict[Path, int] = {}
    _walk(text, 0, (), places)
    while path not in places:
        path = path[:-1]
    return text.count("\n", 0, places[path]) + 1


def _walk(text: str, at: int, path: Path, places: dict[Path, int]) -> int:
    """Notes where the value that begins at ``at`` and all within it stand; gives its end."""
    at = _skip(text, at)
    places[path] = at
    if text[at] == "{":
        return _walk_object(text, _skip(text, at + 1), path, places)
    if text[at] == "[":
        return _walk_array(text, _skip(text, at + 1), path, places)
    if text[at] == '"':
        return _STRING(text, at)[1]
    bare = _BARE.match(text, at)
    return bare.end() if bare else at + 1


def _walk_object(text: str, at: int, path: Path, places: dict[Path, int]) -> int:
    while text[at] != "}":
        name, end = _STRING(text, at)
        at = _skip(text, _walk(text, end, (*path, name), places))
    return at + 1


def _walk_array(text: str, at: int, path: Path, places: dict[Path, int]) -> int:
    place = 0
    while text[at] != "]":
        at = _skip(text, _walk(text, at, (*path, place), places))
        place += 1
    return at + 1


def _skip(text: str, at: int) -> int:
    blank = _BLANK.match(text, at)
    return blank.end() if blank else at
