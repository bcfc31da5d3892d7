"""Did the person do what the challenge asked, in its order, as one and the same face?

One module a movement; each compares frames with the person's own frontal one, never with an
absolute value, because faces differ more than movements do.

This raises the price of a printed photograph. It does NOT stop a video or a rendered face fed in
place of the camera: nothing that looks at frames alone does (docs/faces.md).
"""

from collections.abc import Callable, Sequence

from identity.faces import prompts
from identity.faces.liveness import blink, mouth, nod, turn
from identity.faces.liveness.look import Look

CLAIMS: dict[str, Callable[[Sequence[Look], Look], bool]] = {
    prompts.FRONT: turn.frontal_shown,
    prompts.LEFT: turn.left_shown,
    prompts.RIGHT: turn.right_shown,
    prompts.NOD: nod.shown,
    prompts.BLINK: blink.shown,
    prompts.MOUTH: mouth.shown,
}


def shows(looks: Sequence[Look], prompt: str, neutral: Look) -> bool:
    """Whether the frames of one prompt do what it asks, against the frontal frame's look."""
    return CLAIMS[prompt](looks, neutral)


def resting(look: Look, neutral: Look) -> bool:
    """Whether nothing moved that is measured: such a frame must be as alike as two portraits."""
    return (
        turn.frontal(look)
        and abs(look.pitch - neutral.pitch) <= nod.BACK
        and abs(look.mouth - neutral.mouth) < mouth.OPEN
        and (not look.eyes or blink.share(look, neutral) >= blink.OPEN)
    )
