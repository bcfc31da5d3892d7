"""What a sandbox client wants to go wrong, so that it can see what its own program does then."""

from pydantic import BaseModel, ConfigDict, Field

from api.ask import Ask
from api.oauth.register import bearer
from api.routes import Access, Routes
from identity.oauth.faults import SLOW
from identity.partners.client_faults import Wanted

routes = Routes("oauth")


class FaultsWanted(BaseModel):
    """``faults``: expired-code, wrong-iss, slow-token, wrong-nonce, bad-signature, or none of
    them; ``seconds``: how slow, 1 to 30.
    """

    model_config = ConfigDict(extra="forbid")

    faults: tuple[str, ...] = Field(max_length=10)
    seconds: int = SLOW


@routes.put(
    "/oauth/register/{client_id}/faults",
    Access.CLIENT,
    "Let things go wrong for a client of the sandbox",
    body=FaultsWanted,
    answer=FaultsWanted,
    oauth=True,
)
async def put(ask: Ask[FaultsWanted, None]) -> FaultsWanted:
    wanted = Wanted(ask.body.faults, ask.body.seconds)
    token = bearer(ask.message)
    await ask.parts.partners.client_faults.put(ask.path["client_id"], token, wanted)
    return ask.body
