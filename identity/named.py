"""Who somebody says they are: read and judged by form, before anybody is asked about them."""

from collections.abc import Mapping
from dataclasses import dataclass

from identity import documents, guardians
from identity.documents.errors import DocumentNotRegistered
from identity.person import IdNumber
from identity.vault import Vault
from identity.ways import WINDOW


@dataclass(frozen=True, repr=False)
class Typed:
    """As it was typed, with what a guardian was given for somebody under fourteen."""

    name: str
    number: str
    document_type: str
    guardian_code: str = ""

    def __repr__(self) -> str:
        return "Typed(…)"


@dataclass(frozen=True, repr=False)
class Named:
    """A canonical name and number, and how they are kept sealed between two requests."""

    name: str
    number: IdNumber

    @classmethod
    def of(cls, facts: Mapping[str, str]) -> "Named | None":
        """Out of what ``facts`` gave; None where nobody was named."""
        if "number" not in facts:
            return None
        number = IdNumber(facts["number"], facts["kind"], facts["country"])
        return cls(facts["name"], number)

    @property
    def facts(self) -> dict[str, str]:
        number = self.number
        return {
            "name": self.name,
            "number": number.value,
            "kind": number.kind,
            "country": number.country,
        }

    def __repr__(self) -> str:
        return "Named(…)"


async def read(typed: Typed, vault: Vault) -> Named:
    """Raises the leaves of documents, DocumentNotRegistered, NameInvalid, GuardianConsentNeeded."""
    judge_kind(typed.document_type)
    number = documents.parse(typed.document_type, typed.number)
    await guardians.check(vault, number, typed.guardian_code)
    return Named(documents.name(typed.name), number)


def judge_kind(document_type: str) -> None:
    """Raise DocumentNotRegistered for a kind that no register outside can compare."""
    kind = documents.KINDS.get(document_type)
    if kind and not kind.register:
        raise DocumentNotRegistered(ways=[WINDOW.id])
