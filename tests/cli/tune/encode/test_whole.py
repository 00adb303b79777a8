"""Searching, encoding the whole and verifying it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import av
import pytest

from vmafx_cli.tune.encode import whole as encode
from vmafx_cli.tune.encode.whole import EncodeResult, Verdict, encode_events
from vmafx_cli.tune.search.crf import CrfRequest
from vmafx_core.chunks.stretches import encode_whole
from vmafx_core.encoders.contract import EncodeSetting
from vmafx_core.errors import UsageError
from vmafx_core.media.source import VideoSource
from vmafx_core.media.types import InputSpec
from vmafx_core.probing.events import Done
from vmafx_core.probing.points import Point
from vmafx_core.probing.request import Measuring, Sampling
from vmafx_core.probing.targets import parse_target
from vmafx_core.testing import write_clip


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VMAFX_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture
def request_(tmp_path: Path) -> CrfRequest:
    source = write_clip(tmp_path / "source.mkv", frames=40, width=160, height=120)
    return CrfRequest(
        source=InputSpec(location=str(source)),
        setting=EncodeSetting(encoder="libx264", quality=23, preset="ultrafast"),
        targets=(parse_target("85"),),
    )


def result_of(events: Iterator[object]) -> EncodeResult:
    *_, last = events
    assert isinstance(last, Done)
    assert isinstance(last.result, EncodeResult)
    return last.result


def test_the_whole_is_encoded_and_verified(request_: CrfRequest, tmp_path: Path) -> None:
    output = tmp_path / "out.mkv"
    result = result_of(encode_events(request_, output))
    assert result.met
    assert output.exists()
    assert result.verdict
    assert result.verdict.value(request_.targets[0]) >= 85 * (1 - encode.TOLERANCE)
    with VideoSource(InputSpec(location=str(output))) as source:
        assert len(list(source.frames())) == 40
    assert sorted(p.name for p in tmp_path.iterdir()) == ["cache", "out.mkv", "source.mkv"]


def test_an_interrupted_run_leaves_no_output_and_goes_on_with_the_encode(
    request_: CrfRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "out.mkv"

    def interrupted(*_: object) -> Iterator[object]:
        raise KeyboardInterrupt
        yield

    with monkeypatch.context() as patch:
        patch.setattr(encode, "verified", interrupted)
        with pytest.raises(KeyboardInterrupt):
            result_of(encode_events(request_, output))
    assert not output.exists()
    monkeypatch.setattr(encode, "encode_whole", lambda *_, **__: pytest.fail("encoded twice"))
    assert result_of(encode_events(request_, output)).met
    assert output.exists()


def test_a_sample_that_promised_too_much_leads_to_a_finer_encode(
    tmp_path: Path, request_: CrfRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encode, "TOLERANCE", 0.0)
    easy = [5] * 25
    hard = list(range(25))
    write_clip(tmp_path / "source.mkv", shown=easy + hard + easy, width=160, height=120)
    sampling = Sampling(windows=1, seconds=0.4)
    request = replace(request_, measuring=Measuring(sampling=sampling))
    result = result_of(encode_events(request, tmp_path / "out.mkv"))
    assert result.verdict
    first = result.search.request.targets[0].value
    assert (result.corrections > 0) == (first > 85)
    assert result.met == (result.verdict.value(request.targets[0]) >= 85)
    assert (tmp_path / "out.mkv").exists() == result.met


def test_an_interrupted_correction_is_gone_on_with(
    tmp_path: Path, request_: CrfRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[float] = []

    def whole(source: InputSpec, point: Point, video: Path, *, threads: int) -> Any:
        made.append(point.setting.quality)
        if len(made) == 2:
            raise KeyboardInterrupt
        return encode_whole(source, point, video, threads=threads)

    def missed(verdict: Verdict, *_: object) -> tuple[str, ...]:
        return () if verdict.point.setting.quality < made[0] else ("what was asked for",)

    def raised(search: CrfRequest, *_: object) -> CrfRequest:
        return replace(search, targets=(parse_target("95"),))

    monkeypatch.setattr(encode, "encode_whole", whole)
    monkeypatch.setattr(encode, "_missed", missed)
    monkeypatch.setattr(encode, "_raised", raised)
    with pytest.raises(KeyboardInterrupt):
        result_of(encode_events(request_, tmp_path / "out.mkv"))
    assert result_of(encode_events(request_, tmp_path / "out.mkv")).met
    coarse, fine, again = made
    assert coarse > fine == again
    assert [path.name for path in tmp_path.glob("*out*")] == ["out.mkv"]


def test_a_whole_that_is_larger_than_allowed_is_not_written(
    tmp_path: Path, request_: CrfRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = encode._counted

    def doubled(video: Path) -> tuple[int, int, float]:
        frames, size, seconds = counted(video)
        return frames, 2 * size, seconds

    monkeypatch.setattr(encode, "_counted", doubled)
    request = replace(request_, max_bit_rate=100_000.0)
    result = result_of(encode_events(request, tmp_path / "out.mkv"))
    assert result.search.found.pick
    assert result.missed == ("100 kb/s at most",)
    assert not (tmp_path / "out.mkv").exists()


def test_pictures_and_sound_of_a_part_begin_together(request_: CrfRequest, tmp_path: Path) -> None:
    source = replace(request_.source, start=0.8)
    assert result_of(encode_events(replace(request_, source=source), tmp_path / "out.mkv")).met
    with av.open(str(tmp_path / "out.mkv")) as container:
        assert container.start_time == 0


def test_a_target_that_nothing_meets_writes_nothing(request_: CrfRequest, tmp_path: Path) -> None:
    request = replace(request_, targets=(parse_target("99.9"),), min_quality=48)
    result = result_of(encode_events(request, tmp_path / "out.mkv"))
    assert (result.verdict, result.met) == (None, False)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["cache", "source.mkv"]


def test_a_container_that_does_not_hold_the_codec_is_refused(
    request_: CrfRequest, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match="webm does not hold h264"):
        result_of(encode_events(request_, tmp_path / "out.webm"))
