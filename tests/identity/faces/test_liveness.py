"""A challenge is followed in its order, by one face, in front of a camera."""

import itertools
from pathlib import Path

import cv2
import pytest

from identity.faces import errors
from identity.faces.client import Faces, Frame
from tests.support import faces as pictures

PROMPTS = ("front", "left", "right")


def honest(person: str = pictures.ASTRONAUT) -> list[Frame]:
    return pictures.challenge_frames(person, PROMPTS)


async def test_frames_in_another_order_are_refused(faces: Faces):
    front, left, right = honest()
    with pytest.raises(errors.PromptsNotFollowed):
        await faces.inspect([front, right, left], PROMPTS)


async def test_a_missing_prompt_is_refused(faces: Faces):
    with pytest.raises(errors.PromptsNotFollowed):
        await faces.inspect(honest()[:2], PROMPTS)


async def test_no_frames_are_refused(faces: Faces):
    with pytest.raises(errors.PromptsNotFollowed):
        await faces.inspect([], PROMPTS)


async def test_nine_frames_are_refused(faces: Faces):
    front, left, right = honest()
    many = [Frame("front", front.image + bytes([place])) for place in range(7)]
    with pytest.raises(errors.PromptsNotFollowed):
        await faces.inspect([*many, left, right], PROMPTS)


async def test_the_other_side_under_a_wrong_label_is_refused(faces: Faces):
    front, left, right = honest()
    swapped = [front, Frame("left", right.image), Frame("right", left.image)]
    with pytest.raises(errors.PromptsNotFollowed) as refusal:
        await faces.inspect(swapped, PROMPTS)
    assert refusal.value.facts == {"prompt": "left"}


async def test_a_still_photograph_does_not_turn(faces: Faces):
    still = [
        Frame(prompt, frame.image)
        for prompt, frame in zip(
            PROMPTS, pictures.challenge_frames(pictures.ASTRONAUT, ("front",) * 3), strict=True
        )
    ]
    with pytest.raises(errors.PromptsNotFollowed):
        await faces.inspect(still, PROMPTS)


async def test_frames_of_the_same_bytes_are_refused(faces: Faces):
    front, left, right = honest()
    with pytest.raises(errors.FramesIdentical):
        await faces.inspect([front, front, left, right], PROMPTS)


async def test_another_face_in_a_turned_frame_is_refused(faces: Faces):
    front, _, right = honest()
    stranger = honest(pictures.BIDEN)[1]
    with pytest.raises(errors.FacesDiffer) as refusal:
        await faces.inspect([front, stranger, right], PROMPTS)
    assert refusal.value.facts == {"prompt": "left"}


async def test_another_face_in_a_second_frontal_frame_is_refused(faces: Faces):
    front, left, right = honest()
    with pytest.raises(errors.FacesDiffer):
        await faces.inspect([front, honest(pictures.BIDEN)[0], left, right], PROMPTS)


@pytest.mark.parametrize("person", [pictures.OBAMA, pictures.BIDEN, pictures.ASTRONAUT])
@pytest.mark.parametrize("prompts", [PROMPTS, ("front", "right", "left"), ("left", "front")])
async def test_a_person_who_follows_the_prompts_is_accepted(faces: Faces, person, prompts):
    await faces.inspect(pictures.challenge_frames(person, prompts), prompts)


@pytest.mark.parametrize("person", [pictures.OBAMA, pictures.ASTRONAUT])
async def test_the_video_for_a_browsers_camera_passes_the_challenge(
    faces: Faces, tmp_path: Path, person: str
):
    video = pictures.camera_video(person, tmp_path / "c.mjpeg", [(pose, 0.1) for pose in PROMPTS])
    opened = cv2.VideoCapture(str(video))
    frames = [opened.read()[1] for _ in range(9)]
    assert opened.read()[0] is False
    shots = [Frame(pose, pictures.jpeg(frames[place * 3])) for place, pose in enumerate(PROMPTS)]
    await faces.inspect(shots, PROMPTS)
    assert all((one != other).any() for one, other in itertools.combinations(frames, 2))
