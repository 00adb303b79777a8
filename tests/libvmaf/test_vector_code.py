"""Scores of narrow pictures, for which some of libvmaf's vector code is wrong."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from vmafx_core.libvmaf import context
from vmafx_core.libvmaf.context import Context
from vmafx_core.libvmaf.log import CAPTURE
from vmafx_core.libvmaf.model import Model
from vmafx_core.libvmaf.specs import ModelSpec
from vmafx_core.libvmaf.vector_code import VectorCode, goes_wrong
from vmafx_core.media.types import Chroma, PictureFormat
from vmafx_core.testing import frame

HEIGHT = 120
ALL = (1 << 32) - 1


def scores(width: int) -> list[float]:
    form = PictureFormat(width, HEIGHT, Chroma.C420, 8)
    spec = ModelSpec(version="vmaf_v0.6.1")
    with CAPTURE, Model(spec, "m") as model, Context([model], [], form, 2) as opened:
        for i in range(3):
            opened.feed(frame(i, width, HEIGHT), frame(i + 1, width, HEIGHT))
        opened.flush()
        return list(opened.predict(0, 3)["m"])


class InC(VectorCode):
    """Leaves all vector code out."""

    @contextmanager
    def opening(self, width: int) -> Iterator[int]:
        with super().opening(width):
            yield ALL


@pytest.mark.parametrize("width", [*range(33, 100, 3), *range(100, 540, 10), 129, 136, 144, 258])
def test_they_are_those_of_plain_code(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    found = scores(width)
    monkeypatch.setattr(context, "VECTOR_CODE", InC())
    assert scores(width) == pytest.approx(found, abs=1e-6)


def test_usual_sizes_are_scored_by_vector_code() -> None:
    usual = [160, 176, 240, 256, 320, 352, 416, 426, 480, 576, 640, 720, 854, 1280, 1920, 3840]
    assert not any(map(goes_wrong, usual))


def test_while_a_narrow_one_is_open_all_do_without() -> None:
    narrow, wide, code = 144, 1920, VectorCode()

    def mask(width: int) -> int:
        with code.opening(width) as without:
            return without

    assert not mask(wide)
    assert mask(narrow)
    assert mask(wide)
    assert mask(narrow)
    code.close(wide)
    code.close(narrow)
    assert mask(wide)
    code.close(narrow)
    assert not mask(wide)


def test_a_context_that_does_not_come_about_is_not_counted() -> None:
    code = VectorCode()
    with pytest.raises(OSError, match="no memory"), code.opening(144):
        raise OSError("no memory")
    with code.opening(1920) as without:
        assert not without
