"""What an application says, sealed: forms, findings, words, and the facts of a decision."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from identity.vault import Vault
from services.applications.errors import FormTooLarge
from services.models import Application, ApplicationStep

Json = dict[str, Any]
MOST_FORM_BYTES = 64 * 1024
_in_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str).encode


class Papers:
    def __init__(self, vault: Vault):
        self._vault = vault

    def seal_form(self, application: UUID, form: Mapping[str, Any]) -> bytes:
        """Raises FormTooLarge."""
        written = _written(form)
        if len(written) > MOST_FORM_BYTES:
            raise FormTooLarge()
        return self._vault.seal(written, f"application.form:{application}")

    def form(self, row: Application) -> Json:
        return self._read(bytes(row.form_sealed), f"application.form:{row.id}")

    def seal_facts(self, application: UUID, facts: Mapping[str, str | int]) -> bytes:
        return self._vault.seal(_written(facts), f"application.facts:{application}")

    def facts(self, row: Application) -> Json:
        if row.facts_sealed is None:
            return {}
        return self._read(bytes(row.facts_sealed), f"application.facts:{row.id}")

    def seal_finding(self, step: UUID, finding: BaseModel) -> bytes:
        return self._vault.seal(finding.model_dump_json().encode(), f"application_step:{step}")

    def plain_finding(self, row: ApplicationStep) -> Json:
        """As it was kept, whatever the step's model is by now; nothing where there is none."""
        if row.finding_sealed is None:
            return {}
        return self._read(bytes(row.finding_sealed), f"application_step:{row.id}")

    def finding(self, row: ApplicationStep, model: type[BaseModel]) -> BaseModel:
        """Raises pydantic's ValidationError for one that an older release wrote otherwise."""
        plain = self._vault.open(bytes(row.finding_sealed or b""), f"application_step:{row.id}")
        return model.model_validate_json(plain)

    def seal_words(self, application: UUID, words: str) -> bytes | None:
        """What a person wrote; nothing for nothing."""
        if not words:
            return None
        return self._vault.seal(words.encode(), f"application.words:{application}")

    def words(self, application: UUID, sealed: bytes | None) -> str:
        if sealed is None:
            return ""
        return self._vault.open(bytes(sealed), f"application.words:{application}").decode()

    def _read(self, sealed: bytes, context: str) -> Json:
        found: Json = json.loads(self._vault.open(sealed, context))
        return found


def _written(content: Mapping[str, Any]) -> bytes:
    return _in_json(dict(content)).encode()
