"""What the staff rooms refuse."""

from typing import Any

from config.errors import Conflict, Denied, Invalid, Missing, Throttled, Unauthenticated


class NotSignedIn(Unauthenticated):
    """Staff show a cookie and no token, so no token is what they are asked for."""

    def __init__(self, cause: str = "", **facts: Any):
        super().__init__(cause, headers={"WWW-Authenticate": 'Cookie realm="staff"'}, **facts)


class StaffSignInNeeded(NotSignedIn):
    """No staff session, or one that is over."""

    code = "staff-sign-in-needed"


class StaffSignInRefused(NotSignedIn):
    """Unknown login, wrong password, wrong or used code, disabled: one answer for all."""

    code = "staff-sign-in-refused"


class StaffEnrolmentNeeded(Conflict):
    """The right one-time password: the second factor is still to be set up."""

    code = "staff-enrolment-needed"


class StaffEnrolmentRefused(NotSignedIn):
    """Unknown login, wrong, used or expired one-time password: one answer for all."""

    code = "staff-enrolment-refused"


class StaffCodeWrong(Invalid):
    """In enrolment: the authenticator shows another code."""

    code = "staff-code-wrong"


class StaffMustWait(Throttled):
    code = "staff-must-wait"


class StaffRoleMissing(Denied):
    code = "staff-role-missing"


class StaffRequestForged(Denied):
    """The request does not come from our own staff pages (header or origin)."""

    code = "staff-request-forged"


class StaffPasswordWeak(Invalid):
    """Fact ``shortest``: characters a password needs."""

    code = "staff-password-weak"


class StaffLoginInvalid(Invalid):
    code = "staff-login-invalid"


class StaffLoginTaken(Conflict):
    code = "staff-login-taken"


class StaffRolesClash(Invalid):
    """No roles, unknown ones, or an administrator who would serve residents too."""

    code = "staff-roles-clash"


class StaffDepartmentUnknown(Invalid):
    """A department that there is not, or too many of them."""

    code = "staff-department-unknown"


class StaffDocumentNeeded(Invalid):
    """Who serves residents must be known by a document, so that nobody serves themselves."""

    code = "staff-document-needed"


class StaffDocumentTaken(Conflict):
    """One person, one account: two of them could confirm each other."""

    code = "staff-document-taken"


class StaffRegionBeyond(Denied):
    """A region that is none, or not within the administrator's own."""

    code = "staff-region-beyond"


class StaffAccountMissing(Missing):
    code = "staff-account-missing"


class StaffNotOneself(Denied):
    """Nobody manages their own account, and nobody serves themselves."""

    code = "staff-not-oneself"


class AdministratorExists(Conflict):
    code = "administrator-exists"
