import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from vmafx_core import (
    InputSpec,
    Pairing,
    ScoreRequest,
    Sync,
    parse_feature,
    parse_model,
    score,
    score_events,
)
from vmafx_core.errors import MismatchError, UsageError
from vmafx_core.scoring.events import Finished, FrameScores, Progress, Started, Told
from vmafx_core.scoring.result import MetricKind, PairResult
from vmafx_core.testing import write_clip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("clips")
    write_clip(place / "ref.mp4", options={"crf": "8"})
    write_clip(place / "dis.mp4", options={"crf": "38"})
    return place


def request(folder: Path, *distorted: str, **fields: object) -> ScoreRequest:
    specs = tuple(InputSpec(location=str(folder / d)) for d in distorted or ("dis.mp4",))
    reference = InputSpec(location=str(folder / "ref.mp4"))
    return ScoreRequest(reference=reference, distorted=specs, **fields)  # type: ignore[arg-type]


def finished(wanted: ScoreRequest) -> PairResult:
    *_, last = score_events(wanted)
    assert isinstance(last, Finished)
    return last.result.pairs[0]


def codes(pair: PairResult) -> set[str]:
    return {n.code for n in pair.notices}


def test_the_library_scores_in_one_call(folder: Path) -> None:
    result = score(folder / "ref.mp4", folder / "dis.mp4", features=["psnr"])
    pair = result.pairs[0]
    assert 0 < pair.lead.pooled.mean < 100
    assert pair.lead.name == "vmaf"
    assert pair.metrics["psnr_y"].kind is MetricKind.REQUESTED
    assert pair.metrics["integer_adm2"].kind is MetricKind.ELEMENTARY
    assert pair.frames.scored == 30
    assert pair.times[-1] == pytest.approx(29 / 25)
    assert result.versions.libvmaf.startswith("3.")


def test_events_come_in_their_order_and_carry_every_frame_once(folder: Path) -> None:
    events = list(score_events(request(folder, segment_frames=8)))
    assert isinstance(events[0], Started)
    assert events[0].expected_frames == 30
    assert isinstance(events[-1], Finished)
    assert all(isinstance(e, (Told, Progress, FrameScores)) for e in events[1:-1])
    scores = [e for e in events if isinstance(e, FrameScores)]
    joined = np.concatenate([e.metrics["vmaf"] for e in scores])
    result = events[-1].result.pairs[0]
    assert [e.first for e in scores] == [0, 8, 16, 24]
    assert np.array_equal(joined, result.metrics["vmaf"].values)
    assert np.array_equal(np.concatenate([e.times for e in scores]), result.times)


def test_several_distorted_files_score_as_they_do_alone(folder: Path) -> None:
    write_clip(folder / "small.mp4", width=160, height=120, options={"crf": "30"})
    write_clip(folder / "deep.mkv", pix_fmt="yuv420p10le", options={"crf": "30"})
    names = ("dis.mp4", "small.mp4", "deep.mkv")
    *_, last = score_events(request(folder, *names))
    assert isinstance(last, Finished)
    for name, together in zip(names, last.result.pairs, strict=True):
        alone = finished(request(folder, name))
        assert np.array_equal(together.lead.values, alone.lead.values)
        assert together.picture == alone.picture


def test_frames_without_a_partner_are_left_over_and_told(folder: Path) -> None:
    write_clip(folder / "short.mp4", frames=20)
    pair = finished(request(folder, "short.mp4"))
    assert (pair.frames.scored, pair.frames.reference_left) == (20, 10)
    assert not pair.frames.counts_match
    assert "frame-count" in codes(pair)


def test_a_longer_distorted_file_is_counted_to_its_end(folder: Path) -> None:
    write_clip(folder / "long.mkv", frames=44)
    pair = finished(request(folder, "long.mkv"))
    assert (pair.frames.scored, pair.frames.distorted_left) == (30, 14)
    assert not pair.frames.counts_match


def test_a_limit_is_no_mismatch(folder: Path) -> None:
    pair = finished(request(folder, frames=7))
    assert pair.frames.scored == 7
    assert pair.frames.counts_match
    assert codes(pair) == set()


