"""Who may sign, for anybody who checks a licence or a sealed document.

Keys of one department: issuer metadata after the draft SD-JWT-based Verifiable Credentials (SD-JWT
VC), section "JWT VC Issuer Metadata": the well-known part stands between host and path.
"""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel

from api.ask import Ask
from api.replies import Reply
from api.routes import Access, Routes

routes = Routes("issuers")

_CACHED = {"cache-control": "public, max-age=60"}  # new keys are published five minutes early


class IssuerShown(BaseModel):
    """``iss``: as a licence names it. ``roots``: certificates (DER, base64) to which its seals
    lead. ``keys``: public keys of its licences, each until a second of 1970's count. ``ended_at``:
    nothing it signed since counts.
    """

    iss: str
    title: dict[str, str]
    kind: Literal["own", "recognised"]
    roots: list[str]
    keys: list[dict[str, Any]]
    ended_at: datetime | None = None


class IssuerList(BaseModel):
    """Every issuer whose signatures count here."""

    issuers: list[IssuerShown]


class IssuerMetadata(BaseModel):
    issuer: str
    jwks: dict[str, list[dict[str, Any]]]


@routes.get(
    "/.well-known/jwt-vc-issuer/issuers/{department}",
    Access.PUBLIC,
    "The public keys with which a department signs licences",
    answer=IssuerMetadata,
)
async def metadata(ask: Ask[None, None]) -> Reply:
    issuers, department = ask.parts.launch.issuers, ask.path["department"]
    keys = [one.jwk() for one in await issuers.public(department)]
    made = IssuerMetadata(issuer=issuers.address(department), jwks={"keys": keys})
    return Reply(made.model_dump_json().encode(), headers=_CACHED)


@routes.get(
    "/v1/issuers",
    Access.PUBLIC,
    "Every issuer whose licences and seals count here, our own and recognised ones",
    answer=IssuerList,
)
async def listed(ask: Ask[None, None]) -> Reply:
    found = [one.as_json() for one in await ask.parts.launch.everybody.listed()]
    made = IssuerList(issuers=[IssuerShown.model_validate(one) for one in found])
    return Reply(made.model_dump_json().encode(), headers=_CACHED)
