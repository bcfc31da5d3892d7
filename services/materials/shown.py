"""A material as its resident, the window and the copy of everything see it; never its content."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from identity.vault import Vault
from services.models import Material

UPLOADED, EARLIER, DEPARTMENT, SIGNED = "uploaded", "earlier", "department", "signed"
LIGHT = (
    "id", "kind", "source", "department", "name_sealed", "media_type", "size", "sha256",
    "created_at",
)  # fmt: skip
"""What is read to show one: everything but its content, which may be ten megabytes."""
Json = dict[str, Any]


@dataclass(frozen=True)
class Shown:
    """``department``: which one holds it, by id; ``origin``: whose content this is, the material's
    own or that of an earlier application. ``size`` in bytes, 0 where a department holds it.
    """

    id: UUID
    kind: str
    source: str
    department: str
    name: str = field(repr=False)
    media_type: str
    size: int
    sha256: str
    created_at: datetime

    @classmethod
    def of(cls, row: Material, vault: Vault) -> "Shown":
        name = vault.open(bytes(row.name_sealed), name_context(row.id)).decode()
        return cls(
            UUID(str(row.id)),
            row.kind,
            row.source,
            row.department,
            name,
            row.media_type,
            row.size,
            row.sha256,
            row.created_at,
        )

    def as_json(self, titles: Mapping[str, str]) -> Json:
        """``titles``: what a kind is called in the reader's language."""
        return {
            "id": str(self.id),
            "kind": self.kind,
            "title": titles.get(self.kind, self.kind),
            "source": self.source,
            "department": self.department or None,
            "name": self.name,
            "media_type": self.media_type,
            "size": self.size,
            "sha256": self.sha256,
            "created_at": self.created_at.isoformat(timespec="seconds").replace("+00:00", "Z"),
        }


@dataclass(frozen=True)
class Content:
    """The file itself, byte for byte as it was sent."""

    name: str = field(repr=False)
    media_type: str
    body: bytes = field(repr=False)


def name_context(row: object) -> str:
    return f"material.name:{row}"


def content_context(row: object) -> str:
    return f"material.content:{row}"
