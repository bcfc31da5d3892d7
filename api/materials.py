"""Materials of applications: uploaded as they are, read back, forgotten before they are used."""

import re
from datetime import datetime
from typing import Annotated, Literal
from urllib.parse import quote, unquote
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints

from api.ask import Ask
from api.me import resident_of
from api.parsing import File
from api.replies import Reply
from api.routes import Access, Routes
from identity import release
from identity.caller import Caller
from identity.ways import ORDINARY
from services.materials import errors, kinds
from services.materials.content import MOST_BYTES, TYPES, Upload
from services.materials.shown import Shown

routes = Routes("materials")

_NAMED = re.compile(r"(?:^|;)\s*filename\*\s*=\s*UTF-8''([^;\s]+)", re.IGNORECASE)
_PLAIN = re.compile(r'(?:^|;)\s*filename\s*=\s*"([^"\\]*)"', re.IGNORECASE)


class MaterialQuery(BaseModel):
    """``kind``: one that an application of the catalogue asks for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Annotated[str, StringConstraints(min_length=1, max_length=40)]


class MaterialShown(BaseModel):
    """``size`` in bytes; ``sha256`` of the content as it was sent; ``department``: its id."""

    id: str
    kind: str
    title: str
    source: Literal["uploaded", "earlier", "department", "signed"]
    department: str | None
    name: str
    media_type: str
    size: int
    sha256: str
    created_at: datetime


class MaterialPlace(BaseModel):
    """Where a material comes from: nothing has to be uploaded but for ``source`` upload.
    ``signature``: it is made of the form and signed (POST /v1/signatures)."""

    kind: str
    title: str
    required: bool
    source: Literal["department", "earlier", "upload", "signature"]
    material: MaterialShown | None


class MaterialPlaces(BaseModel):
    materials: list[MaterialPlace]


@routes.post(
    "/v1/materials",
    Access.OWN_APP,
    "Upload a picture or PDF for an application; its name in Content-Disposition (RFC 6266)",
    status=201,
    query=MaterialQuery,
    answer=MaterialShown,
    takes=TYPES,
    limit=MOST_BYTES,
    idempotent=True,
)
async def add(ask: Ask[File, MaterialQuery]) -> MaterialShown:
    resident, kind = _own(ask.caller), ask.query.kind
    upload = Upload(ask.body.media_type, file_name(ask.body.disposition), ask.body.content)
    made = await ask.parts.counter.materials.add(resident, kind, upload, ask.once)
    return _shown(made, kinds.titles(ask.parts.catalogue, ask.locale))


@routes.get(
    "/v1/services/{id}/materials",
    Access.OWN_APP,
    "What an application needs, and what of it is there already",
    answer=MaterialPlaces,
)
async def places(ask: Ask[None, None]) -> MaterialPlaces:
    item = ask.parts.catalogue.service(ask.path["id"]).item
    titles = {wanted.kind: wanted.title[ask.locale] for wanted in item.materials}
    found = await ask.parts.counter.materials.held(_own(ask.caller), item)
    return MaterialPlaces(
        materials=[
            MaterialPlace(
                kind=one.wanted.kind,
                title=titles[one.wanted.kind],
                required=one.wanted.required,
                source=one.source,
                material=_shown(earlier, titles) if earlier else None,
            )
            for one, earlier in found
        ]
    )


@routes.get(
    "/v1/materials/{id}", Access.OWN_APP, "The file, as it was uploaded", content_type="*/*"
)
async def read(ask: Ask[None, None]) -> Reply:
    found = await ask.parts.counter.materials.read(_own(ask.caller), _id(ask.path["id"]))
    return as_file(found.body, found.media_type, found.name)


@routes.delete("/v1/materials/{id}", Access.OWN_APP, "Forget one that is not used", status=204)
async def remove(ask: Ask[None, None]) -> None:
    await ask.parts.counter.materials.remove(_own(ask.caller), _id(ask.path["id"]))


def as_file(body: bytes, media_type: str, name: str) -> Reply:
    """A download: never shown within one of our pages."""
    headers = {
        "cache-control": "no-store",
        "content-disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
    }
    return Reply(body, content_type=media_type, headers=headers)


def file_name(disposition: str) -> str:
    """The name in a Content-Disposition header (RFC 6266 §4.3); MaterialNameInvalid without one."""
    if named := _NAMED.search(disposition):
        try:
            return unquote(named[1], errors="strict")
        except UnicodeDecodeError:
            raise errors.MaterialNameInvalid() from None
    if plain := _PLAIN.search(disposition):
        return plain[1]
    raise errors.MaterialNameInvalid()


def _shown(made: Shown, titles: dict[str, str]) -> MaterialShown:
    return MaterialShown.model_validate(made.as_json(titles))


def _own(caller: Caller) -> UUID:
    """Whose they are, at the level at which the case file is read. Raises StepUpNeeded."""
    release.permit(caller, scope="", level=ORDINARY)
    return resident_of(caller)


def _id(written: str) -> UUID:
    try:
        return UUID(written)
    except ValueError:
        raise errors.MaterialMissing() from None
