"""What can go wrong with an application, besides a transition that is not legal (``states``)."""

from config.errors import Conflict, Invalid, Missing


class ApplicationMissing(Missing):
    """No such application of this caller's."""

    code = "application-missing"


class ApplicationChanged(Conflict):
    """Somebody changed it since it was read; the fact ``version`` is the present one."""

    code = "application-changed"


class ApplicationOpen(Conflict):
    """Another of this service is under way, and it is asked for one at a time. Fact ``number``."""

    code = "application-open"


class MaterialsMissing(Invalid):
    """Documents are wanted that nobody holds yet. Facts: ``kinds`` and, beside them, ``titles``."""

    code = "materials-missing"


class SupplementIncomplete(Invalid):
    """The answer does not bring what was asked for. Facts as for MaterialsMissing."""

    code = "supplement-incomplete"


class FormTooLarge(Invalid):
    """A form of more than 64 KB."""

    code = "form-too-large"
