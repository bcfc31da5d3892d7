"""What a resident may hear when they answer a partner."""

from config.errors import Denied, Invalid


class ScopesNotAsked(Invalid):
    """More was to be given than the client asks for, or something else."""

    code = "scopes-not-asked"


class PartnerNotForChildren(Denied):
    """Under fourteen nobody agrees for themselves (PIPL art. 31)."""

    code = "partner-not-for-children"


class TestResidentsOnly(Denied):
    """A client of the sandbox: no real resident's data goes there."""

    code = "test-residents-only"
