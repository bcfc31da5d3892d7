"""A request as the endpoints judge it: parameters that came once, and what was shown with them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Self

from identity.oauth.refusals import InvalidRequest

_MOST = 40
_LONGEST = 16_384  # characters of one value; client assertions have about 600
_REPEATABLE = {"resource", "audience"}  # RFC 8707 §2, RFC 8693 §2.1


class Parameters:
    """Each parameter once (RFC 6749 §3.1), one without a value as if it were absent (§3.1).

    Values are masked in ``repr``: there are codes and assertions among them.
    """

    def __init__(self, values: Mapping[str, tuple[str, ...]]):
        self._values = {name: given for name, given in values.items() if any(given)}

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]]) -> Self:
        """Raises InvalidRequest for a parameter that comes twice, or far too much of anything."""
        values: dict[str, tuple[str, ...]] = {}
        for count, (name, value) in enumerate(pairs):
            if count >= _MOST or len(value) > _LONGEST or "\0" in value:
                raise InvalidRequest("more than any client sends")
            if name in values and name not in _REPEATABLE:
                raise InvalidRequest("a parameter twice")
            values[name] = (*values.get(name, ()), value)
        return cls(values)

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def __getitem__(self, name: str) -> str:
        """Raises InvalidRequest when it is absent."""
        if not (given := self._values.get(name)):
            raise InvalidRequest(f"lacks {name}")
        return given[0]

    def get(self, name: str, otherwise: str = "") -> str:
        given = self._values.get(name)
        return given[0] if given else otherwise

    def all(self, name: str) -> tuple[str, ...]:
        return self._values.get(name, ())

    def words(self, name: str) -> tuple[str, ...]:
        """A space-separated list, in order, each word once."""
        return tuple(dict.fromkeys(self.get(name).split()))

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self._values)

    def as_mapping(self) -> dict[str, list[str]]:
        """For keeping (a pushed request); ``Parameters.kept`` reads it."""
        return {name: list(given) for name, given in self._values.items()}

    @classmethod
    def kept(cls, values: Mapping[str, list[str]]) -> Self:
        return cls({name: tuple(given) for name, given in values.items()})

    def __repr__(self) -> str:
        return f"Parameters({sorted(self._values)})"


@dataclass(frozen=True)
class Message:
    """``proofs``: every DPoP header that came; ``authorization``: the header as it came.

    ``path`` is the address's path without query, as DPoP's ``htu`` names it; ``address``: who sent
    it.
    """

    parameters: Parameters
    method: str
    path: str
    authorization: str | None = field(default=None, repr=False)
    proofs: tuple[str, ...] = field(default=(), repr=False)
    address: str = field(default="", repr=False)
