"""What can go wrong with a quote, besides what its office says."""

from config.errors import Conflict, Missing


class QuoteMissing(Missing):
    """No such quote of this caller's."""

    code = "quote-missing"


class QuoteLapsed(Conflict):
    """Its time is over: what is owed may have changed."""

    code = "quote-lapsed"


class NothingToPay(Conflict):
    """Nothing is owed."""

    code = "nothing-to-pay"
