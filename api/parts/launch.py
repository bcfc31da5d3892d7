"""The launch services: payments, and what is paid, booked, issued and shown with them."""

from dataclasses import dataclass

from api.parts.bookings import BookingRooms, bookings
from api.parts.core import Core
from api.parts.ground import Ground
from identity.oauth.played import Played
from identity.wrong_codes import WrongCodes
from services.bills.hospitals import Hospitals
from services.bills.own import OwnBills
from services.cars.answering import Answering
from services.cars.asking import Asking
from services.cars.office import keeper
from services.cars.owners import Owners
from services.cars.reports import Reports
from services.cars.voice import Voice
from services.catalogue import Catalogue
from services.issuers.everybody import Everybody
from services.issuers.keys import Issuers
from services.issuers.trust import Trust
from services.licences.asking import Offices
from services.licences.checking import Checking
from services.licences.ledger import Ledger
from services.licences.printing import Printing
from services.licences.showing import Showing
from services.licences.wallet import Wallet
from services.papers.certificates import Certificates
from services.papers.outside import Judging
from services.papers.room import Papers
from services.payables import payables
from services.payments.desk import BooksDesk
from services.payments.merchant import merchant
from services.payments.provider import Provider
from services.payments.story import Payments
from services.quotes.story import Quotes
from services.signing.signing import Signing


@dataclass(frozen=True)
class Launch:
    """A line for each story of these services."""

    bookings: BookingRooms
    payments: Payments
    books: BooksDesk
    quotes: Quotes
    issuers: Issuers
    everybody: Everybody
    cars: Owners
    car_answers: Answering
    car_reports: Reports
    move_car: Asking
    bills: OwnBills
    hospitals: Hospitals
    wallet: Wallet
    showing: Showing
    checking: Checking
    printing: Printing
    papers: Papers
    signing: Signing
    certificates: Certificates
    judging: Judging


def launch(ground: Ground, core: Core, catalogue: Catalogue) -> Launch:
    issuers = Issuers(ground.vault, catalogue.departments, ground.settings.public_url)
    trust = Trust(ground.outbound, ground.settings)
    everybody = Everybody(issuers, trust, catalogue.departments)
    wallet = _wallet(ground, core, catalogue)
    papers = Papers(issuers)
    return Launch(
        bookings=bookings(ground, core, catalogue),
        payments=_payments(ground, catalogue),
        books=BooksDesk(),
        quotes=Quotes(ground.vault, catalogue, ground.departments, core.residents),
        issuers=issuers,
        everybody=everybody,
        cars=_cars(ground, core),
        car_answers=Answering(),
        car_reports=Reports(ground.vault, keeper(ground.departments).id),
        move_car=_move_car(ground, core),
        bills=OwnBills(ground.vault),
        hospitals=_hospitals(ground, core),
        wallet=wallet,
        papers=papers,
        certificates=Certificates(
            ground.vault,
            catalogue,
            core.residents,
            issuers,
            papers,
            ground.settings.public_url,
        ),
        judging=Judging(issuers, everybody),
        signing=Signing(ground.vault, catalogue, core.residents, issuers, papers),
        printing=Printing(wallet, issuers, papers),
        showing=Showing(wallet, issuers, ground.settings.public_url),
        checking=Checking(catalogue.licences, everybody, core.residents, core.register),
    )


def _cars(ground: Ground, core: Core) -> Owners:
    office, public_url = keeper(ground.departments), ground.settings.public_url
    return Owners(ground.vault, core.residents, office, ground.audit, public_url)


def _hospitals(ground: Ground, core: Core) -> Hospitals:
    played = Played(core.residents, ground.settings)
    return Hospitals(ground.vault, core.residents, ground.registry, played)


def _move_car(ground: Ground, core: Core) -> Asking:
    wrong = WrongCodes(ground.cache, ground.vault, core.attempts, "car-codes")
    return Asking(ground.vault, Voice(ground.outbound, ground.settings), wrong)


def _wallet(ground: Ground, core: Core, catalogue: Catalogue) -> Wallet:
    offices = Offices(ground.departments)
    return Wallet(Ledger(ground.vault), catalogue.licences, offices, core.residents, ground.audit)


def _payments(ground: Ground, catalogue: Catalogue) -> Payments:
    settings = ground.settings
    provider = Provider(ground.outbound, merchant(settings), settings.public_url)
    return Payments(ground.vault, provider, payables(ground.vault, catalogue))
