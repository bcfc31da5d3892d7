"""What members of staff work with."""

from dataclasses import dataclass

from api.parts.core import Core
from api.parts.ground import Ground
from identity.merging import Merging
from identity.record_changes.desk import RecordDesk
from identity.staff.enrolment import Enrolments
from identity.staff.sessions import StaffSessions
from identity.window.desk import WindowDesk


@dataclass(frozen=True)
class Staff:
    staff_sessions: StaffSessions
    enrolments: Enrolments
    window_desk: WindowDesk
    record_desk: RecordDesk


def staff(ground: Ground, core: Core, merging: Merging) -> Staff:
    vault, residents = ground.vault, core.residents
    sessions, accounts = StaffSessions(vault), core.staff_accounts
    return Staff(
        staff_sessions=sessions,
        enrolments=Enrolments(vault, sessions),
        window_desk=WindowDesk(vault, core.register, residents, accounts, core.sessions),
        record_desk=RecordDesk(vault, residents, accounts, merging, core.sessions),
    )
