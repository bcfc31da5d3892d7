"""What the services hold about a resident, table by table: copied and erased from here.

An application that is not finished keeps itself and all that belongs to it from erasure; the next
run of the erasure asks again (``identity.erasure``).
"""

from collections.abc import Sequence
from uuid import UUID

from identity.holdings import Holdings
from identity.vault import Vault
from services.applications.states import FINISHED, State
from services.held.applications import Events, Filed, Steps, Supplements
from services.held.bills import Bills, BillsReturned, open_bills
from services.held.bookings import Booked, Stated, Waited, open_bookings
from services.held.cars import Cars, CarsAskedFor
from services.held.licences import Licensed, Shown
from services.held.opinions import Answers, Handed, Rated, Said
from services.held.papers import GivenOut, Signed
from services.held.payments import Payments, Quotes, Refunds, open_payments
from services.models import Application

# Tables of which no copy is given and nothing is erased, and why.
NOT_HELD = {
    "item_edit": "what staff change in the catalogue; nobody's data",
    "item_use": "how often an item was used on a day, by nobody in particular",
    "figure": "counts of a month, of nobody in particular",
    "issuer_key": "keys of the house",
    "ledger_movement": "sums and numbers of payments; whose they are stands in the payment alone",
    "ledger_posting": "sums of departments and of payments by number",
    "payment_bill": "sums of a day",
    "payment_difference": "numbers of payments on which two books differ",
    "licence_status": "places of status lists, which say of whom to nobody",
    "progress": "how far a long job of the house is",
    "search_miss": "words that found nothing on a day, without who typed them",
    "trust_list": "public keys of others, as their keeper signed them",
}
OPEN = "open-application"


async def open_applications(resident: UUID) -> Sequence[str]:
    """Why what belongs to applications may not be erased yet."""
    mine = Application.filter(resident_id=resident)
    decided = [state.value for state in FINISHED]
    under_way = mine.exclude(state__in=[*decided, State.DRAFT.value])
    carried_out = mine.filter(state=State.APPROVED, finished_at__isnull=True)
    return (OPEN,) if await under_way.exists() or await carried_out.exists() else ()


def register(holdings: Holdings, vault: Vault) -> None:
    """All of them, in the order of the copy; what belongs to applications goes before them."""
    for each in (Filed(vault), Events(vault), Steps(vault), Supplements(vault), Handed(vault)):
        holdings.register(
            each.name, each.export, each.erase, tables=each.tables, keeps=open_applications
        )
    for other in (Rated(vault), Said(vault), Licensed(vault), Shown(), Answers(vault)):
        holdings.register(other.name, other.export, other.erase, tables=other.tables)
    for paper in (Signed(), GivenOut()):
        holdings.register(paper.name, paper.export, paper.erase, tables=paper.tables)
    for asked in (Cars(vault), CarsAskedFor(vault)):  # erased the other way round
        holdings.register(asked.name, asked.export, asked.erase, tables=asked.tables)
    for bill in (Bills(vault), BillsReturned()):
        holdings.register(bill.name, bill.export, bill.erase, tables=bill.tables, keeps=open_bills)
    for coming in (Waited(), Stated(), Booked()):
        holdings.register(
            coming.name, coming.export, coming.erase, tables=coming.tables, keeps=open_bookings
        )
    for paid in (Refunds(), Payments(), Quotes(vault)):
        holdings.register(
            paid.name, paid.export, paid.erase, tables=paid.tables, keeps=open_payments
        )


__all__ = ["NOT_HELD", "open_applications", "register"]
