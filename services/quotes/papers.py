"""What a quote keeps sealed: the question, the lines, the office's receipt. And its number."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from identity.vault import Vault
from services.models import Quote as Row
from services.quotes.declaration import Quote

NUMBER, DIGITS = "BJ", 10
OFFERED, PAID, SETTLED, REFUSED, LAPSED = "offered", "paid", "settled", "refused", "lapsed"
Json = dict[str, Any]


class Papers:
    def __init__(self, vault: Vault):
        self._vault = vault

    def seal_question(self, row: UUID, question: Mapping[str, Any]) -> bytes:
        return self._seal(question, f"quote.question:{row}")

    def seal_lines(self, row: UUID, quote: Quote) -> bytes:
        return self._seal(quote.model_dump(mode="json"), f"quote.lines:{row}")

    def seal_receipt(self, row: UUID, receipt: Mapping[str, Any]) -> bytes:
        return self._seal(receipt, f"quote.receipt:{row}")

    def question(self, row: Row) -> Json:
        return self._opened(row.question_sealed, f"quote.question:{row.id}")

    def quote(self, row: Row) -> Quote:
        return Quote.model_validate(self._opened(row.lines_sealed, f"quote.lines:{row.id}"))

    def receipt(self, row: Row) -> Json | None:
        if row.receipt_sealed is None:
            return None
        return self._opened(row.receipt_sealed, f"quote.receipt:{row.id}")

    def _seal(self, content: Mapping[str, Any], context: str) -> bytes:
        return self._vault.seal(json.dumps(content, ensure_ascii=False).encode(), context)

    def _opened(self, sealed: bytes, context: str) -> Json:
        found: Json = json.loads(self._vault.open(bytes(sealed), context))
        return found
