"""Whose face is it? Thresholds and their error rates: identity/faces/engine.py."""

import pickle

import pytest

from identity.faces import errors
from identity.faces.client import Capture, Faces
from tests.support import faces as pictures

PROMPTS = ("front", "left", "right")


@pytest.fixture
async def capture(faces: Faces) -> Capture:
    return await faces.inspect(pictures.challenge_frames(pictures.OBAMA, PROMPTS), PROMPTS)


@pytest.mark.parametrize("other", [pictures.BIDEN, pictures.ASTRONAUT])
async def test_another_face_is_refused(faces: Faces, capture: Capture, other: str):
    assert await faces.match(capture, pictures.portrait(other)) is False


async def test_a_decoy_never_matches_although_it_is_the_persons_own_face(
    faces: Faces, capture: Capture
):
    assert await faces.match(capture, None) is False
    own = capture._parts[0]  # what the decoy is: real work on a face that would match
    assert await faces.match(capture, own) is True


@pytest.mark.parametrize("bad", [b"", b"not a picture", pictures.no_face(), pictures.pixel_bomb()])
async def test_an_unusable_reference_is_the_registers_fault(faces: Faces, capture: Capture, bad):
    with pytest.raises(errors.ReferenceUnusable):
        await faces.match(capture, bad)


async def test_a_reference_over_a_megabyte_is_not_even_sent(faces: Faces, capture: Capture):
    with pytest.raises(errors.ReferenceUnusable):
        await faces.match(capture, bytes(1_000_001))


async def test_an_empty_capture_matches_nobody(faces: Faces, capture: Capture):
    own = capture._parts[0]
    assert await faces.match(Capture([own]), own) is False


@pytest.mark.parametrize("same", [pictures.OBAMA, pictures.OBAMA_AGAIN, pictures.OBAMA_THIRD])
async def test_the_same_person_on_another_picture_is_accepted(faces: Faces, capture, same: str):
    assert await faces.match(capture, pictures.portrait(same)) is True


def test_a_capture_prints_masked_and_cannot_be_stored():
    capture = Capture([b"template"])
    assert "template" not in repr(capture)
    with pytest.raises(TypeError):
        pickle.dumps(capture)
