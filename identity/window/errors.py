"""What is refused at a window."""

from config.errors import Conflict, Denied, Missing


class WindowRequestMissing(Missing):
    """No such request for whoever asks: unknown, another device's, beyond the region, expired."""

    code = "window-request-missing"


class WindowCodeUnknown(Missing):
    """Never given out, used before, or too old; one answer for all three."""

    code = "window-code-unknown"


class WindowRequestOver(Conflict):
    """Already further, or ended: somebody else was quicker."""

    code = "window-request-over"


class WindowNotConfirmed(Conflict):
    """The tokens were asked for before two members of staff agreed."""

    code = "window-not-confirmed"


class WindowTokensFetched(Conflict):
    """They were fetched before; they are given out once."""

    code = "window-tokens-fetched"


class WindowSecondPersonNeeded(Denied):
    """Who checked the document does not confirm it too."""

    code = "window-second-person-needed"
