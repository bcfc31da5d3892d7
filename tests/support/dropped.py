"""A service that is one file, dropped into a folder of departments: nothing else is edited."""

from pathlib import Path

ID = "dropped-greeting"
SOURCE = """
from typing import Annotated

from pydantic import BaseModel

from identity.person import Person
from services.departments.provident_fund.department import REGULATIONS, ProvidentFund
from services.groups import HOUSING
from services.items.standard import query
from services.schema import shown, words
from services.service import service


class Question(BaseModel):
    pass


class Answer(BaseModel):
    greeting: Annotated[str, shown("问候", en="Greeting", show="text")]


@service(
    id="dropped-greeting",
    title=words("随手问候", en="Dropped greeting"),
    summary=words("一个文件的服务", en="A service of one file"),
    group=HOUSING,
    icon="home",
    purpose="own-record",
    item=query("2070100099001", REGULATIONS),
    # more
)
async def greet(person: Person, question: Question, department: ProvidentFund) -> Answer:
    return Answer(greeting="hello")
"""


def into(folder: Path, declared: str = "") -> Path:
    """The folder of departments, with the file in it; ``declared``: more of its declaration."""
    (folder / "greetings").mkdir(parents=True)
    source = SOURCE.replace("# more", declared)
    (folder / "greetings" / "greeting.py").write_text(source, encoding="utf-8")
    return folder
