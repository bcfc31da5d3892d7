"""What the kinds of licence are, for anybody who checks one (SD-JWT VC, type metadata)."""

from typing import Any

from config.texts import LOCALES, text
from services.licences.declaration import LicenceType

Json = dict[str, Any]
NUMBER = "number"


def described(kind: LicenceType, vct: str) -> Json:
    """``vct``, its names, and each claim's path and names; every claim but the usual frame is the
    holder's to show or not.
    """
    return {
        "vct": vct,
        "name": kind.title["en"],
        "display": [{"locale": one, "name": kind.title[one]} for one in LOCALES],
        "claims": [_claim(kind, name) for name in (NUMBER, *kind.names)],
        "issuer": kind.department.id,
        "portrait": kind.portrait,
    }


def title_of(kind: LicenceType, name: str, locale: str) -> str:
    """What a fact, or the licence's own number, is called."""
    return text("licence.number", locale) if name == NUMBER else kind.title_of(name, locale)


def _claim(kind: LicenceType, name: str) -> Json:
    display = [{"locale": one, "name": title_of(kind, name, one)} for one in LOCALES]
    return {"path": [name], "sd": "always", "display": display}
