import io
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
import pytest

from support.results import metric, pair, result
from vmafx_core.libvmaf.specs import FeatureSpec
from vmafx_core.media.types import InputSpec
from vmafx_core.scoring.drawing import WIDTH
from vmafx_core.scoring.engine import score_events
from vmafx_core.scoring.events import Finished
from vmafx_core.scoring.request import Pairing, ScoreRequest, Sync
from vmafx_core.scoring.result import MetricKind, PairResult, ScoreResult, Scores
from vmafx_core.scoring.snapshots import Snapshot, worst_moments, worst_pictures
from vmafx_core.testing import write_clip

SIZE = 64
FRAMES = 60
DAMAGED = {21: 90, 40: 60}
"""Which pictures of the distorted clips are damaged, and by how much."""


def _picture(number: int, damage: int = 0) -> npt.NDArray[np.uint8]:
    """The left half's grey tells the picture's number; damage is in the right half."""
    luma = np.full((SIZE, SIZE), 20 + 3 * number, np.uint8)
    luma[:, SIZE // 2 :] = 100
    luma[: SIZE // 2, SIZE // 2 :] += damage
    return luma


def _clip(
    path: Path,
    numbers: Sequence[int],
    damage: dict[int, int],
    *,
    times: Callable[[int], Fraction] = lambda i: Fraction(i, 25),
) -> InputSpec:
    """Encode pictures with these numbers, with B-frames and key frames 12 apart."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=50)
        stream.width, stream.height, stream.pix_fmt = SIZE, SIZE, "yuv420p"
        stream.codec_context.time_base = Fraction(1, 1000)
        stream.options = {"crf": "4", "g": "12", "bf": "2", "preset": "ultrafast"}
        stream.codec_context.thread_count = 1
        for i, number in enumerate(numbers):
            luma = _picture(number, damage.get(number, 0))
            frame = av.VideoFrame.from_ndarray(luma, format="gray").reformat(
                format="yuv420p", src_color_range="JPEG", dst_color_range="JPEG"
            )
            frame.time_base = Fraction(1, 1000)
            frame.pts = int(times(i) * 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return InputSpec(location=str(path))


def _score(request: ScoreRequest) -> ScoreResult:
    last = list(score_events(request))[-1]
    assert isinstance(last, Finished)
    return last.result


def _request(reference: InputSpec, distorted: InputSpec, **more: Any) -> ScoreRequest:
    return ScoreRequest(
        reference=reference,
        distorted=(distorted,),
        models=(),
        features=(FeatureSpec("psnr"),),
        **more,
    )


def _luma(jpeg: bytes) -> npt.NDArray[np.float32]:
    with av.open(io.BytesIO(jpeg), "r", format="jpeg_pipe") as container:
        frame = next(container.decode(video=0))
    return frame.to_ndarray(format="yuvj420p")[: frame.height].astype(np.float32)


def _scored(name: str, kind: MetricKind, values: Scores) -> PairResult:
    return pair(metrics={name: metric(name, kind, values)})


def _number(jpeg: bytes) -> int:
    """The number that the left half of a picture shows; 8-bit video is of limited range."""
    grey = float(_luma(jpeg)[:, : SIZE // 2 - 8].mean()) * 219 / 255 + 16
    return round((grey - 20) / 3)


def _numbers(snapshots: Sequence[Snapshot]) -> list[tuple[int, int]]:
    return [(_number(s.reference), _number(s.distorted)) for s in snapshots]


everything = range(FRAMES)
rate_50 = {"times": lambda i: Fraction(i, 50)}
uneven = {"times": lambda i: Fraction(i * 40 + (i % 3) * 13, 1000)}


@pytest.mark.parametrize(
    ("reference", "distorted", "more"),
    [
        pytest.param({}, {}, {}, id="plain"),
        pytest.param({}, {"numbers": range(3, FRAMES)}, {"sync": Sync(offset=-3)}, id="early"),
        pytest.param({"numbers": range(5, FRAMES)}, {}, {"sync": Sync(offset=5)}, id="late"),
        pytest.param({"spec": {"skip": 7}}, {"spec": {"skip": 7}}, {}, id="skip"),
        pytest.param({"spec": {"start": 0.4}}, {"spec": {"start": 0.4}}, {}, id="start"),
        pytest.param({}, {}, {"frames": 50}, id="limit"),
        pytest.param(uneven, uneven, {}, id="uneven"),
        pytest.param(
            {},
            {"numbers": [i // 2 for i in range(2 * FRAMES)], **rate_50},
            {"pairing": Pairing.TIME},
            id="time",
        ),
    ],
)
def test_the_pictures_are_those_of_the_worst_frames(
    reference: dict[str, Any], distorted: dict[str, Any], more: dict[str, Any], tmp_path: Path
) -> None:
    sides = []
    for name, damage, side in (("ref.mkv", {}, reference), ("dis.mkv", DAMAGED, distorted)):
        options = {"numbers": everything} | side
        changes = options.pop("spec", {})
        sides.append(replace(_clip(tmp_path / name, damage=damage, **options), **changes))
    request = _request(*sides, **more)
    (shown,) = worst_pictures(_score(request), request, count=2)
    assert shown.reason == ""
    assert _numbers(shown.snapshots) == [(21, 21), (40, 40)]


def test_the_difference_map_is_bright_where_pictures_differ_and_black_elsewhere(
    tmp_path: Path,
) -> None:
    request = _request(
        _clip(tmp_path / "ref.mkv", everything, {}),
        _clip(tmp_path / "dis.mkv", everything, DAMAGED),
    )
    (shown,) = worst_pictures(_score(request), request, count=1)
    luma = _luma(shown.snapshots[0].difference)
    assert luma[:24, 40:].mean() > 150
    assert luma[40:, :].mean() < 10
    assert luma[:, :24].mean() < 10


def test_wide_pictures_are_made_narrower_and_keep_their_shape(tmp_path: Path) -> None:
    wide: dict[str, Any] = {"frames": 2, "width": 1280, "height": 360, "pix_fmt": "yuv420p10le"}
    spec = InputSpec(location=str(write_clip(tmp_path / "wide.mkv", **wide)))
    request = _request(spec, spec)
    (shown,) = worst_pictures(_score(request), request, count=1)
    assert _luma(shown.snapshots[0].reference).shape == (180, WIDTH)


def test_a_pipe_cannot_be_read_again_and_the_reason_is_told() -> None:
    request = _request(InputSpec(location="ref.mp4"), InputSpec(location="-"))
    (shown,) = worst_pictures(result(pair("-")), request)
    assert shown.snapshots == ()
    assert "standard input" in shown.reason


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_a_named_pipe_is_not_opened_again(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.y4m")
    request = _request(InputSpec(location=str(tmp_path / "pipe.y4m")), InputSpec(location="d.mp4"))
    (shown,) = worst_pictures(result(pair("d.mp4")), request)
    assert shown.snapshots == ()
    assert "pipe.y4m can be read only once" in shown.reason


def test_a_file_that_is_gone_by_now_is_the_reason_that_is_told(tmp_path: Path) -> None:
    gone = InputSpec(location=str(tmp_path / "gone.mp4"))
    (shown,) = worst_pictures(result(), _request(gone, gone))
    assert shown.snapshots == ()
    assert "gone.mp4" in shown.reason


def test_worst_moments_are_apart_in_time_and_worst_first() -> None:
    scores = np.full(250, 95.0)
    scores[100:110] = np.linspace(30, 31, 10)
    scores[200] = 60.0
    chosen = worst_moments(_scored("vmaf", MetricKind.MODEL, scores), 2)
    assert [frame.index for frame in chosen] == [100, 200]
    assert [frame.time for frame in chosen] == [4.0, 8.0]


def test_where_less_is_better_the_worst_moment_has_the_highest_value() -> None:
    scores = np.zeros(250)
    scores[77] = 20.0
    chosen = worst_moments(_scored("cambi", MetricKind.REQUESTED, scores), 1)
    assert [frame.index for frame in chosen] == [77]


def test_a_clip_of_one_frame_has_one_worst_moment() -> None:
    assert len(worst_moments(_scored("vmaf", MetricKind.MODEL, np.array([50.0])), 3)) == 1
