"""The parts of one web process, built once and closed in reverse order."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from redis.asyncio import Redis

from api.measures import Measures
from config import cache as cache_room
from config import database
from config.outbound import Outbound
from config.settings import Settings
from identity import vault_keys
from identity.admission import Admission
from identity.attempts import Attempts
from identity.audit import Audit
from identity.challenges import Challenges, ReplayGuard
from identity.dpop import Proofs
from identity.faces.client import Faces
from identity.keys import SigningKeys
from identity.register import Register
from identity.residents import Residents
from identity.revocations import Revocations
from identity.sessions import Sessions
from identity.tokens import Tokens
from identity.verification import Verification
from services import offices
from services.catalogue import Catalogue
from services.department import Department
from services.desk import Desk


@dataclass(frozen=True)
class Parts:
    """What handlers may reach. Tests may build their own."""

    settings: Settings
    cache: Redis
    faces: Faces
    keys: SigningKeys
    revocations: Revocations
    tokens: Tokens
    proofs: Proofs
    sessions: Sessions
    attempts: Attempts
    challenges: Challenges
    admission: Admission
    verification: Verification
    residents: Residents
    catalogue: Catalogue
    departments: Mapping[str, Department]
    desk: Desk
    measures: Measures


@asynccontextmanager
async def opened(
    settings: Settings, catalogue: Catalogue, measures: Measures
) -> AsyncIterator[Parts]:
    """Everything open for work. Nothing here waits for an engine: one that is away is met
    by the request that needs it, and found again by the next. Raises RefusedToStart.
    """
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(database.opened(database.tortoise_config(settings)))
        vault = await stack.enter_async_context(vault_keys.opened(settings))
        keys, residents = SigningKeys(vault), Residents(vault, settings.proofing_months)
        cache = cache_room.connect(settings)
        stack.push_async_callback(cache.aclose)
        faces = await stack.enter_async_context(Faces(settings))
        outbound = await stack.enter_async_context(Outbound(settings))
        departments = await stack.enter_async_context(offices.opened(catalogue, settings))
        audit = Audit()
        stack.push_async_callback(audit.close)
        revocations = Revocations(cache)
        await revocations.start()
        stack.push_async_callback(revocations.stop)
        sessions = Sessions(vault, revocations, settings)
        tokens = Tokens(keys, revocations, settings)
        attempts = Attempts(cache, vault, settings)
        challenges = Challenges(cache, vault, settings)
        admission = Admission(residents, sessions, tokens, vault)
        yield Parts(
            settings=settings,
            cache=cache,
            faces=faces,
            keys=keys,
            revocations=revocations,
            tokens=tokens,
            proofs=Proofs(cache, settings),
            sessions=sessions,
            attempts=attempts,
            challenges=challenges,
            admission=admission,
            verification=Verification(
                attempts=attempts,
                challenges=challenges,
                replays=ReplayGuard(cache, vault),
                faces=faces,
                register=Register(outbound, settings),
                residents=residents,
                admission=admission,
            ),
            residents=residents,
            catalogue=catalogue,
            departments=departments,
            desk=Desk(departments, residents, audit, cache, vault),
            measures=measures,
        )
