"""Two members of staff: two people who work here, and neither of them for themselves."""

from dataclasses import dataclass
from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient

from config.errors import Denied
from identity.caller import Caller, CallerKind
from identity.documents import PROVEN
from identity.models import Document, DocumentIndex, StaffAccount
from identity.staff.roles import CLIENT


class TwoStaffNeeded(Denied):
    code = "two-staff-needed"


@dataclass(frozen=True)
class TwoStaff:
    """Two different members of staff. Raises TwoStaffNeeded for one person twice."""

    first: UUID
    second: UUID

    def __post_init__(self) -> None:
        if self.first == self.second:
            raise TwoStaffNeeded("one person twice")


async def callers(connection: BaseDBAsyncClient, staff: TwoStaff, *residents: UUID) -> list[Caller]:
    """Both as callers, if they work here and the record is neither's own.

    Raises TwoStaffNeeded.
    """
    people = [staff.first, staff.second]
    working = StaffAccount.filter(id__in=people, disabled_at__isnull=True)
    rows = await working.using_db(connection)
    if len(rows) != len(people):
        raise TwoStaffNeeded("an account is missing or disabled")
    own = DocumentIndex.filter(digest__in=[row.document for row in rows if row.document])
    documents_of = [row.document_id for row in await own.using_db(connection)]
    found = Document.filter(id__in=documents_of, level__gte=PROVEN).using_db(connection)
    theirs = [row.resident_id for row in await found]
    if len(set(theirs)) < len(theirs):
        raise TwoStaffNeeded("two accounts of one person")
    if set(theirs) & set(residents):
        raise TwoStaffNeeded("their own record")
    return [Caller(CallerKind.STAFF, actor=str(one), client=CLIENT) for one in people]
