"""A resident signs a document: it is shown, they prove who they are once more, it is signed."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints

from api.ask import Ask
from api.materials import MaterialShown, as_file
from api.replies import Reply
from api.routes import Access, Routes
from services.materials import kinds
from services.papers.room import MIME
from services.signing.errors import SignatureMissing
from services.signing.signing import ToSign

routes = Routes("signatures")


class SignatureWanted(BaseModel):
    """The form as it is going to be handed in; ``service``: an application that is signed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    service: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    form: dict[str, Any]


@routes.post(
    "/v1/signatures",
    Access.OWN_APP,
    "Show the document that an application asks to be signed, made of its form",
    status=201,
    body=SignatureWanted,
    answer=ToSign,
    idempotent=True,
)
async def show(ask: Ask[SignatureWanted, None]) -> ToSign:
    sent = ask.body
    signing = ask.parts.launch.signing
    return await signing.show(ask.caller, sent.service, sent.form, ask.locale, once=ask.once)


@routes.get(
    "/v1/signatures/{id}",
    Access.OWN_APP,
    "The document to be signed, in words",
    answer=ToSign,
)
async def again(ask: Ask[None, None]) -> ToSign:
    return await ask.parts.launch.signing.again(ask.caller, _id(ask.path["id"]))


@routes.get(
    "/v1/signatures/{id}/document",
    Access.OWN_APP,
    "The document itself, before it is signed",
    content_type=MIME,
)
async def document(ask: Ask[None, None]) -> Reply:
    found = await ask.parts.launch.signing.shown(ask.caller, _id(ask.path["id"]))
    return as_file(found, MIME, "document.pdf")


@routes.post(
    "/v1/signatures/{id}/confirmation",
    Access.OWN_APP,
    "Sign it: level 4, proven after it was shown; the signed PDF waits to go along",
    status=201,
    answer=MaterialShown,
)
async def sign(ask: Ask[None, None]) -> MaterialShown:
    made = await ask.parts.launch.signing.sign(ask.caller, _id(ask.path["id"]))
    return MaterialShown.model_validate(made.as_json(kinds.titles(ask.parts.catalogue, ask.locale)))


def _id(written: str) -> UUID:
    try:
        return UUID(written)
    except ValueError:
        raise SignatureMissing() from None
