"""The two questions of the face process: is this a live capture, and is it this person?

Runs inside a pool worker, one at a time. Nothing here outlives its answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby

import cv2
import numpy as np

from config.errors import Invalid, Problem
from identity.faces import liveness, quality
from identity.faces.engine import SFACE_SAME, Detector, Face, SFace, Template, engines
from identity.faces.errors import (
    FaceBlurred,
    FacesDiffer,
    FaceTooBright,
    FaceTooDark,
    FaceTooSmall,
    FaceTurned,
    ImageTooLarge,
    ImageUnreadable,
    NoFace,
    PromptsNotFollowed,
    ReferenceUnusable,
)
from identity.faces.limits import REFERENCE_BYTES
from identity.faces.liveness import motion, order, passive
from identity.faces.liveness.look import Look
from identity.faces.liveness.turn import frontal
from identity.faces.mesh import Mesh
from identity.faces.pictures import Picture, read
from identity.faces.prompts import BLINK, FRONT, POSES

# A moved frame against the person's own frontal one. Stills of four portraits warped by 20° to 30°:
# same picture ≥ 0.71, another picture of the person ≥ 0.54, other people ≤ 0.27; chins lowered by
# 22° ≥ 0.44, eyes shut or mouth open ≥ 0.89. Warps flatter; real moved heads were not available.
# 0.363 is SFace's own point (LFW FAR 0.10 %, EA 0.32 %); it only ties the movement to the front,
# which alone must reach SFACE_SAME against the reference.
MOVED_SAME = 0.363
REFERENCE_WIDTH = 40  # pixels of the face in a reference brought to 640
_PASSING = (FaceBlurred, FaceTooDark, FaceTooBright, FaceTooSmall, NoFace)  # one frame's bad luck


@dataclass(frozen=True)
class Seen:
    """One frame whose face was found and is good enough."""

    prompt: str
    picture: Picture = field(repr=False)
    face: Face = field(repr=False)
    template: Template = field(repr=False)
    look: Look = field(repr=False)


class Judge:
    """Holds the loaded models. ``chosen`` is FACE_ENGINES."""

    def __init__(self, chosen: str) -> None:
        self._detector = Detector()
        self._mesh = Mesh()
        self._engines = engines(chosen)
        first = self._engines[0]
        assert isinstance(first, SFace)
        self._sface = first

    def inspect(
        self, images: Sequence[bytes], labels: Sequence[str], prompts: Sequence[str]
    ) -> tuple[list[bytes], list[str]]:
        """A capture as parts: a decoy portrait, then the templates of every frontal frame; and the
        passive signs, which nobody is refused for.

        Raises the Invalid leaves of errors.py, with the fact ``prompt`` where a frame is at fault.
        """
        order.judge(images, labels, prompts)
        runs = [
            self._see([image for _, image in run], prompt, eyes=BLINK in prompts)
            for prompt, run in groupby(zip(labels, images, strict=True), key=lambda pair: pair[0])
        ]
        every = [seen for run in runs for seen in run]
        fronts = _fronts(runs)
        motion.judge([(seen.prompt, seen.picture, seen.face) for seen in every])
        signs = passive.signs([(seen.picture, seen.face) for seen in every])
        self._judge_sameness(every, fronts[0])
        _judge_movements(runs, fronts[0].look)
        templates = [self._templates(seen) for seen in fronts]
        parts = [decoy(fronts[0]), *(part.tobytes() for each in templates for part in each)]
        return parts, signs

    def match(self, capture: Sequence[bytes], reference: bytes | None) -> bool:
        """Whether every frontal frame shows the reference's face, to every engine.

        Without a reference the capture's own decoy is judged: same work, never a match.
        Raises ReferenceUnusable.
        """
        portrait, *parts = capture
        picture, face = self._reference(portrait if reference is None else reference)
        wanted = [engine.embed(picture, face) for engine in self._engines]
        verdicts = [
            engine.same(np.frombuffer(part, np.float32), wanted[place % len(wanted)])
            for place, part in enumerate(parts)
            for engine in (self._engines[place % len(wanted)],)
        ]
        return reference is not None and bool(verdicts) and all(verdicts)

    def _see(self, images: Sequence[bytes], prompt: str, *, eyes: bool) -> list[Seen]:
        """The usable frames of one prompt; if too few are left, the first one's fault is raised."""
        seen: list[Seen] = []
        faults: list[Problem] = []
        for image in images:
            try:
                seen.append(self._look(image, prompt, eyes=eyes))
            except Invalid as fault:
                fault.facts.setdefault("prompt", prompt)
                if not isinstance(fault, _PASSING):
                    raise
                faults.append(fault)
        if len(seen) < len(POSES[prompt]):
            raise faults[0]
        return seen

    def _look(self, image: bytes, prompt: str, *, eyes: bool) -> Seen:
        picture = read(image)
        face = quality.only_face(self._detector.find(picture))
        crop = self._sface.align(picture, face)
        quality.judge_light(face, crop)
        look = self._mesh.look(picture, face, eyes=eyes and prompt in {FRONT, BLINK})
        if prompt == FRONT and frontal(look):
            quality.judge_cover(crop)
        return Seen(prompt, picture, face, self._sface.embed(picture, face), look)

    def _judge_sameness(self, every: Sequence[Seen], front: Seen) -> None:
        for seen in every:
            wanted = SFACE_SAME if liveness.resting(seen.look, front.look) else MOVED_SAME
            if self._sface.likeness(front.template, seen.template) < wanted:
                raise FacesDiffer(prompt=seen.prompt)

    def _templates(self, seen: Seen) -> list[Template]:
        others = [engine.embed(seen.picture, seen.face) for engine in self._engines[1:]]
        return [seen.template, *others]

    def _reference(self, image: bytes) -> tuple[Picture, Face]:
        try:
            picture = read(image, limit=REFERENCE_BYTES, exact=True)
        except (ImageUnreadable, ImageTooLarge) as fault:
            raise ReferenceUnusable(fault.cause) from fault
        faces = self._detector.find(picture)
        if not faces or faces[0].size < REFERENCE_WIDTH:
            raise ReferenceUnusable("no face, or too small")
        return picture, faces[0]


def _fronts(runs: Sequence[Sequence[Seen]]) -> list[Seen]:
    """Every front frame that looks at the camera. Raises FaceTurned if a front prompt has none."""
    fronts = []
    for run in (run for run in runs if run[0].prompt == FRONT):
        looking = [seen for seen in run if frontal(seen.look)]
        if not looking:
            raise FaceTurned(prompt=FRONT)
        fronts += looking
    return fronts


def _judge_movements(runs: Sequence[Sequence[Seen]], neutral: Look) -> None:
    for run in runs:
        prompt = run[0].prompt
        if not liveness.shows([seen.look for seen in run], prompt, neutral):
            raise PromptsNotFollowed("the movement is not there", prompt=prompt)


def decoy(seen: Seen) -> bytes:
    """The person's own frame cut like an identity portrait, 358×441 pixels, as a JPEG."""
    x, y, width, height = seen.face.box
    size = (height * 1.9 * 358 / 441, height * 1.9)
    centre = (x + width / 2, y + height * 0.5)
    cut = cv2.getRectSubPix(seen.picture.pixels, (round(size[0]), round(size[1])), centre)
    done, written = cv2.imencode(
        ".jpg", cv2.resize(cut, (358, 441)), [cv2.IMWRITE_JPEG_QUALITY, 90]
    )
    assert done
    return bytes(written)
