"""What kiosks, their visitors and the telephones that let them in are refused."""

from config.errors import Conflict, Denied, Invalid, Missing, Throttled, Unavailable


class KioskCodeUnknown(Denied):
    """Never given, used, or older than fifteen minutes: one answer for all."""

    code = "kiosk-code-unknown"


class KioskCodesTooMany(Throttled):
    """This address has tried enough codes for now."""

    code = "kiosk-codes-too-many"


class KioskKeyUnproven(Invalid):
    """Not a public P-256 key, or nobody showed that they hold its other half."""

    code = "kiosk-key-unproven"


class KioskMissing(Missing):
    code = "kiosk-missing"


class KioskOnly(Denied):
    """Only an enrolled kiosk, with the key it was enrolled with, comes here."""

    code = "kiosk-only"


class KioskServiceMissing(Missing):
    """There is no such service, or not at this kiosk."""

    code = "kiosk-service-missing"


class HandoffUnknown(Missing):
    """Never shown, scanned before, too old, or somebody else's: one answer for all."""

    code = "handoff-unknown"


class HandoffAnswered(Conflict):
    """It was allowed or refused before."""

    code = "handoff-answered"


class HandoffsTooMany(Throttled):
    """This resident has tried enough codes for now."""

    code = "handoffs-too-many"


class VisitMissing(Missing):
    """No such visit at this kiosk, or it is over."""

    code = "visit-missing"


class CardReadingUnknown(Invalid):
    """Not a number this kiosk was given for a reading, or used, or too old."""

    code = "card-reading-unknown"


class CardStatementInvalid(Denied):
    """Not signed by a reader we know, or not for this reading."""

    code = "card-statement-invalid"


class CardExpired(Invalid):
    code = "card-expired"


class CardReaderAbsent(Unavailable):
    """No reader's key is configured here: the telephone and the window stay open."""

    code = "card-reader-absent"
