"""The one counter: hours, person, scope, deadline and the record of every read.

No audit, no answer: the read is recorded, and committed, before its answer leaves. An answer
given within the last minute is handed out again without asking the department or opening the
resident's record.
"""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any

from pydantic import BaseModel
from redis.asyncio import Redis

from config.errors import Problem
from identity import guardians, release
from identity.audit import OK
from identity.caller import Caller, CallerKind
from identity.vault import Vault
from services import freshness
from services.answers import Answers, Kept, key_of
from services.asking import Audit, Residents, in_hours, in_time, told
from services.department import Department
from services.errors import ChannelClosed, ServiceUnknown
from services.question import read
from services.service import Service

ANSWERED, REFUSED, FAILED = "service:answered", "service:refused", "service:failed"
_CHANNELS = {
    CallerKind.KIOSK: "kiosk",
    CallerKind.PARTNER: "partner",
    CallerKind.DEPARTMENT: "partner",  # it was let in by the resident like any other client
}


@dataclass(frozen=True)
class Answered:
    """What leaves the counter: the answer's JSON, who gave it, when, and how fresh it is.

    ``as_of``: when the department's records were last brought up to date.
    """

    answer: bytes = field(repr=False)
    service: Service
    answered_at: datetime
    age_seconds: int
    as_of: datetime

    def as_json(self, locale: str) -> bytes:
        """The body of the HTTP answer, put together without reading the answer again."""
        moments = f',"answered_at":"{_utc(self.answered_at)}","as_of":"{_utc(self.as_of)}"'
        told = f'{moments},"age_seconds":{self.age_seconds}}}'
        return b'{"answer":' + self.answer + _answered_by(self.service, locale) + told.encode()


def _utc(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


@cache
def _answered_by(service: Service, locale: str) -> bytes:
    who = {"id": service.department.id, "title": service.department.title[locale]}
    return b',"answered_by":' + json.dumps(who, ensure_ascii=False).encode()


class Desk:
    """Serves every service of the catalogue, with its departments by id."""

    def __init__(
        self,
        departments: Mapping[str, Department],
        residents: Residents,
        audit: Audit,
        cache: Redis,
        vault: Vault,
        *,
        clock: Callable[[], float] = time.time,
    ):
        self._departments = departments
        self._residents = residents
        self._audit = audit
        self._answers = Answers(cache, vault, clock=clock)
        self._clock = clock

    async def answer(
        self, service: Service, caller: Caller, question: Mapping[str, Any], locale: str
    ) -> Answered:
        """Answer the question about the caller's resident.

        Raises QuestionInvalid; what ``release.permit`` refuses; ChannelClosed;
        GuardianConsentNeeded; the problems of ``Department.call``. Refusals and failures are
        recorded like answers.
        """
        event = REFUSED
        try:
            self._admit(service, caller)
            await self._ask_for_guardian(service, caller)
            asked = read(service, question, locale)
            event = FAILED
            kept = await self._known(service, caller, asked)
        except Problem as problem:
            await self._record(service, caller, event, problem.code)
            raise told(problem, service.department.title, locale) from problem.__cause__
        await self._record(service, caller, ANSWERED)
        age = max(0, int(self._clock() - kept.at))
        return Answered(kept.body, service, _moment(kept.at), age, _moment(kept.as_of))

    def _admit(self, service: Service, caller: Caller) -> None:
        release.permit(caller, scope=service.scope, level=service.level, max_age=service.max_age)
        if _CHANNELS.get(caller.kind, "mobile") not in service.channels:
            raise ChannelClosed()

    async def _ask_for_guardian(self, service: Service, caller: Caller) -> None:
        """Asked for every answer: a guardian may have withdrawn within its minute."""
        if service.guardian_consent and caller.resident:
            await guardians.require(await self._residents.reveal(caller.resident))

    async def _known(self, service: Service, caller: Caller, asked: BaseModel) -> Kept:
        """The answer of the last minute, or a new one."""
        key = key_of(service, caller, asked)
        if kept := await self._answers.recall(key):
            return kept
        with freshness.listening() as fresh:
            body = await self._ask(service, caller, asked)
        kept = Kept(body, self._clock(), fresh.as_of.timestamp())
        self._answers.keep(key, kept)
        return kept

    async def _ask(self, service: Service, caller: Caller, asked: BaseModel) -> bytes:
        if service.function is None:
            raise ServiceUnknown("an application is no question")
        department = in_hours(self._departments[service.department.id], _moment(self._clock()))
        assert caller.resident is not None  # permit has refused everybody else
        person = await self._residents.reveal(caller.resident)
        asking = service.function(person, asked, department)
        found = await in_time(service.id, service.deadline, asking)
        return found.model_dump_json(by_alias=True, exclude_none=True).encode()

    async def _record(
        self, service: Service, caller: Caller, event: str, outcome: str = OK
    ) -> None:
        if caller.resident is None:
            return
        await self._audit.record_read(
            caller,
            event=event,
            resident=caller.resident,
            service=service.id,
            purpose=caller.purpose or service.purpose,
            outcome=outcome,
        )


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
