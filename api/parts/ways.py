"""The ways in: by a face or without one, and the ways back."""

from dataclasses import dataclass
from datetime import timedelta

from api.parts.core import Core
from api.parts.ground import Ground
from identity.cards.checks import CardChecks
from identity.cards.office import CardOffice
from identity.challenges import Challenges, ReplayGuard
from identity.crowd import Crowd
from identity.outside.logins import OutsideLogins
from identity.outside.provider import Provider
from identity.passkeys.binding import Binding
from identity.passkeys.proving import Proving
from identity.passkeys.questions import Questions
from identity.returns import Refusals, Returns
from identity.verification import Verification
from identity.wechat_face import WechatFace
from identity.window.requests import WindowRequests


@dataclass(frozen=True)
class Ways:
    """``crowd``: how many verifications at once a worker takes on."""

    challenges: Challenges
    crowd: Crowd
    verification: Verification
    outside_logins: OutsideLogins
    card_checks: CardChecks
    window: WindowRequests
    returns: Returns
    passkeys: Binding
    passkey_proofs: Proving


def ways(ground: Ground, core: Core) -> Ways:
    cache, vault, settings = ground.cache, ground.vault, ground.settings
    attempts, admission = core.attempts, core.admission
    challenges, questions = Challenges(cache, vault, settings), Questions(cache)
    provider = Provider(ground.outbound, ground.keys, settings)
    window_wait = timedelta(hours=settings.window_wait_hours)
    return Ways(
        challenges=challenges,
        crowd=Crowd(settings),
        verification=_verification(ground, core, challenges),
        outside_logins=OutsideLogins.opened(
            settings, provider, cache, attempts=attempts, admission=admission
        ),
        card_checks=CardChecks.opened(
            CardOffice(ground.outbound, settings), cache, attempts, admission
        ),
        window=WindowRequests(vault, attempts, admission, window_wait),
        returns=_returns(ground, core),
        passkeys=Binding(questions, core.residents, vault, settings),
        passkey_proofs=Proving(questions, core.sessions, settings),
    )


def _verification(ground: Ground, core: Core, challenges: Challenges) -> Verification:
    return Verification(
        attempts=core.attempts,
        challenges=challenges,
        replays=ReplayGuard(ground.cache, ground.vault),
        faces=ground.faces,
        register=core.register,
        residents=core.residents,
        admission=core.admission,
        wechat_face=WechatFace(ground.wechat, ground.cache, ground.vault),
    )


def _returns(ground: Ground, core: Core) -> Returns:
    return Returns(
        Refusals(ground.cache, ground.vault, ground.settings),
        core.bindings,
        core.residents,
        core.sessions,
        core.tokens,
        ground.vault,
        ground.wechat,
    )
