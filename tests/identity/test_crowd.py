"""How many verifications a web worker takes on at once: no more than can be served."""

from pathlib import Path

import pytest

from identity.crowd import Crowd
from identity.faces.errors import FacesBusy
from tests.support.faces_service import face_settings


@pytest.fixture
def crowd(tmp_path: Path) -> Crowd:
    """One works, two wait."""
    return Crowd(face_settings(tmp_path, face_workers=1, face_queue=2))


def test_whoever_comes_when_all_places_are_taken_is_told_when_to_come_back(crowd: Crowd):
    with crowd.place(), crowd.place(), crowd.place():
        for _ in range(5):
            with pytest.raises(FacesBusy) as caught, crowd.place():
                pass
            assert int(caught.value.headers["Retry-After"]) >= 1
    assert crowd.inside == 0


def test_a_place_is_free_again_whatever_happened_in_it(crowd: Crowd):
    for _ in range(10):
        with pytest.raises(RuntimeError), crowd.place():
            raise RuntimeError
    with crowd.place(), crowd.place(), crowd.place():
        assert crowd.inside == crowd.limit == 3


def test_not_everybody_is_told_to_come_back_at_the_same_moment(crowd: Crowd):
    crowd._seconds = 60.0
    with crowd.place(), crowd.place(), crowd.place():
        told = {crowd._come_back() for _ in range(200)}
    assert 60 <= min(told) < max(told) <= 120
