"""A source is read once; its shots are known to the frame."""

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import pytest

from vmafx_cli.tune.shots.film import Film, Shot, read_film
from vmafx_core.errors import InputError
from vmafx_core.media.source import VideoSource
from vmafx_core.media.types import InputSpec
from vmafx_core.probing.events import Advanced
from vmafx_core.testing import write_clip

# Where the numbers jump, the pictures look nothing alike.
_SHOWN = (*range(20), *range(2635, 2651), *range(14))


def _film(path: Path, **changed: float) -> Film:
    events = read_film(replace(InputSpec(location=str(path)), **changed))  # type: ignore[arg-type]
    while True:
        try:
            next(events)
        except StopIteration as end:
            film: Film = end.value
            return film


def _digests(pictures: Iterable[av.VideoFrame]) -> list[str]:
    return [hashlib.sha256(p.to_ndarray().tobytes()).hexdigest() for p in pictures]


def _clip(folder: Path, name: str = "source.mp4", timed: list[int] | None = None) -> Path:
    path = folder / name
    return write_clip(path, shown=_SHOWN, timed=timed, width=160, height=120, rate=25)


def test_shots_end_where_the_next_begins(tmp_path: Path) -> None:
    film = _film(_clip(tmp_path))
    assert [(s.start_frame, s.end_frame) for s in film.shots] == [(0, 20), (20, 36), (36, 50)]
    assert [s.start for s in film.shots] == pytest.approx([0, 0.8, 1.44])
    assert film.shots[-1].end == pytest.approx(2.0)
    assert all(one.end == other.start for one, other in pairwise(film.shots))
    assert film.frames == 50
    assert film.duration == pytest.approx(2.0)


@pytest.mark.parametrize("name", ["source.mp4", "source.mkv"])
def test_pictures_of_shots_are_those_of_the_source(tmp_path: Path, name: str) -> None:
    film = _film(_clip(tmp_path, name))
    with VideoSource(film.spec) as source:
        expected = _digests(source.frames())
    apart = [d for shot in film.shots for d in _digests(film.pictures(shot, threads=1))]
    assert apart == expected


def test_uneven_times_are_known(tmp_path: Path) -> None:
    timed = [2 * i + (i % 3 == 0) for i in range(50)]
    film = _film(_clip(tmp_path, timed=timed))
    assert [t * film.time_base for t in film.times] == [Fraction(t - 1, 25) for t in timed]
    pictures = [p.pts for shot in film.shots for p in film.pictures(shot, threads=1)]
    assert pictures == list(film.times)


def test_only_the_part_asked_for_is_read(tmp_path: Path) -> None:
    film = _film(_clip(tmp_path), start=0.2, duration=1.2)
    assert [(s.start_frame, s.end_frame) for s in film.shots] == [(0, 15), (15, 30)]
    assert film.shots[0].start == pytest.approx(0.2)
    assert film.duration == pytest.approx(1.2)
    assert sum(1 for _ in film.pictures(film.shots[1], threads=1)) == 15


def test_a_short_rest_belongs_to_the_shot_before(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "rest.mp4", shown=(*range(20), *range(2635, 2640)), rate=25)
    assert [(s.start_frame, s.end_frame) for s in _film(path).shots] == [(0, 25)]


def test_one_picture_is_one_shot(tmp_path: Path) -> None:
    film = _film(write_clip(tmp_path / "one.mp4", frames=1, rate=25))
    (shot,) = film.shots
    assert (shot.frames, shot.start) == (1, 0.0)
    assert shot.duration == pytest.approx(0.04)


def test_a_source_that_changed_since_is_refused(tmp_path: Path) -> None:
    film = _film(_clip(tmp_path))
    _clip(tmp_path, timed=[i + (i > 25) for i in range(50)])
    with pytest.raises(InputError, match="frame 26 is not where it was"):
        list(film.pictures(film.shots[1], threads=1))


def test_how_far_the_reading_is_told(tmp_path: Path) -> None:
    *_, last = read_film(InputSpec(location=str(_clip(tmp_path))))
    assert isinstance(last, Advanced)
    assert (last.phase, last.done, last.total) == ("detecting", 50, 50)


def test_long_shots_are_sampled_in_their_middle(tmp_path: Path) -> None:
    film = _film(_clip(tmp_path), start=0.2)
    windows = [
        film.window(Shot(0, 300, 4.2, 16.2), 4.0),
        film.window(Shot(0, 300, 4.2, 16.2), None),
        film.window(Shot(0, 150, 4.2, 10.2), 4.0),
    ]
    assert [w.start for w in windows] == pytest.approx([8.0, 4.0, 4.0])
    assert [w.duration for w in windows] == pytest.approx([4.0, 12.0, 6.0])
