"""What can go wrong, as seven kinds; HTTP statuses are written here and nowhere else.

    Problem
    ├── Invalid          422  the request cannot be understood or judged
    ├── Unauthenticated  401  we do not know who is asking
    ├── Denied           403  we know, and the answer is no
    ├── Missing          404  there is no such thing for this caller
    ├── Conflict         409  the thing is in another state than assumed
    ├── Throttled        429  too many tries; says when to come back
    └── Unavailable      503  we, or someone we rely on, cannot answer now

A leaf gives its kind a code: ``class IdentityNotMatched(Denied): code = "identity-not-matched"``.
Texts for people stand in ``config/locales`` under ``problem.<code>.title`` and ``.detail``.
"""

from collections.abc import Iterator, Mapping
from typing import ClassVar

# What HTTP itself asks for on a malformed exchange (RFC 9110 §15.5), before any kind applies.
BAD_REQUEST = 400
METHOD_NOT_ALLOWED = 405
REQUEST_TIMEOUT = 408
CONTENT_TOO_LARGE = 413
UNSUPPORTED_MEDIA_TYPE = 415
HEADERS_TOO_LARGE = 431

Fact = str | int | float | bool | list[str] | None


class Problem(Exception):
    """A refusal or fault that the caller is told about (RFC 9457).

    ``facts`` are public: they fill the text and become members of the answer.
    ``cause`` is private: it goes to the log and never leaves the house.
    """

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal-error"

    def __init__(self, cause: str = "", *, headers: Mapping[str, str] | None = None, **facts: Fact):
        super().__init__(cause or self.code)
        self.cause = cause
        self.headers = dict(headers or {})
        self.facts = facts

    @classmethod
    def leaves(cls) -> Iterator[type["Problem"]]:
        """Every class below this one that carries a code of its own."""
        for child in cls.__subclasses__():
            if "code" in vars(child):
                yield child
            yield from child.leaves()


class Invalid(Problem):
    status = 422


class Unauthenticated(Problem):
    status = 401


class Denied(Problem):
    status = 403


class Missing(Problem):
    status = 404


class Conflict(Problem):
    status = 409


class Throttled(Problem):
    """Give ``retry_after`` in whole seconds; it becomes the Retry-After header."""

    status = 429

    def __init__(self, cause: str = "", *, retry_after: int, **facts: Fact):
        super().__init__(
            cause, headers={"Retry-After": str(retry_after)}, retry_after=retry_after, **facts
        )


class Unavailable(Problem):
    """Give ``retry_after`` in whole seconds where one is known."""

    status = 503

    def __init__(self, cause: str = "", *, retry_after: int = 5, **facts: Fact):
        super().__init__(
            cause, headers={"Retry-After": str(retry_after)}, retry_after=retry_after, **facts
        )


class DatabaseUnavailable(Unavailable):
    """PostgreSQL does not answer; nothing was changed."""

    code = "database-unavailable"


class CacheUnavailable(Unavailable):
    """Valkey does not answer and the request cannot be served without it."""

    code = "cache-unavailable"
