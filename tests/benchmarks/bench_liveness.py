"""``python -m tests.benchmarks liveness``: what judging liveness costs, frame by frame.

Processor time of each part of one frame, in the same process and minute, against one SFace
embedding (what matching alone would cost): medians of alternating runs. Then the whole judging of
a challenge with the most frames a verification may hold, against the sum of its embeddings.
"""

import statistics
import time
from collections.abc import Callable

import cv2

from identity.faces.engine import SFace
from identity.faces.judge import Judge
from identity.faces.liveness import motion, passive
from identity.faces.pictures import read
from identity.faces.prompts import steps
from tests.benchmarks.report import console, progress, ratio
from tests.support import faces

PROMPTS = ("front", "blink", "left", "nod", "mouth", "right")  # eight frames
ROUNDS = 15
LOOK_TARGET = 1.0


def main() -> None:
    cv2.setNumThreads(1)
    judge = Judge("sface")
    found = _parts(judge)
    spent: dict[str, list[float]] = {name: [] for name in found}
    with progress("liveness", ROUNDS) as bar:
        for _ in range(ROUNDS):
            for name, work in found.items():
                spent[name].append(_cost(work))
            bar.advance(bar.task_ids[0])
    middle = {name: statistics.median(each) for name, each in spent.items()}
    embedding = middle["SFace embedding"]
    for name, cost in middle.items():
        console.print(f"  {name:<44}{cost:>8.1f} ms{cost / embedding:>8.2f} embeddings")
    look = middle["mesh, both ways round"] / embedding
    ratio("liveness of one frame / one SFace embedding", look, LOOK_TARGET, at_most=True)
    frames = len(steps(PROMPTS))
    whole = middle["a challenge of eight frames, judged"]
    ratio(
        f"a challenge of {frames} frames / its {frames} embeddings",
        whole / frames / embedding,
        None,
    )


def _parts(judge: Judge) -> dict[str, Callable[[], object]]:
    frames = faces.challenge_frames(faces.OBAMA, PROMPTS)
    images, labels = [one.image for one in frames], [one.prompt for one in frames]
    picture = read(images[0])
    face = judge._detector.find(picture)[0]
    shown = [("front", each, judge._detector.find(each)[0]) for each in map(read, images[:2])]
    sface = SFace()
    return {
        "SFace embedding": lambda: sface.embed(picture, face),
        "decoding": lambda: read(images[0]),
        "YuNet": lambda: judge._detector.find(picture),
        "mesh, both ways round": lambda: judge._mesh.look(picture, face, eyes=False),
        "mesh and eyes (front and blink frames)": lambda: judge._mesh.look(
            picture, face, eyes=True
        ),
        "motion and likeness of two frames": lambda: motion.judge(shown),
        "passive signs of a frame": lambda: passive.signs([(picture, face)]),
        "a challenge of eight frames, judged": lambda: judge.inspect(images, labels, PROMPTS),
    }


def _cost(work: Callable[[], object]) -> float:
    """Processor milliseconds of one call."""
    began = time.process_time()
    work()
    return (time.process_time() - began) * 1000


if __name__ == "__main__":
    main()
