"""Staff pages ask the declared routes: by the same gate, models and stories, without a socket."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from api import problems
from api.ask import Ask
from api.parsing import check_path, fitted
from api.replies import Reply
from api.routes import Access, Route
from api.staff_door import member_by
from api.wiring import Parts
from identity.caller import NOBODY
from mobile_ui.staff.page import Body, Refused

Declared = Mapping[tuple[str, str], Route]
_ASKED = {Access.STAFF, Access.STAFF_DOOR}


def declared(routes: list[Route]) -> Declared:
    """The routes that staff pages may ask, by method and path."""
    return {(one.method, one.path): one for one in routes if one.access in _ASKED}


@dataclass
class Asker:
    """Asks for one visitor. ``cookies``: whole Set-Cookie values that the answers brought."""

    routes: Declared = field(repr=False)
    parts: Parts = field(repr=False)
    cookie: str = field(repr=False)
    locale: str
    address: str = field(repr=False)
    user_agent: str = field(repr=False)
    request_id: str
    watching: bool = False
    cookies: list[str] = field(default_factory=list, repr=False)

    async def __call__(
        self,
        method: str,
        route: str,
        path: Mapping[str, str],
        query: Mapping[str, str],
        body: Body | None,
    ) -> Any:
        """The JSON of the answer. Raises Refused; KeyError for a route that nobody declared."""
        wanted = self.routes[method, route]
        try:
            return self._read(await self._asked(wanted, path, query, body))
        except Exception as fault:
            raise refused(fault, self.locale, self.request_id) from None

    async def _asked(
        self, route: Route, path: Mapping[str, str], query: Mapping[str, str], body: Body | None
    ) -> BaseModel | Reply | None:
        member = await member_by(self.cookie, route, self.parts, used=not self.watching)
        caller = member.caller if member else NOBODY
        check_path(path)
        await self.parts.partners.pace.keep(caller, self.address)
        ask = Ask(
            parts=self.parts,
            caller=caller,
            query=fitted(route.query, dict(query), self.locale) if route.query else None,
            body=fitted(route.body, dict(body or {}), self.locale) if route.body else None,
            path=path,
            locale=self.locale,
            address=self.address,
            user_agent=self.user_agent,
            member=member,
        )
        return await route.handler(ask)

    def _read(self, made: BaseModel | Reply | None) -> Any:
        if isinstance(made, BaseModel):
            return made.model_dump(mode="json", by_alias=True)
        if made is None:
            return None
        self.cookies += [*made.cookies, *filter(None, [made.headers.get("set-cookie")])]
        return json.loads(made.body) if made.body else None


def refused(fault: Exception, locale: str, request_id: str) -> Refused:
    """Any fault as a page says it."""
    said = problems.told(problems.as_problem(fault), locale, request_id)
    found = tuple((one["field"], one["message"]) for one in said.get("errors", ()))
    return Refused(said["title"], said["detail"], said["code"], said["status"], found)
