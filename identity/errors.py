"""What identity refuses. The tree and the statuses stand in ``config.errors``."""

from config.errors import (
    Conflict,
    Denied,
    Invalid,
    Missing,
    Throttled,
    Unauthenticated,
    Unavailable,
)


class IdNumberLength(Invalid):
    code = "id-number-length"


class IdNumberCharacters(Invalid):
    code = "id-number-characters"


class IdNumberRegion(Invalid):
    code = "id-number-region"


class IdNumberDate(Invalid):
    code = "id-number-date"


class IdNumberFutureBirth(Invalid):
    code = "id-number-future-birth"


class IdNumberCheck(Invalid):
    code = "id-number-check"


class NameInvalid(Invalid):
    code = "name-invalid"


class DocumentTypeUnknown(Invalid):
    code = "document-type-unknown"


class ConsentMissing(Invalid):
    """No consent, or to a text that is not the current one."""

    code = "consent-missing"


class ConsentUnknown(Missing):
    code = "consent-unknown"


class ChallengeUnknown(Invalid):
    """Never issued, used before, or lost; one answer for all three."""

    code = "challenge-unknown"


class ChallengeExpired(Invalid):
    code = "challenge-expired"


class ChallengeForeign(Invalid):
    """Issued to another device."""

    code = "challenge-foreign"


class CaptureReplayed(Invalid):
    """The same frames were sent before (by anyone, to any worker)."""

    code = "capture-replayed"


class IdentityNotMatched(Denied):
    """Unknown person, another name, another face: one answer, the cause only in the log."""

    code = "identity-not-matched"


class AnotherResident(Denied):
    """A verification sent with a token led to somebody else."""

    code = "another-resident"


class TryBudgetSpent(Throttled):
    code = "try-budget-spent"


class TryTooSoon(Throttled):
    """From the second mismatch on a number waits, longer each time."""

    code = "try-too-soon"


class TooManyFromAddress(Throttled):
    code = "too-many-from-address"


class RegisterUnavailable(Unavailable):
    code = "register-unavailable"


class SignInNeeded(Unauthenticated):
    code = "sign-in-needed"


class TokenInvalid(Unauthenticated):
    code = "token-invalid"


class TokenExpired(Unauthenticated):
    code = "token-expired"


class SessionEnded(Unauthenticated):
    code = "session-ended"


class RefreshTokenInvalid(Unauthenticated):
    code = "refresh-token-invalid"


class RefreshTokenReused(Unauthenticated):
    """Shown twice: the whole session is over, because one of the two was not its owner."""

    code = "refresh-token-reused"


class StepUpNeeded(Unauthenticated):
    """Carries ``acr_values``, ``max_age`` and ``ways``, and the RFC 9470 challenge header."""

    code = "step-up-needed"


class ScopeMissing(Denied):
    code = "scope-missing"


class OwnAppOnly(Denied):
    """Partner and kiosk tokens do not reach the resident's own record."""

    code = "own-app-only"


class ResidentMissing(Missing):
    code = "resident-missing"


class SessionMissing(Missing):
    code = "session-missing"


class ResidentClosed(Conflict):
    code = "resident-closed"


class GuardianshipNotConfirmed(Denied):
    """Nobody of that name and number, or not this guardian's ward: one answer for both."""

    code = "guardianship-not-confirmed"


class WardOfAge(Invalid):
    code = "ward-of-age"


class WardAgeUnknown(Invalid):
    """A passport, say: its number states no birth date, and the age is all that matters here."""

    code = "ward-age-unknown"


class WardMissing(Missing):
    code = "ward-missing"


class GuardianCodeNotNeeded(Conflict):
    """From fourteen on a child verifies by themselves."""

    code = "guardian-code-not-needed"
