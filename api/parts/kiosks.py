"""Kiosks: enrolled, visited, let in by a telephone."""

from dataclasses import dataclass

from api.parts.core import Core
from api.parts.ground import Ground
from api.parts.token_grants import access_tokens
from api.parts.ways import Ways
from identity.kiosks.card_reader import CardReaders
from identity.kiosks.card_visits import CardVisits
from identity.kiosks.codes import Codes
from identity.kiosks.enrolment import Enrolment
from identity.kiosks.handoffs import Handoffs
from identity.kiosks.offers import Offers
from identity.kiosks.readings import Readings
from identity.kiosks.terminals import Terminals
from identity.kiosks.visits import Visits
from identity.kiosks.waiting import Waiting
from identity.oauth.device_code import DeviceGrant, VisitTokens
from services import kiosks as in_the_catalogue
from services.catalogue import Catalogue


@dataclass(frozen=True)
class Kiosks:
    codes: Codes
    enrolment: Enrolment
    terminals: Terminals
    offers: Offers
    waiting: Waiting
    handoffs: Handoffs
    visits: Visits
    readers: CardReaders
    readings: Readings
    card_visits: CardVisits
    visit_tokens: VisitTokens
    device_grant: DeviceGrant


def kiosks(ground: Ground, core: Core, ways: Ways, catalogue: Catalogue) -> Kiosks:
    cache, vault, registry = ground.cache, ground.vault, ground.registry
    codes, terminals = Codes(vault), Terminals(registry, core.sessions)
    offers, waiting = in_the_catalogue.offered(catalogue), Waiting(cache, vault)
    visits, readings = Visits(vault, core.sessions), Readings(cache)
    readers = CardReaders(ground.settings)
    tokens = VisitTokens(access_tokens(ground))
    return Kiosks(
        codes=codes,
        enrolment=Enrolment(cache, vault, codes, registry),
        terminals=terminals,
        offers=offers,
        waiting=waiting,
        handoffs=Handoffs(cache, vault, waiting, terminals, offers),
        visits=visits,
        readers=readers,
        readings=readings,
        card_visits=CardVisits(ways.verification, readers, readings, visits),
        visit_tokens=tokens,
        device_grant=DeviceGrant(terminals, offers, waiting, visits, tokens),
    )
