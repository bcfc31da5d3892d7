"""What the resident page and the control point can answer when they must refuse.

The offices do not use these: each answers in its own envelope, as real offices do.
"""

from config.errors import Denied, Invalid, Missing, Unavailable


class SandboxRequestUnreadable(Invalid):
    """The body is not JSON of the expected form; the fact ``field`` names what is wrong."""

    code = "sandbox-request-unreadable"


class SandboxPictureUnreadable(Invalid):
    """Not a JPEG, PNG or WebP picture, or one that is damaged."""

    code = "sandbox-picture-unreadable"


class SandboxPictureTooLarge(Invalid):
    """More bytes or pixels than we decode."""

    code = "sandbox-picture-too-large"


class SandboxPictureTooSmall(Invalid):
    """So few pixels that no face could be judged in it."""

    code = "sandbox-picture-too-small"


class SandboxNameUnusable(Invalid):
    """A name is 2 to 30 letters or Chinese characters."""

    code = "sandbox-name-unusable"


class SandboxBirthDateUnusable(Invalid):
    """Not a date, in the future, or before 1900."""

    code = "sandbox-birth-date-unusable"


class SandboxSexUnknown(Invalid):
    """Neither ``female`` nor ``male``, the two values GB 11643 encodes."""

    code = "sandbox-sex-unknown"


class SandboxGuardianUnknown(Invalid):
    """No resident of the sandbox has the number that was given as the guardian's."""

    code = "sandbox-guardian-unknown"


class SandboxResidentMissing(Missing):
    """No such resident, or the token is not the one given at creation: one answer for both."""

    code = "sandbox-resident-missing"


class SandboxControlDenied(Denied):
    """The control key is absent or wrong."""

    code = "sandbox-control-denied"


class SandboxPageMissing(Missing):
    """There is nothing at this address."""

    code = "sandbox-page-missing"


class SandboxBusy(Unavailable):
    """Too many pictures are being decoded at this moment."""

    code = "sandbox-busy"


class SandboxPortraitsMissing(Unavailable):
    """The pictures of the test residents could not be fetched."""

    code = "sandbox-portraits-missing"


class SandboxRobotSentAway(Invalid):
    """The robot goes to this house's /oauth/authorize and nowhere else."""

    code = "sandbox-robot-sent-away"


class SandboxRobotRefused(Invalid):
    """The house refused the robot; facts ``step`` (method and route) and ``why`` (its code)."""

    code = "sandbox-robot-refused"


class SandboxTestResidentMissing(Missing):
    """There is no test resident with that number in the list; fact ``count``."""

    code = "sandbox-test-resident-missing"
