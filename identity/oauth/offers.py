"""What a resident can choose from: each thing asked for, or a narrower answer in its place."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from identity.models import Grant
from identity.oauth.interaction_errors import ScopesNotAsked
from identity.scopes import OPENID, Scope, Scopes


@dataclass(frozen=True)
class Offered:
    """``given``: what the resident said last time, None when they were not asked yet."""

    scope: Scope
    given: bool | None
    instead: tuple[Scope, ...]


def of(scopes: Scopes, wanted: Iterable[str], known: Grant | None) -> list[Offered]:
    """In the order in which people are shown them. What is asked for itself is no substitute."""
    ids = set(wanted)
    asked = set(known.asked.split()) if known else set()
    given = set(known.scopes.split()) if known else set()
    return [
        Offered(
            scope,
            scope.id in given if scope.id in asked else None,
            tuple(one for one in scopes.of(scope.instead) if one.id not in ids),
        )
        for scope in scopes.of(ids)
    ]


def chosen(scopes: Scopes, asked: Sequence[str], given: Iterable[str]) -> tuple[str, ...]:
    """What is given, in order; ``openid`` always where it is asked for (it names nobody).

    Raises ScopesNotAsked for anything that is neither asked for nor offered instead.
    """
    narrower = [id for scope in scopes.of(asked) for id in scope.instead]
    wanted = set(given) | ({OPENID} & set(asked))
    if not wanted <= {*asked, *narrower}:
        raise ScopesNotAsked()
    return tuple(id for id in dict.fromkeys([*asked, *narrower]) if id in wanted)


def within(scopes: Scopes, asked: Sequence[str], grant: Grant) -> tuple[str, ...]:
    """What of this the resident gave before: itself, or else what they chose in its place."""
    held = {OPENID, *grant.scopes.split()}
    found = [id for id in asked if id in held]
    for scope in scopes.of(asked):
        if scope.id not in held:
            found += [id for id in scope.instead if id in held]
    return tuple(dict.fromkeys(found))
