"""What a proposal names: read as typed, judged by form, sealed into its row while it waits."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from identity import documents
from identity.models import RecordChange
from identity.person import IdNumber
from identity.record_changes.errors import RecordChangeIncomplete, RecordChangeMissing
from identity.vault import Vault


class Kind(StrEnum):
    MERGE = "merge"  # the record of the second document goes into that of the first
    SPLIT = "split"  # the document was another person's and gets a record of its own
    RENAME = "rename"  # the paper, inspected, shows another name


# Why, as codes; the staff pages have their words.
REASONS = {
    Kind.MERGE: ("one-person", "number-changed"),
    Kind.SPLIT: ("anothers-document", "added-by-mistake"),
    Kind.RENAME: ("name-changed", "name-mistyped"),
}
_DOCUMENTS = {Kind.MERGE: 2, Kind.SPLIT: 1, Kind.RENAME: 1}


@dataclass(frozen=True, repr=False)
class Typed:
    """A document as staff typed it from the paper. ``country``: of a passport."""

    document_type: str
    number: str
    country: str = ""


@dataclass(frozen=True, repr=False)
class Wanted:
    """A change as it is asked for. ``name``: what the paper shows, for a renaming."""

    kind: str
    reason: str
    papers: Sequence[Typed]
    name: str = ""


@dataclass(frozen=True, repr=False)
class Papers:
    """Canonical numbers; ``name`` is empty unless the record is renamed."""

    numbers: tuple[IdNumber, ...]
    name: str = ""


def read(wanted: Wanted) -> Papers:
    """Raises RecordChangeIncomplete and what the document rules raise."""
    try:
        kind = Kind(wanted.kind)
    except ValueError:
        raise RecordChangeIncomplete("kind") from None
    if wanted.reason not in REASONS[kind] or len(wanted.papers) != _DOCUMENTS[kind]:
        raise RecordChangeIncomplete("reason or documents")
    if bool(wanted.name.strip()) != (kind is Kind.RENAME):
        raise RecordChangeIncomplete("name")
    numbers = tuple(
        documents.parse(one.document_type, one.number, one.country) for one in wanted.papers
    )
    return Papers(numbers, documents.name(wanted.name) if kind is Kind.RENAME else "")


def keep(vault: Vault, row: RecordChange, papers: Papers) -> None:
    """Seal the papers into the row."""
    said = {
        "numbers": [[one.value, one.kind, one.country] for one in papers.numbers],
        "name": papers.name,
    }
    row.papers_sealed = vault.seal(json.dumps(said).encode(), _context(row))


def kept(vault: Vault, row: RecordChange) -> Papers:
    """In plain words. Raises RecordChangeMissing once they are emptied."""
    if row.papers_sealed is None:
        raise RecordChangeMissing()
    said = json.loads(vault.open(bytes(row.papers_sealed), _context(row)))
    return Papers(tuple(IdNumber(*one) for one in said["numbers"]), said["name"])


def _context(row: RecordChange) -> str:
    return f"record_change.papers:{row.id}"
