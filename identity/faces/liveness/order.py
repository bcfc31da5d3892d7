"""Are the frames those that were asked for, in their order? Judged before anything is decoded."""

from collections.abc import Sequence
from itertools import groupby

from identity.faces.errors import FramesIdentical, PromptsNotFollowed
from identity.faces.limits import FRAMES
from identity.faces.prompts import FRONT, POSES


def judge(images: Sequence[bytes], labels: Sequence[str], prompts: Sequence[str]) -> None:
    """Raises FramesIdentical or PromptsNotFollowed, with the prompt at fault."""
    if len(images) != len(labels) or not 0 < len(images) <= FRAMES:
        raise PromptsNotFollowed("number of frames")
    runs = [(label, len(list(run))) for label, run in groupby(labels)]
    if FRONT not in prompts or [label for label, _ in runs] != list(prompts):
        raise PromptsNotFollowed("missing or in another order")
    for label, frames in runs:
        if label not in POSES or frames < len(POSES[label]):
            raise PromptsNotFollowed("unknown, or short of a frame", prompt=label)
    if len(set(images)) < len(images):
        raise FramesIdentical
