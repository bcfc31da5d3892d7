"""What a login by an outside identity is refused with."""

from config.errors import Conflict, Denied, Invalid, Missing, Unavailable


class OutsideLoginUnknown(Invalid):
    """Never begun, used before, too old, or lost: one answer for all."""

    code = "outside-login-unknown"


class OutsideLoginForeign(Invalid):
    """Begun in another browser or on another device."""

    code = "outside-login-foreign"


class OutsideLoginWaiting(Conflict):
    """The provider has not sent the resident back yet."""

    code = "outside-login-waiting"


class OutsideLoginRefused(Denied):
    """The resident said no there, or could not sign in."""

    code = "outside-login-refused"


class OutsideAnswerRefused(Denied):
    """The provider's answer is not one to this login: by another issuer, key, nonce or time."""

    code = "outside-answer-refused"


class OutsideUnlinked(Missing):
    """Nobody here is known by this outside identity."""

    code = "outside-unlinked"


class OutsideUnavailable(Unavailable):
    """The provider cannot be asked now, or none is named in the settings."""

    code = "outside-unavailable"
