"""What the work queue and the staff's side of a case refuse."""

from config.errors import Conflict, Denied, Invalid, Missing


class CaseMissing(Missing):
    """No such case, or not of their departments and region: one answer for both."""

    code = "case-missing"


class CaseTaken(Conflict):
    """A colleague has it."""

    code = "case-taken"


class CaseNotHeld(Denied):
    """Only who has taken a case reads it and works on it."""

    code = "case-not-held"


class CaseNotYours(Denied):
    """Another department answers for it; theirs has a part in it only."""

    code = "case-not-yours"


class CaseNotWaiting(Conflict):
    """It waits for its resident, for the rules, or for nobody."""

    code = "case-not-waiting"


class CaseChanged(Conflict):
    """Something happened to it since it was shown."""

    code = "case-changed"


class CaseReasonWrong(Invalid):
    """A reason that the service does not know, or a refusal without one."""

    code = "case-reason-wrong"


class SupplementWrong(Invalid):
    """Nothing is asked for, or something that the service does not know."""

    code = "supplement-wrong"


class LeadMissing(Conflict):
    """Nobody leads in the case's departments and region: passed on, it would wait for ever."""

    code = "lead-missing"


class ColleagueUnfit(Invalid):
    """Not of the case's departments and region, or it is their own."""

    code = "colleague-unfit"
