"""What the room of cars refuses."""

from config.errors import Conflict, Denied, Invalid, Missing, Throttled, Unavailable


class PlateInvalid(Invalid):
    """No plate of mainland China (GA 36)."""

    code = "plate-invalid"


class CarNotYours(Denied):
    """The transport office keeps no such plate under this resident's name and number."""

    code = "car-not-yours"


class CarMissing(Missing):
    code = "car-missing"


class CarRegisteredAlready(Conflict):
    """By the same resident. Fact ``number``: under which number."""

    code = "car-registered-already"


class CarsTooMany(Conflict):
    """Fact ``most``: how many one resident may have at once."""

    code = "cars-too-many"


class CarEnded(Conflict):
    """Sold or taken off: nothing changes it any more."""

    code = "car-ended"


class CarCodeUnknown(Missing):
    """Never made, renewed, or of a car that was sold: one answer for all."""

    code = "car-code-unknown"


class MoveCarTooSoon(Throttled):
    """The owner of this car was asked from here, in the same way, a moment ago."""

    code = "move-car-too-soon"


class MoveCarTooOften(Throttled):
    """This car, or whoever asks, has had enough for now; nobody is told which."""

    code = "move-car-too-often"


class CarCallNotOffered(Conflict):
    """The owner wants no calls, or left no telephone number."""

    code = "car-call-not-offered"


class CarRequestMissing(Missing):
    code = "car-request-missing"


class CarRequestAnswered(Conflict):
    """The owner has said already that the car is away."""

    code = "car-request-answered"


class CarReportMissing(Missing):
    """Nothing was reported so, or it is another department's to settle."""

    code = "car-report-missing"


class CarReportSettled(Conflict):
    """A colleague has said what became of it."""

    code = "car-report-settled"


class VoiceUnavailable(Unavailable):
    """The gateway that relays calls did not answer; a message works without it."""

    code = "voice-unavailable"
