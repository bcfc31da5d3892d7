"""What is refused about passkeys."""

from config.errors import Conflict, Denied, Invalid, Missing


class PasskeysNotOffered(Missing):
    """PUBLIC_URL names an address instead of a host: WebAuthn needs a domain (§5.1.2)."""

    code = "passkeys-not-offered"


class PasskeyRefused(Invalid):
    """The device's answer does not hold: another origin, key or challenge, or nobody verified."""

    code = "passkey-refused"


class PasskeyTooLate(Invalid):
    """No such question stands: never asked, asked in another session, answered or too old."""

    code = "passkey-too-late"


class PasskeyKnown(Conflict):
    code = "passkey-known"


class PasskeysTooMany(Conflict):
    code = "passkeys-too-many"


class PasskeyMissing(Missing):
    code = "passkey-missing"


class PasskeyWaits(Denied):
    """Bound at a window: it opens when everything sensitive does (``usable_from``)."""

    code = "passkey-waits"


class PasskeyCopied(Denied):
    """Its counter went back: the key exists twice (WebAuthn §6.1.1)."""

    code = "passkey-copied"
