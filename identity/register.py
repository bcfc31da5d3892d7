"""The population register: a person's reference portrait, or its own verdict on a photograph.

Whatever goes wrong on the way is RegisterUnavailable: no fault of the resident, and no try is
spent.
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from config.outbound import Outbound
from config.settings import Settings
from identity.errors import RegisterUnavailable
from identity.person import IdNumber, Person, Photo
from identity.signed_office import SignedOffice

OFFICE = "population-register"
SECONDS = 6.0  # of the thirty a challenge lives
AT_ONCE = 3.0  # seconds where a partner waits for its answer


class Verdict(StrEnum):
    """What the register says of a name, a number and a photograph. Private: never told on."""

    MATCH = "match"
    UNKNOWN = "unknown"
    NAME_DIFFERS = "name-differs"
    DECEASED = "deceased"
    FACE_DIFFERS = "face-differs"


@dataclass(frozen=True)
class Answer:
    """``portrait`` comes with MATCH in portrait mode only."""

    verdict: Verdict
    portrait: Photo | None = None


class Register:
    """One office, two ways to ask it (REGISTER_MODE)."""

    def __init__(self, outbound: Outbound, settings: Settings):
        root = settings.register_url or f"{settings.sandbox_url}/{OFFICE}"
        self._office = SignedOffice(outbound, OFFICE, root, _key(settings), RegisterUnavailable)
        self.remote = settings.register_mode == "remote"

    async def portrait(self, name: str, number: IdNumber) -> Answer:
        """Name and number judged, with the portrait to match here. Raises RegisterUnavailable."""
        said = await self._ask("portrait", _question(name, number))
        verdict = _verdict(said)
        if verdict is not Verdict.MATCH:
            return Answer(verdict)
        return Answer(verdict, Photo(_bytes(said.get("portrait"))))

    async def name_and_number(self, name: str, number: IdNumber) -> Verdict:
        """Name and number alone, for who looks at the person. Raises RegisterUnavailable."""
        return _verdict(await self._ask("identity", _question(name, number)))

    async def compare(self, name: str, number: IdNumber, photo: Photo) -> Answer:
        """The register's own verdict, face included. Raises RegisterUnavailable."""
        encoded = base64.b64encode(photo.jpeg).decode()
        question = _question(name, number) | {"photo": encoded}
        return Answer(_verdict(await self._ask("comparison", question)))

    async def is_guardian(self, guardian: Person, name: str, number: IdNumber) -> bool:
        """Whether ``guardian`` is on record for the person of this name and number.

        False too when nobody has that number, or another name. Raises RegisterUnavailable.
        """
        question = _question(name, number)
        asking = {"guardian_name": guardian.name, "guardian_number": guardian.number.value}
        said = (await self._ask("guardianship", question | asking)).get("guardian")
        if not isinstance(said, bool):
            raise RegisterUnavailable("no verdict on a guardianship")
        return said

    async def resides_in(self, person: Person, region: str) -> bool:
        """Whether the person's registered residence lies in this region (a prefix of GB/T 2260).

        False too when nobody has that number, or another name. Raises RegisterUnavailable.
        """
        question = _question(person.name, person.number) | {"region": region}
        said = (await self._ask("residence", question, AT_ONCE)).get("resides")
        if not isinstance(said, bool):
            raise RegisterUnavailable("no verdict on a residence")
        return said

    async def _ask(
        self, what: str, question: Mapping[str, str], seconds: float = SECONDS
    ) -> dict[str, Any]:
        return await self._office.ask(what, question, seconds)


def _question(name: str, number: IdNumber) -> dict[str, str]:
    return {"name": name, "number": number.value, "kind": number.kind}


def _key(settings: Settings) -> bytes:
    given = settings.register_key.get_secret_value()
    return given.encode() if given else settings.sandbox_secret(OFFICE)


def _verdict(said: Mapping[str, Any]) -> Verdict:
    try:
        return Verdict(said.get("verdict", ""))
    except ValueError:
        raise RegisterUnavailable("no such verdict") from None


def _bytes(encoded: object) -> bytes:
    try:
        picture = base64.b64decode(encoded if isinstance(encoded, str) else "", validate=True)
    except (binascii.Error, ValueError):
        raise RegisterUnavailable("portrait is not base64") from None
    if not picture:
        raise RegisterUnavailable("no portrait")
    return picture
