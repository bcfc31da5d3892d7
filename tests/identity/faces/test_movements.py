"""Nods, blinks and open mouths, one camera and one head: what must be seen, and what betrays."""

import cv2
import numpy as np
import pytest

from identity.faces import errors
from identity.faces.client import Faces, Frame
from identity.faces.liveness import shows
from identity.faces.liveness.look import Look
from identity.faces.prompts import POSES
from tests.support import faces as pictures

ALL = ("front", "blink", "left", "nod", "mouth", "right")
PEOPLE = (pictures.OBAMA, pictures.BIDEN, pictures.ASTRONAUT)
OWN = Look(nose=0.02, pitch=4.0, mouth=0.25, eyes=(0.2, 0.2))


def posed(*shown: tuple[str, str], person: str = pictures.ASTRONAUT) -> list[Frame]:
    """Frames of (prompt, pose), none like another."""
    return [
        Frame(prompt, pictures.posed(person, pose, seed))
        for seed, (prompt, pose) in enumerate(shown)
    ]


FRONT = ("front", "front")


@pytest.mark.parametrize(
    ("prompt", "poses"),
    [
        ("nod", ("front", "front")),
        ("nod", ("down", "down")),
        ("nod", ("shut", "front")),
        ("blink", ("front", "front")),
        ("blink", ("shut", "shut")),
        ("blink", ("down", "front")),
        ("mouth", ("front",)),
        ("mouth", ("shut",)),
        ("mouth", ("down",)),
    ],
)
async def test_a_movement_that_is_not_there_is_refused(faces: Faces, prompt: str, poses):
    frames = posed(FRONT, *((prompt, pose) for pose in poses))
    with pytest.raises(errors.PromptsNotFollowed) as refusal:
        await faces.inspect(frames, ("front", prompt))
    assert refusal.value.facts == {"prompt": prompt}


@pytest.mark.parametrize("prompt", ["nod", "blink"])
async def test_a_movement_in_a_single_frame_is_refused(faces: Faces, prompt: str):
    frames = posed(FRONT, (prompt, POSES[prompt][0]))
    with pytest.raises(errors.PromptsNotFollowed) as refusal:
        await faces.inspect(frames, ("front", prompt))
    assert refusal.value.facts == {"prompt": prompt}


async def test_a_movement_nobody_knows_is_refused(faces: Faces):
    with pytest.raises(errors.PromptsNotFollowed):
        await faces.inspect(posed(FRONT, ("wave", "front")), ("front", "wave"))


@pytest.mark.parametrize("quality", [60, 85])
async def test_a_frame_written_again_is_no_other_frame(faces: Faces, quality: int):
    front, shut, _ = posed(FRONT, ("blink", "shut"), ("blink", "front"))
    again = Frame("blink", pictures.jpeg(pictures.pixels(front.image), quality))
    assert again.image != front.image
    with pytest.raises(errors.FramesIdentical):
        await faces.inspect([front, shut, again], ("front", "blink"))


@pytest.mark.parametrize("move", [(1.9, 0, 0), (0.5, 120, 160), (0.7, 0, -200)])
async def test_a_face_that_jumps_is_refused(faces: Faces, move: tuple[float, float, float]):
    scale, right, down = move
    front, opened = posed(FRONT, ("mouth", "open"))
    still = pictures.pixels(opened.image)
    shift = cv2.getRotationMatrix2D((240, 320), 0, scale)
    shift[:, 2] += np.array([right, down])
    moved = cv2.warpAffine(still, shift, (480, 640), borderMode=cv2.BORDER_REPLICATE)
    with pytest.raises(errors.FaceJumped) as refusal:
        await faces.inspect([front, Frame("mouth", pictures.jpeg(moved))], ("front", "mouth"))
    assert refusal.value.facts == {"prompt": "mouth"}


async def test_frames_of_two_cameras_are_refused(faces: Faces):
    front, opened = posed(FRONT, ("mouth", "open"))
    wider = pictures.pixels(opened.image)[40:600]
    with pytest.raises(errors.FaceJumped):
        await faces.inspect([front, Frame("mouth", pictures.jpeg(wider))], ("front", "mouth"))


@pytest.mark.parametrize("prompt", ["nod", "blink", "mouth"])
async def test_another_person_in_any_movement_is_refused(faces: Faces, prompt: str):
    shown = [(prompt, pose) for pose in POSES[prompt]]
    front, *_ = posed(FRONT, *shown)
    _, *stranger = posed(FRONT, *shown, person=pictures.BIDEN)
    with pytest.raises(errors.FacesDiffer) as refusal:
        await faces.inspect([front, *stranger], ("front", prompt))
    assert refusal.value.facts == {"prompt": prompt}


async def test_another_person_in_the_second_frame_of_a_movement_is_refused(faces: Faces):
    front, shut, _ = posed(FRONT, ("blink", "shut"), ("blink", "front"))
    stranger = Frame("blink", pictures.posed(pictures.BIDEN, "front", 9))
    with pytest.raises(errors.FacesDiffer):
        await faces.inspect([front, shut, stranger], ("front", "blink"))


@pytest.mark.parametrize(
    ("prompt", "looks"),
    [
        ("nod", [Look(0.3, 30.0, 0.25), OWN]),  # a turned head is no lowered one
        ("mouth", [Look(-0.3, 4.0, 0.5)]),
        ("blink", [Look(0.3, 4.0, 0.25, (0.05, 0.05)), OWN]),
        ("blink", [Look(0.02, 4.0, 0.25, (0.12, 0.2)), OWN]),  # one eye, or a poor measure
        ("blink", []),
        ("nod", []),
        ("mouth", []),
    ],
)
def test_what_is_not_quite_the_movement_does_not_count(prompt: str, looks: list[Look]):
    assert not shows(looks, prompt, OWN)


def test_narrow_eyes_are_measured_by_themselves():
    narrow = Look(0.0, 0.0, 0.25, (0.08, 0.09))
    shut = Look(0.0, 0.0, 0.25, (0.03, 0.04))
    assert not shows([narrow, narrow], "blink", narrow)
    assert shows([shut, narrow], "blink", narrow)
    assert shows([narrow, shut], "blink", narrow)  # either frame may come first


async def test_a_screens_grid_is_noted_and_nobody_is_refused_for_it(faces: Faces):
    before = (await faces.numbers())["signs"].get("screen-grid", 0)
    rows, columns = np.indices((640, 480))
    beat = 9 * np.sin(2 * np.pi * (columns * 0.97 + rows * 0.2) / 4.3)[:, :, None]
    frames = [
        Frame(one.prompt, pictures.jpeg(np.clip(pictures.pixels(one.image) + beat, 0, 255)))
        for one in posed(FRONT, ("left", "left"))
    ]
    await faces.inspect(frames, ("front", "left"))
    assert (await faces.numbers())["signs"]["screen-grid"] == before + 1


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("prompts", [ALL, ("front", *ALL[:0:-1])])
async def test_a_person_who_makes_every_movement_is_accepted(faces: Faces, person: str, prompts):
    await faces.inspect(pictures.challenge_frames(person, prompts), prompts)


async def test_a_blurred_frame_is_excused_by_a_sharp_one_of_the_same_movement(faces: Faces):
    frames = posed(FRONT, ("nod", "down"), ("nod", "front"))
    blurred = Frame("nod", pictures.blurred(frames[1].image))
    await faces.inspect([*frames[:2], blurred, frames[2]], ("front", "nod"))
