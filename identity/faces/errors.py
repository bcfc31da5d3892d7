"""What can be wrong with a picture, a challenge or the face process.

Facts: ``prompt`` names the movement a fault was seen in (prompts.py).
"""

from config.errors import Invalid, Problem, Unavailable


class ImageUnreadable(Invalid):
    """Not a JPEG or PNG, empty, or cut short."""

    code = "image-unreadable"


class ImageTooLarge(Invalid):
    """More bytes or more pixels than we decode."""

    code = "image-too-large"


class NoFace(Invalid):
    code = "no-face"


class SeveralFaces(Invalid):
    """A second face nearly as large as the first; small ones behind it are no fault."""

    code = "several-faces"


class FaceTooSmall(Invalid):
    code = "face-too-small"


class FaceTooDark(Invalid):
    code = "face-too-dark"


class FaceTooBright(Invalid):
    code = "face-too-bright"


class FaceBlurred(Invalid):
    code = "face-blurred"


class FaceCovered(Invalid):
    """Mouth and nose do not look like the skin above them: a mask, a scarf, a hand."""

    code = "face-covered"


class FaceTurned(Invalid):
    """The front frame does not look at the camera."""

    code = "face-turned"


class PromptsNotFollowed(Invalid):
    """A prompt is missing, out of order, or the movement is not there."""

    code = "prompts-not-followed"


class FramesIdentical(Invalid):
    """Two frames are the same bytes or hardly differ: no camera before a living head gives that,
    a replayed file does."""

    code = "frames-identical"


class FaceJumped(Invalid):
    """Between two frames the face changed its place or size as no head and no hand does."""

    code = "face-jumped"


class FacesDiffer(Invalid):
    """The frames of one challenge do not show one face."""

    code = "faces-differ"


class FacesBusy(Unavailable):
    """The queue of the face process is full."""

    code = "faces-busy"


class FacesUnavailable(Unavailable):
    """The face process does not answer, or gave up on the job."""

    code = "faces-unavailable"


class ReferenceUnusable(Unavailable):
    """The register's own portrait shows no face we can read; no fault of the resident."""

    code = "reference-unusable"


BY_CODE: dict[str, type[Problem]] = {
    leaf.code: leaf for leaf in Problem.leaves() if leaf.__module__ == __name__
}
