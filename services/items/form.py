"""Items as JSON: how a listed item is written in its file, and an editor's words over any item.

``Said`` are words in every locale of the house. Lengths bound what a page has to show.
"""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from config.texts import LOCALES, OFFERED
from services.items.standard import (
    MOST_VISITS,
    Complaint,
    Edition,
    Fee,
    Item,
    ItemType,
    Law,
    Range,
    Source,
    Wanted,
)
from services.schema import Words, words

_MOST = 500
_MOST_EDITIONS = 400
_PRINTED = r"^[^\x00-\x1f\x7f]+$"
Text = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=_MOST, pattern=_PRINTED)
]
Phone = Annotated[str, StringConstraints(pattern=r"^[0-9][0-9\-]{2,19}$")]
Days = Annotated[int, Field(ge=0, le=1000, strict=True)]
Code = Annotated[str, StringConstraints(pattern=r"^[0-9]{2,9}$")]
Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=64)]


def _in_every_locale(said: dict[str, str]) -> dict[str, str]:
    if silent := [locale for locale in LOCALES if locale not in said]:
        raise ValueError(f"has no words in {', '.join(silent)}")
    if unknown := sorted(said.keys() - set(OFFERED)):
        raise ValueError(f"has words in {', '.join(unknown)}, which is not offered")
    return said


Said = Annotated[dict[str, Text], AfterValidator(_in_every_locale)]


def spoken(said: dict[str, str]) -> Words:
    """The words as services hold them."""
    others = {locale: text for locale, text in said.items() if locale not in LOCALES}
    return words(said["zh-CN"], en=said["en"], **others)


def spoken_if(said: dict[str, str] | None) -> Words | None:
    return spoken(said) if said else None


class Form(BaseModel):
    """Nothing unknown is taken: a name mistyped would otherwise be lost."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class LawForm(Form):
    title: Said
    article: Said


class FeeForm(Form):
    fen: Annotated[int, Field(ge=0, strict=True)]
    basis: Said | None = None


class MaterialForm(Form):
    kind: Id
    title: Said
    sources: tuple[Source, ...] = ("upload",)
    required: bool = True


class ComplaintForm(Form):
    phone: Phone
    about: Said

    def made(self) -> Complaint:
        return Complaint(self.phone, spoken(self.about))


class EditionForm(Form):
    """How the item differs in a region; what is left out is as everywhere."""

    region: Code
    promised_days: Days | None = None
    place: Said | None = None
    hours: Said | None = None
    phone: Phone | None = None

    def made(self) -> Edition:
        place, hours = spoken_if(self.place), spoken_if(self.hours)
        return Edition(self.region, self.promised_days, place, hours, self.phone)


Editions = Annotated[tuple[EditionForm, ...], Field(max_length=_MOST_EDITIONS)]


class ItemForm(Form):
    """The basic elements (GB/T 39554.1); days are working days, the fee is in fen."""

    serial: str
    type: ItemType
    promised_days: Days
    statutory_days: Days
    legal_basis: Annotated[tuple[LawForm, ...], Field(min_length=1)]
    range: Range
    visits: Annotated[int, Field(ge=0, le=MOST_VISITS, strict=True)]
    fee: FeeForm
    materials: tuple[MaterialForm, ...]
    place: Said
    hours: Said
    phone: Phone | None = None
    complaint: ComplaintForm
    editions: Editions = ()

    def made(self) -> Item:
        return Item(
            serial=self.serial,
            type=self.type,
            promised_days=self.promised_days,
            statutory_days=self.statutory_days,
            legal_basis=tuple(
                Law(spoken(one.title), spoken(one.article)) for one in self.legal_basis
            ),
            range=self.range,
            visits=self.visits,
            fee=Fee(self.fee.fen, spoken_if(self.fee.basis)),
            materials=tuple(
                Wanted(one.kind, spoken(one.title), one.sources, one.required)
                for one in self.materials
            ),
            place=spoken(self.place),
            complaint=self.complaint.made(),
            hours=spoken(self.hours),
            phone=self.phone,
            editions=tuple(one.made() for one in self.editions),
        )


def json_of(edition: Edition) -> dict[str, Any]:
    """An edition as ``EditionForm`` reads it, without what is as everywhere."""
    own = {
        "region": edition.region,
        "promised_days": edition.promised_days,
        "place": dict(edition.place) if edition.place else None,
        "hours": dict(edition.hours) if edition.hours else None,
        "phone": edition.phone,
    }
    return {name: value for name, value in own.items() if value is not None}
