"""A small application of two offices, and offices that answer as a test lays out.

``night-market-permit``: the register and the fire brigade are asked in parallel, hygiene after the
register; rules decide by what they say; a licence is written by the register when it is approved.
"""

import asyncio
from collections.abc import Callable
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from identity.person import Person
from services.access import OfficeSettings
from services.applications.declaration import (
    Decision,
    Findings,
    Held,
    Step,
    Visit,
    application,
    step,
)
from services.circuit import Circuit
from services.department import Department
from services.groups import HOUSING
from services.items.standard import Item, ItemType, Law, Wanted
from services.schema import shown, words
from services.service import Service


class Office(Department):
    """``asked``: (step, key) in order; ``says``: what a step's next answers are, a value, an
    exception, or a coroutine function; after them it answers well.
    """

    settings_class = OfficeSettings

    def __init__(self) -> None:
        self.asked: list[tuple[str, UUID]] = []
        self.says: dict[str, list[Any]] = {}
        self.circuit = Circuit()

        class Access:
            class hours:
                opens_at = staticmethod(lambda _now: None)

        self.access = Access()  # type: ignore[assignment]

    async def ask(self, name: str, key: UUID) -> str:
        self.asked.append((name, key))
        said = self.says[name].pop(0) if self.says.get(name) else "good"
        if isinstance(said, BaseException):
            raise said
        if asyncio.iscoroutinefunction(said):
            said = await said()
        return str(said)


class Register(Office):
    title = words("登记处", en="Register")
    credit_code = "124400000070010144"


class Brigade(Office):
    title = words("消防队", en="Fire brigade")
    credit_code = "11440000007001030W"


Register.id, Brigade.id = "register", "brigade"


class Form(BaseModel):
    model_config = ConfigDict(extra="forbid")

    stall: Annotated[str, shown("摊位", en="Stall")]
    region: Annotated[str, shown("地区", en="Region")] = "440100"


class Found(BaseModel):
    said: Annotated[str, shown("结论", en="Finding")]
    holds: tuple[str, ...] = ()
    secret: str = "never shown"


@step(title=words("查登记", en="Look up the register"), days=1)
async def register(person: Person, form: Form, department: Register, visit: Visit) -> Found:
    said = await department.ask("register", visit.key)
    return Found(said=said, holds=("lease",) if said == "has-lease" else ())


@step(title=words("查消防", en="Fire check"), days=2)
async def fire(person: Person, form: Form, department: Brigade, visit: Visit) -> Found:
    return Found(said=await department.ask("fire", visit.key))


@step(title=words("查卫生", en="Hygiene check"), after=("register",), days=3)
async def hygiene(person: Person, form: Form, department: Register, visit: Visit) -> Found:
    assert visit.findings["register"].said
    return Found(said=await department.ask("hygiene", visit.key))


@step(title=words("发证", en="Write the licence"), after=("fire",))
async def licence(person: Person, form: Form, department: Register, visit: Visit) -> Found:
    return Found(said=await department.ask("licence", visit.key))


REASONS = {
    "all-good": words("都合格", en="All is well"),
    "bad-stall": words("摊位 {stall} 不合格", en="Stall {stall} does not do"),
    "no-lease": words("缺租约", en="The lease is missing"),
    "unclear": words("需人工核对", en="Somebody has to look"),
}
ITEM = Item(
    serial="2070100099001",
    type=ItemType.PUBLIC_SERVICE,
    promised_days=5,
    statutory_days=20,
    legal_basis=(Law(words("夜市条例", en="Night Market Act"), words("第一条", en="Article 1")),),
    range="city",
    visits=0,
    materials=(Wanted("lease", words("租约", en="Lease"), ("department", "earlier", "upload")),),
)


def decide(form: Form, findings: Findings, held: Held) -> Decision:
    said = {name: found.said for name, found in findings.items()}
    if "broken" in said.values():
        raise ZeroDivisionError
    if "unclear" in said.values():
        return Decision("staff", ("unclear",))
    if "bad" in said.values():
        return Decision("refuse", ("bad-stall",), {"stall": form.stall})
    if said["register"] == "no-lease" and "lease" not in held:
        return Decision("supplement", ("no-lease",), wanted=("lease",))
    if said["fire"] == "which-stall":
        return Decision("supplement", ("bad-stall",), {"stall": form.stall}, wanted=("stall",))
    return Decision("approve", ("all-good",))


def permit(
    id: str = "night-market-permit",
    *,
    judge: Callable[[Form, Findings, Held], Decision] = decide,
    steps: tuple[Step, ...] = (register, fire, hygiene),
    carries_out: tuple[Step, ...] = (licence,),
    **others: Any,
) -> Service:
    """The service, with other pieces where a test wants them."""
    return application(
        id=id,
        title=words("夜市许可", en="Night market permit"),
        summary=words("摆摊", en="A stall at night"),
        group=HOUSING,
        icon="home",
        purpose="application",
        item=others.pop("item", ITEM),
        department=Register,
        steps=steps,
        carries_out=carries_out,
        reasons=REASONS,
        **others,
    )(judge)
