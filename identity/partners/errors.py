"""What members of staff are told when something cannot be done with a partner."""

from config.errors import Conflict, Invalid, Missing


class PartnerMissing(Missing):
    """No such client, or one beyond the member's region: one answer."""

    code = "partner-missing"


class PartnerStateOther(Conflict):
    """Give ``state``: what it is in now."""

    code = "partner-state-other"


class PartnerChanged(Conflict):
    """It said something else meanwhile than what was looked at."""

    code = "partner-changed"


class PartnerUnfit(Invalid):
    """What it says of itself would not be taken today. Give ``member``."""

    code = "partner-unfit"


class PartnerEnvironmentOther(Invalid):
    """A house in production takes partners for production only."""

    code = "partner-environment-other"
