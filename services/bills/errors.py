"""What the room of medical bills refuses."""

from config.errors import Conflict, Invalid, Missing


class BillInvalid(Invalid):
    """Sums that cannot be a bill: nothing billed, or more taken off than there is to pay."""

    code = "bill-invalid"


class BillMissing(Missing):
    """No such bill for this caller: another hospital's, another resident's, none at all."""

    code = "bill-missing"


class BillVisitReused(Conflict):
    """The hospital billed this visit before, with something else. Fact ``number``."""

    code = "bill-visit-reused"


class BillMoved(Conflict):
    """The fact ``state`` says where the bill is."""

    code = "bill-moved"


class BillBeingPaid(Conflict):
    """Its cash part is at the cashier: another way of sharing it out would be another sum."""

    code = "bill-being-paid"


class BillNotInsured(Conflict):
    """The hospital bills this without insurance."""

    code = "bill-not-insured"


class BillRefundTooMuch(Invalid):
    """More than was paid and has not gone back yet. Fact ``left_fen``."""

    code = "bill-refund-too-much"


class BillRefundReused(Conflict):
    """The hospital gave this reference before, for another sum."""

    code = "bill-refund-reused"
