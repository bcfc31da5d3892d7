"""Who answers for a partner: a name, a phone and a mail, sealed, shown to staff only."""

import json
import re
from dataclasses import asdict, dataclass
from typing import Any

from identity.oauth.refusals import InvalidClientMetadata
from identity.vault import Vault

_NAME = re.compile(r"[^\W\d_](?:[\w .·'’-]{0,58}[\w.])?")
_PHONE = re.compile(r"\+?[0-9](?:[0-9 -]{3,18}[0-9])")
_MAIL = re.compile(r"[^@\s\x00-\x1f\"<>()]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z0-9-]{2,63}")
_FORMS = {"name": _NAME, "phone": _PHONE, "mail": _MAIL}


@dataclass(frozen=True, repr=False)
class Responsible:
    """A person in plain words. Never logged."""

    name: str
    phone: str
    mail: str

    @classmethod
    def parsed(cls, given: Any) -> "Responsible":
        """Raises InvalidClientMetadata."""
        if not isinstance(given, dict) or given.keys() != _FORMS.keys():
            raise InvalidClientMetadata("responsible")
        for member, form in _FORMS.items():
            if not isinstance(given[member], str) or not form.fullmatch(given[member]):
                raise InvalidClientMetadata(f"responsible.{member}")
        return cls(**given)

    def __repr__(self) -> str:
        return "Responsible()"

    def sealed(self, vault: Vault, client: str) -> bytes:
        return vault.seal(json.dumps(asdict(self)).encode(), _context(client))


def opened(vault: Vault, client: str, sealed: bytes) -> Responsible:
    return Responsible(**json.loads(vault.open(sealed, _context(client))))


def _context(client: str) -> str:
    return f"partner.responsible:{client}"
