"""What can go wrong with issuers."""

from config.errors import Missing, Unavailable


class IssuerUnknown(Missing):
    """No department of ours has this name."""

    code = "issuer-unknown"


class TrustListUnavailable(Unavailable):
    """The list of recognised issuers could not be read, and the one we have is too old."""

    code = "trust-list-unavailable"
