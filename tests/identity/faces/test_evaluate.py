"""The evaluation counts pairs rightly, names the missed, and says plainly what it needs."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from identity.faces import evaluate
from tests.support import faces as pictures


def folder_of(root: Path, people: dict[str, list[bytes]]) -> Path:
    for person, images in people.items():
        (root / person).mkdir(parents=True)
        for place, image in enumerate(images):
            (root / person / f"{place}.jpg").write_bytes(image)
    return root


def run(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "identity.faces.evaluate", str(folder)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_an_empty_folder_says_how_to_fill_it(tmp_path: Path):
    done = run(tmp_path)
    assert (done.returncode, "one folder a person" in done.stdout) == (1, True)


def test_one_person_is_not_enough(tmp_path: Path):
    done = run(folder_of(tmp_path, {"a": [b"x"]}))
    assert (done.returncode, "only one person" in done.stdout) == (1, True)


def test_one_picture_a_person_is_not_enough():
    seen = evaluate.Seen(people=["a", "b"])
    with pytest.raises(evaluate.TooFew):
        evaluate.rates(seen)


def test_rates_are_shares_of_pairs():
    east, north = np.float32([1, 0]), np.float32([0, 1])
    seen = evaluate.Seen(
        people=["a", "a", "a", "b"],
        templates={"sface": [east, east, north, east], "dlib": [east, east, north, north]},
    )
    by_rule = {one.rule: one for one in evaluate.rates(seen)}
    # of 3 pairs of one person SFace misses 2; of 3 pairs of two it takes 2 for one
    assert by_rule["sface ≥ 0.450"] == evaluate.Rates("sface ≥ 0.450", 1 / 3, 2 / 3, 2 / 3)
    # dlib vetoes both of those: one more picture pair, north with north, SFace refuses
    assert by_rule["both: sface ≥ 0.45, dlib ≤ 0.6"].far == 0


def test_real_portraits_are_told_apart_and_the_missed_are_named(tmp_path: Path):
    people = {
        "one": [pictures.portrait(name) for name in (pictures.OBAMA, pictures.OBAMA_AGAIN)],
        "two": [pictures.portrait(pictures.BIDEN), pictures.no_face(), b"broken"],
    }
    done = run(folder_of(tmp_path, people))
    assert done.returncode == 0
    both = next(line for line in done.stdout.splitlines() if "both" in line)
    assert "100.000%" in both
    assert all(name in done.stdout for name in ("two/1.jpg", "two/2.jpg"))
