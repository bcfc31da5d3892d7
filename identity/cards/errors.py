"""What a check by a bank card is refused with."""

from config.errors import Denied, Invalid, Throttled, Unavailable


class CardNumberInvalid(Invalid):
    code = "card-number-invalid"


class CardPhoneInvalid(Invalid):
    code = "card-phone-invalid"


class CardCheckUnknown(Invalid):
    """Never begun, finished, too old, or lost: one answer for all."""

    code = "card-check-unknown"


class CardCheckForeign(Invalid):
    """Begun on another device."""

    code = "card-check-foreign"


class CardCodeWrong(Denied):
    """``left``: how often the code may still be typed."""

    code = "card-code-wrong"


class CardCodesTooMany(Throttled):
    """This telephone was sent enough codes for now."""

    code = "card-codes-too-many"


class CardOfficeUnavailable(Unavailable):
    """The banks' office cannot be asked now, or none is named in the settings."""

    code = "card-office-unavailable"
