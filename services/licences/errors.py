"""What can go wrong with a licence.

Problem
├── Invalid   PresentationUnreadable, FieldsNotOffered, HolderKeyUnfit
├── Missing   LicenceMissing, LicenceTypeUnknown, StatusListMissing, PresentationUnknown
└── Conflict  LicenceNotInForce, PresentationUsed, PresentationLate, PresentationForeign
"""

from config.errors import Conflict, Invalid, Missing


class LicenceMissing(Missing):
    """No licence of this resident has that id."""

    code = "licence-missing"


class LicenceTypeUnknown(Missing):
    code = "licence-type-unknown"


class StatusListMissing(Missing):
    code = "status-list-missing"


class LicenceNotInForce(Conflict):
    """It ended, or stands still; the fact ``state`` says which."""

    code = "licence-not-in-force"


class FieldsNotOffered(Invalid):
    """None was chosen, or one that the licence does not have."""

    code = "licence-fields-not-offered"


class HolderKeyUnfit(Invalid):
    """A presentation is bound to the key that the session is bound to, and to no other."""

    code = "holder-key-unfit"


class PresentationUnreadable(Invalid):
    """Not what a wallet of ours shows: form, signature, issuer or binding; the cause says which."""

    code = "presentation-unreadable"


class PresentationUnknown(Missing):
    """Nobody was given this code, or it was forgotten."""

    code = "presentation-unknown"


class PresentationUsed(Conflict):
    """It was checked before: a presentation works once."""

    code = "presentation-used"


class PresentationLate(Conflict):
    """Its sixty seconds are over."""

    code = "presentation-late"


class PresentationForeign(Conflict):
    """Genuine, of a recognised province: whether it is in force is theirs to say. Fact ``issuer``:
    their name in the reader's language.
    """

    code = "presentation-foreign"
