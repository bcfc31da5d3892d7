"""Which materials the catalogue's applications ask for, and what they are called."""

from collections.abc import Mapping

from services.catalogue import Catalogue
from services.items.standard import Wanted


def wanted(catalogue: Catalogue) -> Mapping[str, Wanted]:
    """By kind. Two applications that ask for the same kind call it alike."""
    return {
        one.kind: one
        for service in catalogue.services.values()
        if service.plan
        for one in service.item.materials
    }


def uploadable(catalogue: Catalogue) -> frozenset[str]:
    """Kinds that a resident may bring as a file; what is signed is made here."""
    return frozenset(
        kind for kind, one in wanted(catalogue).items() if set(one.sources) != {"signature"}
    )


def titles(catalogue: Catalogue, locale: str) -> dict[str, str]:
    """What each kind is called in this language."""
    return {kind: one.title[locale] for kind, one in wanted(catalogue).items()}
