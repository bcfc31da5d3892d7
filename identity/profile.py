"""The fields of a resident that partners may be given, and answers derived from them.

Called by ``identity.release`` alone, which decides what may leave. What a document does not say,
and what a resident does not have, is absent.
"""

from collections.abc import Callable, Collection, Mapping
from uuid import UUID

from identity import ages, documents
from identity.documents import KINDS
from identity.person import Person, mask
from identity.phones import phone_of
from identity.register import Register
from identity.residents import Residents
from identity.vault import Vault

Claim = str | bool
Claims = Mapping[str, Claim]
ELDERLY = 60  # Law on the Protection of the Rights and Interests of the Elderly, art. 2
CLAIMS: Mapping[str, tuple[str, ...]] = {
    "name": ("name",),
    "name-masked": ("name_masked",),
    "id-number": ("id_number", "id_type"),
    "id-number-masked": ("id_number_masked",),
    "birthdate": ("birthdate",),
    "gender": ("gender",),
    "over-18": ("over_18",),
    "over-60": ("over_60",),
    "resident-here": ("resident_here",),
    "phone": ("phone_number", "phone_number_verified"),
}
"""Field → what userinfo calls it; by OpenID Connect's own names (Core §5.1) where it has them."""


class Profile:
    def __init__(self, residents: Residents, register: Register, vault: Vault):
        self._residents = residents
        self._register = register
        self._vault = vault

    async def read(
        self, resident: UUID, fields: Collection[str], region: str
    ) -> Mapping[str, Claims]:
        """Field → its claims, for those of ``fields`` that are known. ``region`` (GB/T 2260
        prefix) is where the asker serves. Raises ResidentMissing or RegisterUnavailable.
        """
        person = await self._residents.reveal(resident)
        found = {name: _OF_THE_PERSON[name](person) for name in fields if name in _OF_THE_PERSON}
        if "phone" in fields:
            found["phone"] = await self._phone(resident)
        if "resident-here" in fields:
            found["resident-here"] = await self._residence(person, region)
        return {name: claims for name, claims in found.items() if claims}

    async def _phone(self, resident: UUID) -> Claims:
        phone = await phone_of(self._vault, resident)
        if phone is None:
            return {}
        return {"phone_number": f"+86{phone}", "phone_number_verified": True}

    async def _residence(self, person: Person, region: str) -> Claims:
        """Asked of the register each time: people move."""
        if not region or not KINDS[person.number.kind].register:
            return {}
        return {"resident_here": await self._register.resides_in(person, _prefix(region))}


def _prefix(region: str) -> str:
    """A city's own code (440100) stands for what is in it (4401…), a province's likewise."""
    while region.endswith("00"):
        region = region[:-2]
    return region


def _name(person: Person) -> Claims:
    return {"name": person.name}


def _name_masked(person: Person) -> Claims:
    return {"name_masked": mask(person.name)}


def _number(person: Person) -> Claims:
    return {"id_number": person.number.value, "id_type": person.number.kind}


def _number_masked(person: Person) -> Claims:
    return {"id_number_masked": person.number.masked}


def _birthdate(person: Person) -> Claims:
    born = documents.born(person.number)
    return {"birthdate": born.isoformat()} if born else {}


def _gender(person: Person) -> Claims:
    male = documents.is_male(person.number)
    return {} if male is None else {"gender": "male" if male else "female"}


def _over(age: int) -> Callable[[Person], Claims]:
    def answer(person: Person) -> Claims:
        if documents.born(person.number) is None:
            return {}
        return {f"over_{age}": not ages.is_under(person.number, age)}

    return answer


_OF_THE_PERSON: Mapping[str, Callable[[Person], Claims]] = {
    "name": _name,
    "name-masked": _name_masked,
    "id-number": _number,
    "id-number-masked": _number_masked,
    "birthdate": _birthdate,
    "gender": _gender,
    "over-18": _over(ages.OF_AGE),
    "over-60": _over(ELDERLY),
}
