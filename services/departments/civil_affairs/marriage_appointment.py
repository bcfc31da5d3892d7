"""Marriage registration: a time at any registry of the province, confirmed by both."""

from identity.documents import RESIDENT_ID
from identity.person import Person
from services.bookings.declaration import appointment
from services.departments.civil_affairs._registries import PROVINCE, TIMETABLE, registries
from services.departments.civil_affairs._wedding_rules import (
    AGES,
    ELSEWHERE,
    IN_PERSON,
    KINSHIP,
    OTHER_DOCUMENT,
    OTHER_PROVINCE,
    PAIR_RULES,
    PAPERS,
    REGISTRIES,
    RULES,
    STATEMENTS,
    UNKNOWN,
)
from services.departments.civil_affairs.department import CivilAffairs
from services.errors import NoRecord
from services.groups import FAMILY
from services.items.standard import Item, ItemType
from services.schema import words


@appointment(
    id="marriage-appointment",
    title=words("结婚登记预约", en="Marriage registration appointment"),
    summary=words(
        "全省任一登记处，两人各自确认，约好时间再去",
        en="Any registry of the province; you both confirm, then come at your time",
    ),
    group=FAMILY,
    icon="calendar-heart",
    purpose="booking",
    item=Item(
        serial="2071100002001",
        type=ItemType.CONFIRMATION,
        promised_days=0,
        statutory_days=0,
        legal_basis=(IN_PERSON, AGES, KINSHIP, REGISTRIES, PAPERS),
        range="province",
        visits=1,
        place=words("全省任一婚姻登记处", en="Any marriage registry of the province"),
        hours=words("工作日 9:00–12:00、14:30–17:00", en="Working days 9:00–12:00 and 14:30–17:00"),
    ),
    offices=registries(),
    timetable=TIMETABLE,
    people=2,
    statements=STATEMENTS,
    elsewhere=ELSEWHERE,
    rules=RULES,
    pair_rules=PAIR_RULES,
    documents=(RESIDENT_ID,),
    other_document=OTHER_DOCUMENT,
    other_province=OTHER_PROVINCE,
    province=PROVINCE,
    keywords=("结婚", "领证", "登记结婚", "婚姻登记", "wedding", "get married", "marry"),
)
async def marriage_appointment(person: Person, department: CivilAffairs) -> str:
    """The marital status that the register has of one person."""
    try:
        return (await department.marriage(person)).status
    except NoRecord:
        return UNKNOWN
