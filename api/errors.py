"""What the front door itself refuses, before any story is asked."""

from config.errors import (
    BAD_REQUEST,
    CONTENT_TOO_LARGE,
    HEADERS_TOO_LARGE,
    METHOD_NOT_ALLOWED,
    REQUEST_TIMEOUT,
    UNSUPPORTED_MEDIA_TYPE,
    Invalid,
    Missing,
    Unavailable,
)


class RequestInvalid(Invalid):
    """Well-formed, but fields are missing, superfluous or of another type.

    The answer's member ``errors`` lists each as ``{"field", "message"}``, without values.
    """

    code = "request-invalid"

    def __init__(self, cause: str = "", *, errors: list[dict[str, str]]):
        super().__init__(cause)
        self.errors = errors


class JsonMalformed(Invalid):
    """Not JSON (RFC 8259), not UTF-8, or a name twice in one object."""

    code = "json-malformed"


class RequestMalformed(Invalid):
    """Not HTTP as we understand it."""

    status = BAD_REQUEST
    code = "request-malformed"


class RequestSlow(Invalid):
    """The request did not arrive in time."""

    status = REQUEST_TIMEOUT
    code = "request-slow"


class BodyTooLarge(Invalid):
    """Fact ``limit_kb``: what the route takes."""

    status = CONTENT_TOO_LARGE
    code = "body-too-large"


class HeadTooLarge(Invalid):
    """The address and the headers together are too long (RFC 6585 §5). Fact ``limit_kb``."""

    status = HEADERS_TOO_LARGE
    code = "head-too-large"


class ContentTypeUnknown(Invalid):
    """A body that is not announced as what the route takes: application/json, mostly."""

    status = UNSUPPORTED_MEDIA_TYPE
    code = "content-type-unknown"


class IdempotencyKeyMissing(Invalid):
    """A request that changes something once and for all needs the header ``Idempotency-Key``."""

    code = "idempotency-key-missing"


class IdempotencyKeyInvalid(Invalid):
    """Not 1 to 64 printable ASCII characters."""

    code = "idempotency-key-invalid"


class UploadsBusy(Unavailable):
    """So many files are on their way that this one would have waited too long."""

    code = "uploads-busy"


class RouteUnknown(Missing):
    code = "route-unknown"


class MethodNotAllowed(Invalid):
    """The address exists, for other methods: those of the Allow header."""

    status = METHOD_NOT_ALLOWED
    code = "method-not-allowed"


class AnswerOverdue(Unavailable):
    """We took longer than a request may."""

    code = "answer-overdue"
