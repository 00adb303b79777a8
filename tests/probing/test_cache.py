import sqlite3
import threading
from collections.abc import Generator
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from support.findings import point
from vmafx_core.encoders.contract import EncodeSetting
from vmafx_core.libvmaf.specs import FeatureSpec
from vmafx_core.media.types import InputSpec
from vmafx_core.probing.cache import CACHE_VARIABLE, Family, PointCache
from vmafx_core.probing.measure import SampleMeasurer, prepared
from vmafx_core.probing.request import Measuring
from vmafx_core.testing import write_clip

_FAMILY = Family("a")
_FAST = EncodeSetting(encoder="libx264", quality=30, preset="ultrafast")


@pytest.fixture
def cache(tmp_path: Path) -> PointCache:
    return PointCache(tmp_path / "cache")


def _ended[Result](running: Generator[Any, None, Result]) -> Result:
    while True:
        try:
            next(running)
        except StopIteration as end:
            result: Result = end.value
            return result


def _measurer(path: Path, measuring: Measuring) -> SampleMeasurer:
    return _ended(prepared(InputSpec(location=str(path)), measuring))


def test_a_point_comes_back_as_it_was(cache: PointCache) -> None:
    setting = EncodeSetting(
        encoder="libx265", quality=28, options=(("x265-params", "aq-mode=3"),), size=(640, 360)
    )
    kept = replace(point(28), setting=setting)
    cache.add(_FAMILY, kept)
    (back,) = cache.points(_FAMILY)
    assert back.cached
    assert back.setting == setting
    assert back.bit_rate == kept.bit_rate
    for name, metric in kept.metrics.items():
        assert np.array_equal(back.metrics[name].values, metric.values)
        assert back.metrics[name].pooled == metric.pooled


def test_a_point_that_is_damaged_is_none(cache: PointCache) -> None:
    cache.add(_FAMILY, point(28))
    cache.add(_FAMILY, point(30))
    with closing(sqlite3.connect(cache.path)) as connection, connection:
        connection.execute("UPDATE points SET about = '{' WHERE key LIKE '%:28'")
    assert [p.setting.quality for p in cache.points(_FAMILY)] == [30]


def test_families_are_kept_apart(cache: PointCache) -> None:
    cache.add(_FAMILY, point(28))
    assert cache.points(Family("b")) == []


def test_what_was_used_least_lately_goes_first(tmp_path: Path) -> None:
    one = PointCache(tmp_path / "one")
    one.add(_FAMILY, point(20))
    small = PointCache(tmp_path / "small", most_bytes=one.state().bytes * 2)
    small.add(Family("old"), point(20))
    small.add(Family("used"), point(20))
    small.points(Family("old"))
    small.add(Family("new"), point(20))
    assert [len(small.points(Family(f))) for f in ("old", "used", "new")] == [1, 0, 1]


def test_clearing_leaves_nothing(cache: PointCache) -> None:
    cache.add(_FAMILY, point(20))
    assert cache.clear().points == 1
    assert cache.state().points == 0


def test_an_empty_cache_makes_no_file(cache: PointCache) -> None:
    assert cache.points(_FAMILY) == []
    assert cache.state().points == 0
    assert not cache.path.exists()


def test_a_damaged_cache_is_set_aside_with_a_notice(cache: PointCache) -> None:
    cache.path.parent.mkdir()
    cache.path.write_bytes(b"no database at all, but long enough to look at" * 40)
    assert cache.points(_FAMILY) == []
    assert [n.code for n in cache.notices] == ["cache-damaged"]
    cache.add(_FAMILY, point(20))
    assert len(cache.points(_FAMILY)) == 1
    assert list(cache.path.parent.glob("*.damaged-*"))


def test_a_cache_that_cannot_be_written_is_told_and_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    cache = PointCache(tmp_path / "file")
    cache.add(_FAMILY, point(20))
    assert [n.code for n in cache.notices] == ["cache-unusable"]


def test_a_broken_write_leaves_the_rest(cache: PointCache) -> None:
    cache.add(_FAMILY, point(20))
    with suppress(RuntimeError), cache._open() as connection:
        connection.execute("DELETE FROM points")
        raise RuntimeError
    assert len(cache.points(_FAMILY)) == 1


def test_many_writers_lose_nothing(cache: PointCache) -> None:
    def write(first: int) -> None:
        mine = PointCache(cache.path.parent)
        for quality in range(first, first + 5):
            mine.add(_FAMILY, point(quality))
        assert mine.notices == ()

    threads = [threading.Thread(target=write, args=(5 * i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(cache.points(_FAMILY)) == 20
    with sqlite3.connect(cache.path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


def test_a_second_run_takes_points_from_the_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    clip = write_clip(tmp_path / "clip.mkv", frames=12, width=160, height=120)
    first = _ended(_measurer(clip, Measuring()).probe(_FAST))
    copy = tmp_path / "another name.mkv"
    copy.write_bytes(clip.read_bytes())
    again = _ended(_measurer(copy, Measuring()).probe(_FAST))
    assert (first.cached, again.cached) == (False, True)
    assert again.metrics["vmaf"].pooled == first.metrics["vmaf"].pooled
    coarser = replace(_FAST, quality=40)
    assert [p.setting for p in _measurer(copy, Measuring()).known(coarser)] == [_FAST]
    assert _measurer(copy, Measuring(cache=False)).known(_FAST) == ()
    assert _measurer(copy, Measuring(features=(FeatureSpec("psnr"),))).known(_FAST) == ()
    assert _measurer(copy, Measuring()).known(replace(_FAST, preset="superfast")) == ()


def test_other_pictures_are_another_family(tmp_path: Path) -> None:
    clips = [
        write_clip(tmp_path / f"{first}.mkv", frames=3, width=160, height=120, first=first)
        for first in (0, 1)
    ]
    keys = {
        Family.of(_measurer(clip, Measuring(cache=False)).sample, _FAST, Measuring()).key
        for clip in clips
    }
    assert len(keys) == 2
