"""Payments: opened for a subject, taken by a provider, booked in the ledger, given back.

    payment = await payments.open(connection, Order(subject="medical-bill:…", …))
    refund = await payments.refund(connection, payment.number, 1200, key, "hospital")

Both run in the caller's transaction. What a room does when its subject is paid or given back
stands in its ``Settlement``.
"""

from services.models import Payment
from services.payments.opening import Order, open
from services.payments.refunding import Refund, refund
from services.payments.settlements import Settlement, Settlements

__all__ = ["Order", "Payment", "Refund", "Settlement", "Settlements", "open", "refund"]