def test_files_of_different_length_share_one_reference(folder: Path) -> None:
    write_clip(folder / "short2.mp4", frames=12)
    *_, last = score_events(request(folder, "short2.mp4", "dis.mp4"))
    assert isinstance(last, Finished)
    assert [p.frames.scored for p in last.result.pairs] == [12, 30]
    assert [p.frames.counts_match for p in last.result.pairs] == [False, True]


def test_a_given_offset_pairs_the_right_frames(folder: Path) -> None:
    write_clip(folder / "late.mp4", first=-4, frames=34, options={"crf": "8"})
    shifted = finished(request(folder, "late.mp4"))
    aligned = finished(request(folder, "late.mp4", sync=Sync(offset=4)))
    assert aligned.lead.pooled.min > shifted.lead.pooled.max
    assert (aligned.frames.scored, aligned.frames.distorted_left) == (30, 4)
    assert not aligned.frames.counts_match
    assert (aligned.offset, aligned.offset_source) == (4, "given")


def test_a_negative_offset_skips_reference_frames(folder: Path) -> None:
    write_clip(folder / "early.mp4", first=5, frames=25, options={"crf": "8"})
    pair = finished(request(folder, "early.mp4", sync=Sync(offset=-5)))
    assert pair.lead.pooled.min > 90
    assert (pair.frames.scored, pair.frames.reference_left) == (25, 5)
    assert pair.times[0] == pytest.approx(0.2)


def test_the_offset_is_found_and_reported(folder: Path) -> None:
    write_clip(folder / "unknown.mp4", first=-3, frames=33, options={"crf": "30"})
    pair = finished(request(folder, "unknown.mp4", sync=Sync(auto=True)))
    assert (pair.offset, pair.offset_source) == (3, "found")
    assert "sync" in codes(pair)


def test_a_shifted_start_is_warned_about(folder: Path) -> None:
    write_clip(folder / "shifted.mp4", first=-6, frames=36, options={"crf": "20"})
    assert "start-shifted" in codes(finished(request(folder, "shifted.mp4")))
    assert "start-shifted" not in codes(finished(request(folder)))


def test_different_frame_rates_are_refused_with_the_ways_out(folder: Path) -> None:
    write_clip(folder / "fast.mp4", rate=50)
    with pytest.raises(MismatchError, match="25 against 50") as caught:
        finished(request(folder, "fast.mp4"))
    assert "--pairing time" in caught.value.hint
    assert finished(request(folder, "fast.mp4", pairing=Pairing.INDEX)).frames.scored == 30


def test_pairing_by_time_takes_each_frame_at_its_moment(folder: Path) -> None:
    write_clip(folder / "half.mp4", rate=Fraction(25, 2), frames=15)
    pair = finished(request(folder, "half.mp4", pairing=Pairing.TIME))
    assert pair.frames.scored == 15
    assert list(pair.times) == pytest.approx([i * 0.08 for i in range(15)])
    assert pair.frames.reference_left == 15
    assert pair.frames.counts_match


def test_nothing_in_common_is_an_error(folder: Path) -> None:
    with pytest.raises(MismatchError, match="no frame in common"):
        finished(request(folder, sync=Sync(offset=500)))


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"models": ()}, "nothing to measure"),
        ({"threads": 0}, "threads must be 1 to 512"),
        ({"features": (parse_feature("ssim"), parse_feature("float_ssim"))}, "asked for twice"),
    ],
)
def test_a_request_that_contradicts_itself_is_refused(
    folder: Path, fields: dict[str, object], says: str
) -> None:
    with pytest.raises(UsageError, match=says):
        next(iter(score_events(request(folder, **fields))))


def test_the_auto_model_scores_at_ten_bits_with_the_encodes_facts(folder: Path) -> None:
    result = score(folder / "ref.mp4", folder / "dis.mp4", models=["auto"])
    pair = result.pairs[0]
    assert pair.picture.depth == 10
    assert pair.models[0].version == "vmaf_v1.0.16_3d0h"
    assert ("cambi.enc_bitdepth", "8") in pair.models[0].overrides
    assert "model-chosen" in codes(pair)


def threads() -> set[str]:
    return {t.name for t in threading.enumerate() if t.name.startswith("vmafx")}


