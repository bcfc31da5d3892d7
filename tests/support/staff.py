"""Members of staff for tests: accounts that are set up, and browsers' cookies."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import pyotp

from identity import documents
from identity.models import StaffAccount
from identity.person import IdNumber
from identity.staff.accounts import NAMED, Accounts, Handed, NewAccount
from identity.staff.enrolment import Enrolments
from identity.staff.roles import Member
from identity.staff.sessions import StaffSessions
from identity.vault import Vault
from tests.support.http import Answer, Api
from tests.support.log_capture import personal

PASSWORD = "a long sentence of nobody"
ADDRESS = "198.51.100.20"
FROM_OUR_PAGE = {"X-Staff-Page": "1"}


@dataclass(frozen=True)
class Colleague:
    """An account that is set up, and what its owner knows."""

    id: UUID
    login: str
    secret: str = field(repr=False)

    def code(self, steps: int = 0) -> str:
        """What the authenticator shows ``steps`` of thirty seconds from now."""
        return pyotp.TOTP(self.secret).at(time.time() + 30 * steps)


@dataclass(frozen=True)
class StaffRoom:
    """The staff rooms of one worker."""

    vault: Vault
    accounts: Accounts
    sessions: StaffSessions
    enrolments: Enrolments

    @classmethod
    def on(cls, vault: Vault) -> "StaffRoom":
        sessions = StaffSessions(vault)
        return cls(vault, Accounts(vault), sessions, Enrolments(vault, sessions))

    async def hire(
        self,
        *roles: str,
        region: str = "",
        document: IdNumber | None = None,
        departments: Sequence[str] = (),
    ) -> Colleague:
        """Somebody with these roles, set up by themselves."""
        named = NAMED & set(roles)
        handed = await self.accounts.create_administrator(
            NewAccount(
                f"m{uuid4().hex[:10]}",
                personal("林测试"),
                roles,
                region,
                document or (a_document() if named else None),
                departments,
            ),
            another=True,
        )
        return await self.set_up(handed)

    async def set_up(self, handed: Handed) -> Colleague:
        made = await self.enrolments.begin(handed.login, handed.one_time, ADDRESS)
        one = Colleague(handed.id, handed.login, made.secret)
        await self.enrolments.finish(handed.login, handed.one_time, PASSWORD, one.code(), ADDRESS)
        await code_again(one)
        return one

    async def member(self, *roles: str, region: str = "", **more: Any) -> Member:
        """Somebody signed in."""
        one = await self.hire(*roles, region=region, **more)
        return (await self.sessions.sign_in(one.login, PASSWORD, one.code(), ADDRESS)).member


_born = 0


def a_document() -> IdNumber:
    """A passport nobody else here has."""
    return documents.parse("passport", f"E{uuid4().int % 10**8:08}", "CN")


async def code_again(one: Colleague) -> str:
    """The present code, as if it had not been used yet."""
    await StaffAccount.filter(id=one.id).update(totp_used=0)
    return one.code()


@dataclass
class Desk:
    """A staff browser on the served application."""

    api: Api
    cookie: str = ""
    who: Mapping[str, Any] = field(default_factory=dict)

    async def send(self, method: str, path: str, **given: Any) -> Answer:
        headers = dict(given.pop("headers", FROM_OUR_PAGE))
        if self.cookie:
            headers["Cookie"] = self.cookie
        return await self.api.send(method, path, headers=headers, **given)

    async def post(self, path: str, body: Any = None, **given: Any) -> Answer:
        return await self.send(
            "POST", path, **({"json": body} if body is not None else {}), **given
        )

    async def sign_in(self, one: Colleague) -> "Desk":
        sent = {"login": one.login, "password": PASSWORD, "code": await code_again(one)}
        done = await self.post("/staff/sessions", sent)
        assert done.status == 201, done.body
        self.cookie = done.headers["Set-Cookie"].partition(";")[0]
        self.who = done.body
        return self


def room_of(api: Api) -> StaffRoom:
    """The staff rooms of the served application."""
    parts, staff = api.parts, api.parts.staff
    accounts = parts.core.staff_accounts
    return StaffRoom(parts.ground.vault, accounts, staff.staff_sessions, staff.enrolments)


async def at_work(api: Api, *roles: str, region: str = "44", **more: Any) -> Desk:
    """Somebody with these roles, signed in at a browser; ``departments`` and ``document`` too."""
    return await Desk(api).sign_in(await room_of(api).hire(*roles, region=region, **more))


def logins(rows: Sequence[Mapping[str, Any]]) -> set[str]:
    return {row["login"] for row in rows}


def somebody(*roles: str, region: str = "44", **others: object) -> NewAccount:
    """An account as an administrator may want it."""
    named = NAMED & set(roles)
    document = others.get("document", a_document() if named else None)
    login = str(others.get("login", f"m{uuid4().hex[:10]}"))
    return NewAccount(login, "某人", roles, region, document)  # type: ignore[arg-type]


async def sign_in(room: StaffRoom, one: Colleague, address: str = ADDRESS) -> str:
    """The session's cookie."""
    return (await room.sessions.sign_in(one.login, PASSWORD, await code_again(one), address)).cookie
