"""What can go wrong with sealed documents."""

from config.errors import Conflict, Invalid, Missing, Unavailable


class PaperNotGiven(Conflict):
    """What is on record is not what this certificate says."""

    code = "paper-not-given"


class PaperNotOffered(Missing):
    """This service gives no certificate."""

    code = "paper-not-offered"


class PaperUnknown(Missing):
    """No certificate of ours has this code."""

    code = "paper-unknown"


class PaperTooSlow(Invalid):
    """A document that could not be looked through in the time there is."""

    code = "paper-too-slow"


class PapersBusy(Unavailable):
    """Others' documents are being looked at."""

    code = "papers-busy"
