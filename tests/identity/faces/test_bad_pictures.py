"""Pictures that must be refused, each with its own code, by the real face process.

The list is "Bad input" of the first release; limits are those of identity/faces/pictures.py.
"""

import pytest

from config.errors import Problem
from identity.faces import errors
from identity.faces.client import Faces, Frame
from identity.faces.engine import Detector
from identity.faces.pictures import read
from tests.support import faces as pictures

PROMPTS = ("front", "left", "right")
SCENE = pictures.scene(pictures.ASTRONAUT)

BAD_FRONTS = {
    "zero bytes": (b"", errors.ImageUnreadable),
    "words": (b"this is not a picture" * 40, errors.ImageUnreadable),
    "a GIF": (b"GIF89a" + bytes(200), errors.ImageUnreadable),
    "a JPEG cut short": (SCENE[: len(SCENE) // 2], errors.ImageUnreadable),
    "a head without a body": (SCENE[:30], errors.ImageUnreadable),
    "a bomb of pixels": (pictures.pixel_bomb(), errors.ImageTooLarge),
    "13 million pixels": (pictures.pixel_bomb(3606), errors.ImageTooLarge),
    "too many bytes": (SCENE + bytes(300_001), errors.ImageTooLarge),
    "no face": (pictures.no_face(), errors.NoFace),
    "two faces": (pictures.two_faces(pictures.ASTRONAUT, pictures.BIDEN), errors.SeveralFaces),
    "too far away": (pictures.far(SCENE), errors.FaceTooSmall),
    "too dark": (pictures.dark(SCENE), errors.FaceTooDark),
    "too bright": (pictures.bright(SCENE), errors.FaceTooBright),
    "blurred": (pictures.blurred(SCENE), errors.FaceBlurred),
    "a blue mask": (pictures.masked(SCENE), errors.FaceCovered),
    "a white mask": (pictures.masked(SCENE, (225, 225, 225)), errors.FaceCovered),
    "a black mask": (pictures.masked(SCENE, (35, 35, 35)), errors.FaceCovered),
    "dark glasses": (pictures.sunglasses(SCENE), errors.FaceCovered),
    "turned away": (pictures.turned(SCENE, 32), errors.FaceTurned),
}


def with_front(image: bytes) -> list[Frame]:
    return [Frame("front", image), *pictures.challenge_frames(pictures.ASTRONAUT, PROMPTS)[1:]]


@pytest.mark.parametrize("fault", BAD_FRONTS)
async def test_a_bad_front_picture_is_refused_with_its_own_code(faces: Faces, fault: str):
    image, leaf = BAD_FRONTS[fault]
    with pytest.raises(Problem) as refusal:
        await faces.inspect(with_front(image), PROMPTS)
    assert (type(refusal.value), refusal.value.facts) == (leaf, {"prompt": "front"})


async def test_the_fault_names_the_frame_it_was_seen_in(faces: Faces):
    frames = pictures.challenge_frames(pictures.ASTRONAUT, PROMPTS)
    frames[1] = Frame("left", pictures.dark(frames[1].image))
    with pytest.raises(errors.FaceTooDark) as refusal:
        await faces.inspect(frames, PROMPTS)
    assert refusal.value.facts == {"prompt": "left"}


async def test_a_broken_picture_is_not_excused_by_a_good_one_beside_it(faces: Faces):
    frames = pictures.challenge_frames(pictures.ASTRONAUT, PROMPTS)
    with pytest.raises(errors.ImageUnreadable):
        await faces.inspect([frames[0], Frame("front", b"x"), *frames[1:]], PROMPTS)


async def test_a_picture_on_its_side_is_accepted_when_exif_says_so(faces: Faces):
    await faces.inspect(with_front(pictures.rotated_exif(SCENE)), PROMPTS)


@pytest.mark.parametrize("lamp", [(0.7, 0.95, 1.15), (1.2, 1.0, 0.85), (0.55, 0.55, 0.55)])
async def test_a_warm_cold_or_weak_lamp_does_not_make_a_mask(faces: Faces, lamp):
    await faces.inspect(with_front(pictures.tinted(SCENE, *lamp)), PROMPTS)


async def test_a_blurred_frame_is_excused_by_a_sharp_one_of_the_same_prompt(faces: Faces):
    frames = pictures.challenge_frames(pictures.ASTRONAUT, PROMPTS)
    blurred = Frame("left", pictures.blurred(frames[1].image))
    await faces.inspect([frames[0], blurred, *frames[1:]], PROMPTS)


async def test_a_passer_by_in_the_background_is_no_second_face(faces: Faces):
    scene = pictures.beside(SCENE, pictures.BIDEN)
    assert len(Detector().find(read(scene))) == 2
    await faces.inspect(with_front(scene), PROMPTS)
