"""The parts of one web process, built once and closed in reverse order."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from redis.asyncio import Redis

from api.measures import Measures
from config import cache as cache_room
from config import database
from config.outbound import Outbound
from config.settings import Settings
from identity import vault_keys
from identity.admission import Admission
from identity.agents import Agents
from identity.attempts import Attempts
from identity.audit import Audit
from identity.bindings import Bindings
from identity.cards.checks import CardChecks
from identity.cards.office import CardOffice
from identity.challenges import Challenges, ReplayGuard
from identity.corrections import Corrections
from identity.crowd import Crowd
from identity.dpop import Proofs
from identity.erasure import Erasures
from identity.faces.client import Faces
from identity.freeze import Freezes
from identity.holdings import Holdings
from identity.keys import SigningKeys
from identity.linking import Linking
from identity.mandates import Mandates
from identity.merging import Merging
from identity.outside.logins import OutsideLogins
from identity.outside.provider import Provider
from identity.passkeys.binding import Binding
from identity.passkeys.proving import Proving
from identity.passkeys.questions import Questions
from identity.phones import Phones
from identity.places import Places
from identity.record_changes.desk import RecordDesk
from identity.register import Register
from identity.residents import Residents
from identity.returns import Refusals, Returns
from identity.revocations import Revocations
from identity.sessions import Sessions
from identity.sign_outs import SignOuts
from identity.sms import Sms
from identity.staff.accounts import Accounts
from identity.staff.enrolment import Enrolments
from identity.staff.sessions import StaffSessions
from identity.tokens import Tokens
from identity.verification import Verification
from identity.wards import Wards
from identity.wechat import WeChat
from identity.wechat_face import WechatFace
from identity.window.desk import WindowDesk
from identity.window.requests import WindowRequests
from services import holdings as all_holdings
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
    returns: Returns
    bindings: Bindings
    sign_outs: SignOuts
    phones: Phones
    places: Places
    wechat: WeChat
    staff_sessions: StaffSessions
    staff_accounts: Accounts
    enrolments: Enrolments
    window: WindowRequests
    window_desk: WindowDesk
    verification: Verification
    crowd: Crowd
    outside_logins: OutsideLogins
    card_checks: CardChecks
    residents: Residents
    linking: Linking
    merging: Merging
    record_desk: RecordDesk
    freezes: Freezes
    passkeys: Binding
    passkey_proofs: Proving
    catalogue: Catalogue
    departments: Mapping[str, Department]
    desk: Desk
    measures: Measures
    wards: Wards
    corrections: Corrections
    holdings: Holdings
    erasures: Erasures
    mandates: Mandates
    agents: Agents


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
        register = Register(outbound, settings)
        holdings = all_holdings.everything(vault)
        questions = Questions(cache)
        admission = Admission(residents, sessions, tokens, vault)
        bindings, wechat = Bindings(vault), WeChat(outbound, settings)
        staff_sessions, staff_accounts = StaffSessions(vault), Accounts(vault)
        merging = Merging(residents.documents, sessions, tokens)
        window_wait = timedelta(hours=settings.window_wait_hours)
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
            returns=Returns(
                Refusals(cache, vault, settings),
                bindings,
                residents,
                sessions,
                tokens,
                vault,
                wechat,
            ),
            bindings=bindings,
            sign_outs=SignOuts(sessions, bindings),
            phones=Phones(cache, vault, Sms(outbound, settings)),
            places=Places(settings),
            wechat=wechat,
            staff_sessions=staff_sessions,
            staff_accounts=staff_accounts,
            enrolments=Enrolments(vault, staff_sessions),
            window=WindowRequests(vault, attempts, admission, window_wait),
            window_desk=WindowDesk(vault, register, residents, staff_accounts, sessions),
            crowd=Crowd(settings),
            verification=Verification(
                attempts=attempts,
                challenges=challenges,
                replays=ReplayGuard(cache, vault),
                faces=faces,
                register=register,
                residents=residents,
                admission=admission,
                wechat_face=WechatFace(wechat, cache, vault),
            ),
            outside_logins=OutsideLogins.opened(
                settings,
                Provider(outbound, keys, settings),
                cache,
                attempts=attempts,
                admission=admission,
            ),
            card_checks=CardChecks.opened(
                CardOffice(outbound, settings), cache, attempts, admission
            ),
            residents=residents,
            linking=Linking(residents.documents),
            merging=merging,
            record_desk=RecordDesk(vault, residents, staff_accounts, merging, sessions),
            freezes=Freezes(cache, vault, sessions, attempts),
            passkeys=Binding(questions, residents, vault, settings),
            passkey_proofs=Proving(questions, sessions, settings),
            catalogue=catalogue,
            departments=departments,
            desk=Desk(departments, residents, audit, cache, vault),
            measures=measures,
            mandates=Mandates(vault, residents, sessions),
            agents=Agents(residents, tokens),
            wards=Wards(residents, register, attempts, sessions, vault),
            corrections=Corrections(vault, residents, staff_accounts),
            holdings=holdings,
            erasures=Erasures(holdings, sessions, settings),
        )
