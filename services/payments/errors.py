"""What can go wrong with a payment, besides a state that does not fit (``states``).

Problem
├── Invalid          RefundTooMuch, SubjectUnknown
├── Unauthenticated  CallbackNotSigned
├── Missing          PaymentMissing
├── Conflict         PaymentUnderWay, RefundKeyReused
└── Unavailable      ProviderAway
"""

from config.errors import Conflict, Invalid, Missing, Unauthenticated, Unavailable


class PaymentMissing(Missing):
    """No such payment of this caller's."""

    code = "payment-missing"


class SubjectUnknown(Invalid):
    """Nothing of this kind can be paid here."""

    code = "payment-subject-unknown"


class PaymentUnderWay(Conflict):
    """Of the same subject another sum, or somebody else, is being paid. Fact ``number``, for its
    own payer.
    """

    code = "payment-under-way"


class RefundTooMuch(Invalid):
    """More than was paid and has not gone back yet; the fact ``left_fen`` says how much is left."""

    code = "refund-too-much"


class RefundKeyReused(Conflict):
    """The key came before, with another sum."""

    code = "refund-key-reused"


class CallbackNotSigned(Unauthenticated):
    """What came is not the provider's, or not of these minutes."""

    code = "callback-not-signed"


class ProviderAway(Unavailable):
    """The payment provider does not answer, or not in its own words."""

    code = "payment-provider-away"
