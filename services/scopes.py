"""The scopes of the catalogue: reading what a service answers, registered with identity."""

from identity.scopes import Scope, Scopes, Sensitivity
from identity.ways import SENSITIVE
from services.bills import hospitals
from services.catalogue import Catalogue
from services.service import Service

BILLS = Scope(hospitals.SCOPE, Sensitivity.LOW, level=1, of="client")
"""A hospital's own bills; what it is told of them says nothing of anybody."""


def everything(catalogue: Catalogue) -> Scopes:
    """Identity's own scopes, one for each service in the order of the shelves, hospitals' bills."""
    scopes = Scopes()
    for service in catalogue.services.values():
        if not service.page:
            scopes.register(of(service))
    scopes.register(BILLS)
    return scopes


def of(service: Service) -> Scope:
    """Words, level and age of the proof are those of the service's own declaration."""
    high = service.level >= SENSITIVE
    return Scope(
        service.scope,
        Sensitivity.HIGH if high else Sensitivity.MEDIUM,
        level=service.level,
        max_age=service.max_age,
        titles=service.title,
        abouts=service.summary,
    )
