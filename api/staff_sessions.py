"""Staff: signing in with two factors, out again, and setting an account up."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, StringConstraints

from api.ask import Ask
from api.replies import NO_CONTENT, Reply
from api.routes import Access, Routes
from api.staff_door import member_of, with_cookie
from api.verifications import Private
from identity.staff.roles import Member
from identity.staff.sessions import IDLE

routes = Routes("staff")

_Printed = r"^[^\x00-\x1f\x7f]+$"  # PostgreSQL, for one, keeps no NUL
Login = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=_Printed)]
Password = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Code = Annotated[str, StringConstraints(min_length=6, max_length=6, pattern=r"^[0-9]{6}$")]


class StaffSignIn(Private):
    """``code``: what the authenticator shows now."""

    login: Login
    password: Password
    code: Code


class EnrolmentWanted(Private):
    login: Login
    one_time_password: Password


class EnrolmentCompletion(EnrolmentWanted):
    """``password``: one's own from now on; ``code``: of the second factor that was shown."""

    password: Password
    code: Code


class DepartmentNamed(BaseModel):
    id: str
    title: str


class StaffShown(BaseModel):
    """``region``: GB/T 2260 prefix, empty for everywhere; ``departments``: those whose cases they
    work on; ``idle_seconds`` until the session ends by itself."""

    id: str
    login: str
    name: str
    roles: list[str]
    region: str
    departments: list[DepartmentNamed]
    idle_seconds: int

    @classmethod
    def of(cls, member: Member, ask: Ask[Any, None]) -> "StaffShown":
        there_are = ask.parts.catalogue.departments.values()
        return cls(
            id=str(member.id),
            login=member.login,
            name=member.name,
            roles=sorted(member.roles),
            region=member.region,
            departments=[
                DepartmentNamed(id=one.id, title=one.title[ask.locale])
                for one in there_are
                if one.id in member.departments
            ],
            idle_seconds=int(IDLE.total_seconds()),
        )


class EnrolmentShown(BaseModel):
    """Shown once. ``picture``: a QR code of ``uri`` as a data address."""

    secret: str
    uri: str
    picture: str


class OneTimePassword(BaseModel):
    """Shown once, to be told to the account's owner in person."""

    id: str
    login: str
    one_time_password: str
    until: datetime


@routes.post(
    "/staff/sessions",
    Access.STAFF_DOOR,
    "Sign in with password and code; sets the session's cookie",
    status=201,
    body=StaffSignIn,
    answer=StaffShown,
)
async def sign_in(ask: Ask[StaffSignIn, None]) -> Reply:
    sent = ask.body
    done = await ask.parts.staff.staff_sessions.sign_in(
        sent.login, sent.password, sent.code, ask.address
    )
    shown = StaffShown.of(done.member, ask).model_dump_json().encode()
    return with_cookie(Reply(shown), done.cookie, ask.parts.settings.public_url)


@routes.delete("/staff/sessions/current", Access.STAFF, "Sign out", status=204)
async def sign_out(ask: Ask[None, None]) -> Reply:
    await ask.parts.staff.staff_sessions.sign_out(member_of(ask))
    return with_cookie(Reply(b"", status=NO_CONTENT), "", ask.parts.settings.public_url)


@routes.get("/staff/me", Access.STAFF, "Who is signed in", answer=StaffShown)
async def show(ask: Ask[None, None]) -> StaffShown:
    return StaffShown.of(member_of(ask), ask)


@routes.post(
    "/staff/enrolments",
    Access.STAFF_DOOR,
    "Begin with a one-time password: the second factor, shown once",
    body=EnrolmentWanted,
    answer=EnrolmentShown,
)
async def enrol(ask: Ask[EnrolmentWanted, None]) -> EnrolmentShown:
    sent = ask.body
    made = await ask.parts.staff.enrolments.begin(sent.login, sent.one_time_password, ask.address)
    return EnrolmentShown(secret=made.secret, uri=made.uri, picture=made.picture)


@routes.post(
    "/staff/enrolments/completion",
    Access.STAFF_DOOR,
    "Set one's own password and confirm the second factor",
    status=204,
    body=EnrolmentCompletion,
)
async def complete(ask: Ask[EnrolmentCompletion, None]) -> None:
    sent = ask.body
    await ask.parts.staff.enrolments.finish(
        sent.login, sent.one_time_password, sent.password, sent.code, ask.address
    )
