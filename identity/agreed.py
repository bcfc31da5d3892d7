"""The words a resident agreed to when a partner asked, kept so that they can be read again.

A partner's name and purpose are its own and may change; what was shown is kept by its hash, once
for everybody who was shown it.
"""

import hashlib
import json
from collections.abc import Iterable

from tortoise.backends.base.client import BaseDBAsyncClient

from config.texts import text
from identity.models import AgreedText
from identity.partners.client import Client
from identity.scopes import OPENID, Scopes

GENERAL = "partner"  # how a partner's purpose is called when its words are gone
_KEEP = "INSERT INTO agreed_text (digest, words) VALUES ($1, $2) ON CONFLICT DO NOTHING"


def purpose(client: Client) -> str:
    """The code that stands for what a client wants it for today, and in whose hands it is: another
    purpose, organisation or sector asks again (PIPL art. 14, 23), and the audit trail can name it.
    """
    said, whose = client.metadata.purpose, client.metadata.credit_code
    named = json.dumps([client.id, client.sector, whose, said.zh, said.en], ensure_ascii=False)
    digest = hashlib.sha256(named.encode()).hexdigest()
    return f"{GENERAL}-{digest[:16]}"


def words(scopes: Scopes, client: Client, asked: Iterable[str], locale: str) -> str:
    """Who asks, why, for how long, and each thing asked for with what it is."""
    said = client.metadata
    first = text(
        "grant.shown",
        locale,
        name=said.name.said(locale),
        organisation=said.organisation.said(locale),
        purpose=said.purpose.said(locale),
        days=said.grant_days,
    )
    listed = [scope.id for scope in scopes.of(asked) if scope.id != OPENID]
    lines = [f"{scopes.title(id, locale)}: {scopes.about(id, locale)}" for id in listed]
    return "\n".join([first, *lines])


async def keep(
    connection: BaseDBAsyncClient, scopes: Scopes, client: Client, asked: Iterable[str], locale: str
) -> str:
    """Keep the words in the story's transaction; returns their SHA-256, hex."""
    shown = words(scopes, client, asked, locale)
    digest = hashlib.sha256(shown.encode()).hexdigest()
    await connection.execute_query(_KEEP, [digest, shown])
    return digest


async def read(digests: Iterable[str]) -> dict[str, str]:
    """The words by their hashes."""
    rows = await AgreedText.filter(digest__in=list(set(digests)))
    return {row.digest: row.words for row in rows}
