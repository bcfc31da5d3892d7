"""A resident's own affairs: documents, devices, rights, family."""

from dataclasses import dataclass

from api.parts.core import Core
from api.parts.ground import Ground
from identity.agents import Agents
from identity.corrections import Corrections
from identity.erasure import Erasures
from identity.freeze import Freezes
from identity.holdings import Holdings
from identity.linking import Linking
from identity.mandates import Mandates
from identity.merging import Merging
from identity.message_checks import MessageChecks
from identity.phones import Phones
from identity.sign_outs import SignOuts
from identity.sms import Sms
from identity.wards import Wards
from services import holdings as all_holdings
from services import joining


@dataclass(frozen=True)
class Own:
    linking: Linking
    merging: Merging
    freezes: Freezes
    sign_outs: SignOuts
    phones: Phones
    message_checks: MessageChecks
    corrections: Corrections
    holdings: Holdings
    erasures: Erasures
    wards: Wards
    mandates: Mandates
    agents: Agents


def own(ground: Ground, core: Core) -> Own:
    cache, vault, settings = ground.cache, ground.vault, ground.settings
    residents, sessions, tokens = core.residents, core.sessions, core.tokens
    holdings = all_holdings.everything(vault)
    return Own(
        linking=Linking(residents.documents),
        merging=Merging(residents.documents, sessions, tokens, [joining.moving(vault)]),
        freezes=Freezes(cache, vault, sessions, core.attempts),
        sign_outs=SignOuts(sessions, core.bindings),
        phones=Phones(cache, vault, Sms(ground.outbound, settings)),
        message_checks=MessageChecks(cache, vault, core.attempts),
        corrections=Corrections(vault, residents, core.staff_accounts),
        holdings=holdings,
        erasures=Erasures(holdings, sessions, settings),
        wards=Wards(residents, core.register, core.attempts, sessions, vault),
        mandates=Mandates(vault, residents, sessions),
        agents=Agents(residents, tokens),
    )
