"""Where this is, so that pages can say it and lead to the sandbox."""

from pydantic import BaseModel

from api.ask import Ask
from api.routes import Access, Routes

routes = Routes("environment")


class Environment(BaseModel):
    """``sandbox_url``: where to get a sandbox ID; absent in production. ``public_url``: what the
    address of a request begins with in a proof of possession (RFC 9449, ``htu``).
    """

    environment: str
    public_url: str
    sandbox_url: str | None


@routes.get("/v1/environment", Access.PUBLIC, "Which environment this is", answer=Environment)
async def show(ask: Ask[None, None]) -> Environment:
    house = ask.parts.settings
    sandbox = None if house.environment == "production" else house.sandbox_url
    public = house.public_url.rstrip("/")
    return Environment(environment=house.environment, public_url=public, sandbox_url=sandbox)
