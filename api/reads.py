"""What was read of a resident, and why, in words: codes of the audit trail as people read them."""

from api.wiring import Parts
from config.texts import words
from identity import agreed
from identity.partners.client import Client


def what(parts: Parts, named: str, locale: str) -> str:
    """The title of a service, or of a field; one that is no longer offered keeps its id."""
    if service := parts.catalogue.services.get(named):
        return service.title[locale]
    scope = named.replace(".", ":", 1)  # an audit row writes profile:name as profile.name
    return parts.ground.scopes.title(scope, locale) if scope in parts.ground.scopes else named


def why(code: str, locale: str, partner: Client | None = None) -> str:
    """A partner's purpose in its own words, as long as they are those that were agreed to."""
    if partner and code == agreed.purpose(partner):
        return partner.metadata.purpose.said(locale)
    known = agreed.GENERAL if code.startswith(f"{agreed.GENERAL}-") else code
    return words(locale).get(f"purpose.{known}", code)
