"""What was read of a resident, by whom and why: codes of the audit trail as people read them."""

from api.wiring import Parts
from config.texts import text, words
from identity import agreed
from identity.partners.client import Client
from identity.staff.roles import CLIENT
from services.schema import schema


def what(parts: Parts, named: str, locale: str) -> str:
    """The title of a service, or of a field; one that is no longer offered keeps its id."""
    if service := parts.catalogue.services.get(named):
        return service.title[locale]
    scope = named.replace(".", ":", 1)  # an audit row writes profile:name as profile.name
    return parts.ground.scopes.title(scope, locale) if scope in parts.ground.scopes else named


def who(parts: Parts, actor: str, client: str, locale: str) -> str:
    """Who acted, by kind: of staff in a case also the role and the department, never the name."""
    desk, _, rest = client.partition(".")
    role, _, department = rest.partition(".")
    kind = parts.catalogue.departments.get(department)
    if desk != CLIENT or kind is None:
        return text(f"actor.{actor}", locale)
    title = kind.title[locale]
    return text("actor.staff-as", locale, department=title, role=text(f"role.{role}", locale))


def why(code: str, locale: str, partner: Client | None = None) -> str:
    """A partner's purpose in its own words, as long as they are those that were agreed to."""
    if partner and code == agreed.purpose(partner):
        return partner.metadata.purpose.said(locale)
    known = agreed.GENERAL if code.startswith(f"{agreed.GENERAL}-") else code
    return words(locale).get(f"purpose.{known}", code)


def field_title(parts: Parts, service: str, named: str, locale: str) -> str:
    """What a field of a service's answer is called; one that is gone keeps its name."""
    found = parts.catalogue.services.get(service)
    properties = schema(found.answer, locale).get("properties", {}) if found else {}
    return str(properties.get(named, {}).get("title", named))
