"""What a challenge may ask, and the poses that show it: known to the light callers too.

A prompt is what the person is asked, a pose what one frame of it shows. A nod and a blink are
movements: it takes two frames to see one, there and back. Sides are the person's own.
"""

from collections.abc import Sequence

FRONT, LEFT, RIGHT, NOD, BLINK, MOUTH = "front", "left", "right", "nod", "blink", "mouth"
POSES: dict[str, tuple[str, ...]] = {
    FRONT: ("front",),
    LEFT: ("left",),
    RIGHT: ("right",),
    NOD: ("down", "front"),
    BLINK: ("shut", "front"),
    MOUTH: ("open",),
}


def steps(prompts: Sequence[str]) -> list[tuple[str, str]]:
    """One (prompt, pose) a frame, in order. Raises KeyError for an unknown prompt."""
    return [(prompt, pose) for prompt in prompts for pose in POSES[prompt]]
