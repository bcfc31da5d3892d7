"""Databases for tests, emptied and used again: making one and dropping one costs the disk a
checkpoint each, emptying one a few milliseconds.

What is handed out is as a fresh copy of the template is: nobody is connected to it, by a name that
nobody had before; its catalogue is the template's; no table has a row; every sequence is at its
start. One of which that cannot be said is dropped, and another one made.
"""

import re
import secrets
from collections import Counter

import asyncpg

MOST_USES = 50  # then the rows that were deleted are more than is good
_PREFIX = "zb_"
_ALONE = """
    SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity
    WHERE datname = $1 AND pid <> pg_backend_pid()
"""
# Whatever a statement can change of a database besides rows, by the rows of PostgreSQL's own tables
# (16384: the first number of an object that is not PostgreSQL's).
_CATALOGUE = """
    SELECT md5(string_agg(one, '|' ORDER BY one)) FROM (
        SELECT concat_ws(',', 'c', oid, relname, relkind, relpersistence, relhasrules,
            relhastriggers, relrowsecurity, relowner, relacl, reloptions)
            FROM pg_class WHERE oid >= 16384 AND relkind <> 't'
        UNION ALL SELECT concat_ws(',', 'a', attrelid, attnum, attname, atttypid, atttypmod,
            attnotnull, atthasdef, attisdropped) FROM pg_attribute WHERE attrelid >= 16384
        UNION ALL SELECT concat_ws(',', 'd', oid, adbin::text) FROM pg_attrdef WHERE oid >= 16384
        UNION ALL SELECT concat_ws(',', 'i', indexrelid, indisvalid, indisunique, indisready)
            FROM pg_index WHERE indexrelid >= 16384
        UNION ALL SELECT concat_ws(',', 'k', oid, conname, convalidated, condeferrable)
            FROM pg_constraint WHERE oid >= 16384
        UNION ALL SELECT concat_ws(',', 'g', oid, tgname, tgenabled) FROM pg_trigger
        UNION ALL SELECT concat_ws(',', 'f', oid, proname, prosrc) FROM pg_proc WHERE oid >= 16384
        UNION ALL SELECT concat_ws(',', 't', oid, typname) FROM pg_type WHERE oid >= 16384
        UNION ALL SELECT concat_ws(',', 'n', oid, nspname) FROM pg_namespace
        UNION ALL SELECT concat_ws(',', 'e', oid, extname) FROM pg_extension
        UNION ALL SELECT concat_ws(',', 's', setrole, setconfig::text) FROM pg_db_role_setting
            JOIN pg_database ON pg_database.oid = setdatabase AND datname = current_database()
        UNION ALL SELECT concat_ws(',', 'm', app, name) FROM tortoise_migrations
    ) AS all_of_them (one)
"""
# Triggers do not fire: that rows of the ledger are never deleted is no matter here. A table whose
# file has no byte never had a row (a row's page is first made in the file): it need not be opened.
_EMPTY = """
    DO $$ DECLARE one text; there boolean; BEGIN
        SET LOCAL session_replication_role = replica;
        FOR one IN SELECT oid::regclass::text FROM pg_class
            WHERE relkind = 'r' AND oid >= 16384 AND relname <> 'tortoise_migrations'
            AND (pg_stat_file(pg_relation_filepath(oid))).size > 0
        LOOP
            EXECUTE 'SELECT EXISTS (SELECT 1 FROM ' || one || ')' INTO there;
            IF there THEN EXECUTE 'DELETE FROM ' || one; END IF;
        END LOOP;
        PERFORM setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)
            FROM pg_sequences WHERE last_value IS NOT NULL;
    END $$
"""


def renamed(address: str, name: str) -> str:
    """The same server, another database."""
    return re.sub(r"^(\w+://[^/?]*)/?[^?]*", rf"\1/{name}", address)


class CleanDatabases:
    """``address``: of the server; ``template``: the name of the migrated one."""

    def __init__(self, address: str, template: str):
        self._address, self._template = address, template
        self._idle: list[str] = []
        self._uses: Counter[str] = Counter()
        self._server: asyncpg.Connection | None = None
        self._catalogue = ""

    async def take(self) -> str:
        """The name of a database that nobody else has."""
        while self._idle:
            before, name = self._idle.pop(), _name()
            try:
                await self._run(f'ALTER DATABASE "{before}" RENAME TO "{name}"')
            except asyncpg.ObjectInUseError:  # somebody came back to it
                await self._drop(before)
                continue
            self._uses[name] = self._uses.pop(before)
            return name
        return await self._made()

    async def give_back(self, name: str) -> None:
        """It is emptied for the next one, or dropped, whoever is still connected."""
        self._uses[name] += 1
        try:
            clean = self._uses[name] < MOST_USES and await self._emptied(name)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
            clean = False
        if clean:
            self._idle.append(name)
        else:
            await self._drop(name)

    async def close(self) -> None:
        """Drop what is left, and the template."""
        for name in [*self._idle, self._template]:
            await self._run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        if self._server is not None:
            await self._server.close()

    async def _drop(self, name: str) -> None:
        del self._uses[name]
        await self._run(f'DROP DATABASE "{name}" WITH (FORCE)')

    async def _made(self) -> str:
        name = _name()
        await self._run(f'CREATE DATABASE "{name}" TEMPLATE "{self._template}"')
        if not self._catalogue:
            self._catalogue = await self._asked(name, _CATALOGUE)
        return name

    async def _emptied(self, name: str) -> bool:
        connection = await asyncpg.connect(renamed(self._address, name))
        try:
            await connection.fetchval(_ALONE, name)
            if await connection.fetchval(_CATALOGUE) != self._catalogue:
                return False
            await connection.execute(_EMPTY)
            return True
        finally:
            await connection.close()

    async def _asked(self, name: str, question: str) -> str:
        connection = await asyncpg.connect(renamed(self._address, name))
        try:
            return str(await connection.fetchval(question))
        finally:
            await connection.close()

    async def _run(self, statement: str) -> None:
        if self._server is None or self._server.is_closed():
            self._server = await asyncpg.connect(renamed(self._address, "postgres"))
        await self._server.execute(statement)


def _name() -> str:
    return _PREFIX + secrets.token_hex(6)
