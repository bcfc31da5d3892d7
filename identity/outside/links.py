"""Which resident an outside identity belongs to, so that they may come again by it alone.

Kept are a digest of the issuer and a keyed digest of its pairwise name. A link is made by a
matched login and holds as long as the resident's consent to it does.
"""

import hashlib
from uuid import UUID, uuid4

from tortoise.backends.base.client import BaseDBAsyncClient

from identity.consent import NETWORK
from identity.models import Consent, OutsideIdentity
from identity.vault import Vault

_KIND = "outside-identity"


class Links:
    def __init__(self, vault: Vault, issuer: str):
        self._vault = vault
        self._issuer = hashlib.sha256(issuer.encode()).hexdigest()[:32]

    async def find(self, subject: str) -> UUID | None:
        """Whose outside identity this is, or None."""
        row = await OutsideIdentity.filter(
            issuer=self._issuer, subject__in=self._digests(subject)
        ).first()
        if row is None:
            return None
        agreed = Consent.filter(
            resident_id=row.resident_id, purpose=NETWORK, withdrawn_at__isnull=True
        )
        return UUID(str(row.resident_id)) if await agreed.exists() else None

    async def make(self, connection: BaseDBAsyncClient, subject: str, resident: UUID) -> bool:
        """Link in the story's transaction, by a login that matched this resident.

        Whether the link is new. A link to somebody else gives way: the provider has just said
        whose it is.
        """
        known = OutsideIdentity.filter(issuer=self._issuer, subject__in=self._digests(subject))
        same = known.filter(resident_id=resident).using_db(connection)
        if await same.exists():
            return False
        await known.using_db(connection).delete()
        await OutsideIdentity.bulk_create(
            [
                OutsideIdentity(
                    id=uuid4(),
                    resident_id=resident,
                    issuer=self._issuer,
                    subject=self._vault.digest(_KIND, self._named(subject)),
                )
            ],
            using_db=connection,
            ignore_conflicts=True,  # the same person on two devices at once
        )
        return True

    def _digests(self, subject: str) -> list[str]:
        return list(self._vault.digests(_KIND, self._named(subject)).values())

    def _named(self, subject: str) -> str:
        return f"{self._issuer}|{subject}"
