from itertools import pairwise
from pathlib import Path

import numpy as np

from demo.clips import decode, encode, render
from demo.scene import Scene


def test_a_picture_is_the_same_whenever_and_wherever_it_is_drawn() -> None:
    first, second = Scene(96, 54).picture(1.25), Scene(96, 54).picture(1.25)
    assert np.array_equal(first, second)
    assert first.shape == (54, 96, 3)


def test_pictures_have_sky_above_ground_and_use_the_range_of_brightness() -> None:
    picture = Scene(96, 54).picture(0.0)
    assert picture.min() >= 0.0
    assert picture.max() <= 1.0
    assert picture.std() > 0.15
    sky, ground = picture[:10], picture[-10:]
    assert sky.mean() > ground.mean() + 0.2
    assert (sky[..., 2] - sky[..., 0]).mean() > 0.05  # blue


def test_every_picture_differs_from_the_one_before_but_not_by_much() -> None:
    scene = Scene(96, 54)
    pictures = [scene.picture(index / 24) for index in range(3)]
    for before, after in pairwise(pictures):
        change = float(np.abs(after - before).mean())
        assert 0.001 < change < 0.1


def test_clips_come_back_with_the_size_and_number_of_pictures_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    size = encode(render(96, 54, 4), path, 64, 36, crf=30)
    assert size == path.stat().st_size
    assert [(p.width, p.height, p.format.name) for p in decode(path)] == [(64, 36, "yuv420p")] * 4