def test_closing_the_iterator_cancels_and_frees_everything(folder: Path) -> None:
    events: Iterator[object] = score_events(request(folder, segment_frames=4))
    for event in events:
        if isinstance(event, FrameScores):
            break
    events.close()  # type: ignore[attr-defined]
    # One that is at a picture is not waited for, and some may be of a test before.
    until = time.monotonic() + 20
    while (left := threads()) and time.monotonic() < until:
        time.sleep(0.01)
    assert left == set()


def test_a_picture_too_small_for_the_model_is_refused(tmp_path: Path) -> None:
    write_clip(tmp_path / "tiny.mp4", width=128, height=96, frames=3)
    with pytest.raises(MismatchError, match="128x96"):
        score(tmp_path / "tiny.mp4", tmp_path / "tiny.mp4", models=["vmaf_v1.0.16_3d0h"])


def test_an_offset_that_was_found_is_used_in_seconds_when_pairing_by_time(tmp_path: Path) -> None:
    write_clip(tmp_path / "ref.mp4", frames=60, options={"crf": "8"})
    with_lead = [max(0, i // 2 - 20) for i in range(2 * 80)]
    write_clip(tmp_path / "late.mp4", rate=50, shown=with_lead, options={"crf": "8"})
    pair = finished(
        request(tmp_path, "late.mp4", pairing=Pairing.TIME, sync=Sync(auto=True, window=2.0))
    )
    assert pair.offset_source == "found"
    assert pair.lead.pooled.p10 > 90


def test_by_time_frames_without_a_partner_in_the_middle_are_told(folder: Path) -> None:
    shown = [*range(10), *range(20, 30)]
    write_clip(folder / "hole.mkv", shown=shown, timed=shown)
    pair = finished(request(folder, "hole.mkv", pairing=Pairing.TIME))
    assert pair.frames.scored == 20
    assert not pair.frames.counts_match


def test_an_endless_reference_is_read_only_so_far(folder: Path) -> None:
    code = (
        "import sys\nsys.stdout.buffer.write(b'YUV4MPEG2 W320 H240 F25:1 C420jpeg\\n')\n"
        "while True: sys.stdout.buffer.write(b'FRAME\\n' + bytes(320 * 240 * 3 // 2))"
    )
    producer = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE,
                                stderr=subprocess.DEVNULL)  # fmt: skip
    try:
        command = [sys.executable, "-c", "from vmafx_cli.entry import main; main()"]
        done = subprocess.run(
            [*command, "score", "-", str(folder / "dis.mp4"), "--pairing", "index"],
            stdin=producer.stdout, capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip
    finally:
        producer.kill()
        producer.communicate()
    assert done.returncode == 0, done.stderr
    assert "at least" in done.stdout + done.stderr


@pytest.mark.parametrize("name", ["psnr_y", "psnr", "integer_adm2"])
def test_a_model_cannot_take_a_features_name(folder: Path, name: str) -> None:
    with pytest.raises(UsageError, match=name):
        score(folder / "ref.mp4", folder / "dis.mp4", models=[f"vmaf_v0.6.1:name={name}"])


def test_values_that_were_asked_for_through_an_option_count_as_asked_for(folder: Path) -> None:
    result = score(
        folder / "ref.mp4", folder / "dis.mp4", models=[], features=["psnr=enable_mse=true"]
    )
    mse = result.pairs[0].metrics["mse_y"]
    assert mse.kind is MetricKind.REQUESTED
    assert mse.pooled.worst1 == mse.pooled.max


def test_a_run_beside_another_does_not_claim_what_libvmaf_printed(folder: Path) -> None:
    events = score_events(request(folder, models=(parse_model("vmaf_v1.0.16_3d0h"),)))
    next(events)
    beside = score(folder / "ref.mp4", folder / "dis.mp4")
    events.close()
    told = [n.text for n in beside.notices if n.code == "libvmaf"]
    assert all("beside" in text for text in told)


@pytest.mark.parametrize("size", [(0, 100), (100000, 100000)])
def test_a_size_out_of_reach_is_refused(folder: Path, size: tuple[int, int]) -> None:
    with pytest.raises(UsageError, match="1 to 16384"):
        next(score_events(request(folder, size=size)))
