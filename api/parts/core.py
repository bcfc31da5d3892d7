"""What every room of identity shares: residents, sessions, tokens, tries, admission."""

from dataclasses import dataclass

from api.parts.ground import Ground
from identity.admission import Admission
from identity.attempts import Attempts
from identity.bindings import Bindings
from identity.dpop import Proofs
from identity.grants import Grants
from identity.nonces import Nonces
from identity.oauth.callers import Callers
from identity.places import Places
from identity.register import Register
from identity.replays import Replays
from identity.residents import Residents
from identity.sessions import Sessions
from identity.staff.accounts import Accounts
from identity.tokens import Tokens


@dataclass(frozen=True)
class Core:
    residents: Residents
    sessions: Sessions
    callers: Callers
    tokens: Tokens
    attempts: Attempts
    bindings: Bindings
    register: Register
    admission: Admission
    places: Places
    replays: Replays
    nonces: Nonces
    proofs: Proofs
    staff_accounts: Accounts
    grants: Grants


def core(ground: Ground) -> Core:
    settings, vault = ground.settings, ground.vault
    residents = Residents(vault, settings.proofing_months)
    sessions = Sessions(vault, ground.revocations, settings)
    replays, nonces = Replays(ground.cache), Nonces(vault)
    callers = Callers(ground.registry, ground.cache, vault)
    tokens = Tokens(ground.keys, ground.revocations, settings, callers)
    return Core(
        residents,
        sessions,
        callers,
        tokens,
        Attempts(ground.cache, vault, settings),
        Bindings(vault),
        Register(ground.outbound, settings),
        Admission(residents, sessions, tokens, vault),
        Places(settings),
        replays,
        nonces,
        Proofs(replays, nonces, settings),
        Accounts(vault, frozenset(ground.departments)),
        Grants(ground.scopes, sessions),
    )
