"""Tables of services, and nothing else. Queries stand in the module of their story.

A resident is a UUID; there is no foreign key into identity. What a resident wrote or uploaded is
sealed (``identity.vault``, context ``table.column:row-id``).
"""

from services.models.applications import (
    Application,
    ApplicationEvent,
    ApplicationStep,
    KeptAnswer,
    Material,
    Supplement,
)
from services.models.bills import MedicalBill, MedicalRefund
from services.models.bookings import Booking, BookingParty, BookingWait
from services.models.cars import Car, CarRequest
from services.models.catalogue import ItemEdit, ItemUse, Progress, SearchMiss
from services.models.figures import Figure
from services.models.issuers import IssuerKey, TrustList
from services.models.licences import Licence, LicenceStatus, Presentation
from services.models.opinions import Rating, Ticket
from services.models.papers import IssuedPaper, Signature
from services.models.payments import (
    LedgerMovement,
    LedgerPosting,
    Payment,
    PaymentBill,
    PaymentCharge,
    PaymentDifference,
    PaymentEvent,
    PaymentRefund,
    Quote,
)

__all__ = [
    "Application",
    "ApplicationEvent",
    "ApplicationStep",
    "Booking",
    "BookingParty",
    "BookingWait",
    "Car",
    "CarRequest",
    "Figure",
    "IssuedPaper",
    "IssuerKey",
    "ItemEdit",
    "ItemUse",
    "KeptAnswer",
    "LedgerMovement",
    "LedgerPosting",
    "Licence",
    "LicenceStatus",
    "Material",
    "MedicalBill",
    "MedicalRefund",
    "Payment",
    "PaymentBill",
    "PaymentCharge",
    "PaymentDifference",
    "PaymentEvent",
    "PaymentRefund",
    "Presentation",
    "Progress",
    "Quote",
    "Rating",
    "SearchMiss",
    "Signature",
    "Supplement",
    "Ticket",
    "TrustList",
]
