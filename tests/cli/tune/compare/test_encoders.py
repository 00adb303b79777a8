"""Encoders are compared on one sample; one that fails does not keep the others from it."""

import math
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from support.findings import point
from vmafx_cli.tune.compare.comparison import Comparison
from vmafx_cli.tune.compare.corpus import corpus_events
from vmafx_cli.tune.compare.encoders import CompareRequest, CompareResult, compare_events
from vmafx_cli.tune.corpus.row import (
    CorpusRow,
    SourceFacts,
    measuring_dict,
    reading_dict,
    row_text,
)
from vmafx_cli.tune.search.spread import Span
from vmafx_core.encoders.contract import EncodeSetting
from vmafx_core.errors import ComponentError, UnknownNameError, UsageError
from vmafx_core.media.types import InputSpec
from vmafx_core.notice import Level
from vmafx_core.probing.events import Done, Probed, Probing, TuneEvent
from vmafx_core.probing.measure import SampleMeasurer
from vmafx_core.probing.points import Point
from vmafx_core.probing.request import Measuring
from vmafx_core.probing.targets import parse_target
from vmafx_core.probing.windows import WHOLE
from vmafx_core.scoring.events import Told
from vmafx_core.testing import write_clip

_ONE = EncodeSetting(encoder="libx264", preset="ultrafast", quality=23)
_TWO = EncodeSetting(encoder="libx264", preset="veryfast", quality=23)
_BROKEN = EncodeSetting(encoder="libx265", preset="ultrafast", quality=28)
_SPAN = Span(metric=parse_target("vmaf>=95"), worst=75, points=4)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clips") / "a.mkv"
    return write_clip(path, frames=10, width=160, height=120, options={"crf": "4"})


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> None:
    """Points of logistic curves; the second preset takes a fifth fewer bits, others fail."""

    def probe(_: SampleMeasurer, setting: EncodeSetting) -> Generator[TuneEvent[Any], None, Point]:
        if setting.encoder == "libx265":
            raise ComponentError("libx265 is not usable here", "Install it.")
        if setting.options:
            raise UsageError("unknown option of libx264 'colour'")
        crf = setting.quality
        rate = 8e6 * 2 ** (-crf / 6) * (0.8 if setting.preset == "veryfast" else 1)
        made = point(crf, vmaf=99.5 / (1 + math.exp((crf - 40) / 5)), bit_rate=rate)
        yield Probed(made)
        return replace(made, setting=setting)

    monkeypatch.setattr(SampleMeasurer, "probe", probe)


def _request(clip: Path, *settings: EncodeSetting, **wanted: Any) -> CompareRequest:
    return CompareRequest(
        source=InputSpec(location=str(clip)),
        settings=settings,
        measuring=Measuring(threads=1, cache=False),
        **wanted,
    )


def _run(
    events: Generator[TuneEvent[CompareResult]],
) -> tuple[Comparison, list[TuneEvent[CompareResult]]]:
    told = list(events)
    assert isinstance(told[-1], Done)
    return told[-1].result.comparisons[0], told


def test_encoders_meet_the_target_with_measured_points(clip: Path) -> None:
    target = parse_target("vmaf>=85")
    found, _ = _run(compare_events(_request(clip, _ONE, _TWO, targets=(target,))))
    assert [c.name for c in found.contenders] == ["libx264:ultrafast", "libx264:veryfast"]
    for contender in found.contenders:
        pick = found.pick(contender)
        assert pick
        assert pick.value(target) >= 85
        # There is a measured point on the other side, so that the rate is read off between two.
        below = [p for p in contender.points if p.value(target) < 85]
        assert below
        assert below[0].bit_rate <= found.bit_rate(contender) <= pick.bit_rate
        assert contender.encode_fps > 0
    assert found.whole


@pytest.mark.usefixtures("measured")
def test_curves_and_targets_share_their_points(clip: Path) -> None:
    target = parse_target("vmaf>=90")
    found, events = _run(compare_events(_request(clip, _ONE, _TWO, targets=(target,), span=_SPAN)))
    second = found.contenders[1]
    assert found.delta(second, found.anchor).rate == pytest.approx(-20, abs=1)
    assert found.saving(second) == pytest.approx(-20, abs=1)
    assert len(second.curve) == 4
    assert {id(p) for p in second.curve} <= {id(p) for p in second.points}
    probes = [e for e in events if isinstance(e, Probing)]
    assert [e.number for e in probes] == list(range(1, len(probes) + 1))
    assert all(e.likely >= e.number for e in probes)
    assert len(probes) == sum(len(c.points) for c in found.contenders)


@pytest.mark.usefixtures("measured")
def test_an_encoder_that_is_not_usable_is_left_out_and_the_others_go_on(clip: Path) -> None:
    target = parse_target("vmaf>=90")
    request = _request(clip, _BROKEN, _ONE, _TWO, targets=(target,))
    found, events = _run(compare_events(request))
    assert found.contenders[0].failure == "libx265 is not usable here"
    assert found.anchor.name == "libx264:ultrafast"
    assert [c.name for c in found.ranked()][-1] == "libx265:ultrafast"
    notices = [e.notice for e in events if isinstance(e, Told)]
    assert [(n.code, n.level) for n in notices] == [("left-out", Level.WARNING)]
    assert "libx265:ultrafast is left out: libx265 is not usable here" in notices[0].text


@pytest.mark.usefixtures("measured")
@pytest.mark.parametrize("other", [replace(_BROKEN, preset="fast"), _ONE])
def test_where_fewer_than_two_are_left_the_first_reason_is_raised(
    clip: Path, other: EncodeSetting
) -> None:
    with pytest.raises(ComponentError, match="libx265 is not usable here"):
        _run(compare_events(_request(clip, _BROKEN, other, span=_SPAN)))


@pytest.mark.usefixtures("measured")
def test_an_encoder_that_refuses_an_option_is_left_out_too(clip: Path) -> None:
    refused = replace(_ONE, preset="fast", options=(("colour", "blue"),))
    found, _ = _run(compare_events(_request(clip, _ONE, refused, _TWO, span=_SPAN)))
    assert [c.failure for c in found.contenders] == ["", "unknown option of libx264 'colour'", ""]


def test_one_encoder_alone_is_no_comparison(clip: Path) -> None:
    with pytest.raises(UsageError, match="there is nothing to compare"):
        _run(compare_events(_request(clip, _ONE, span=_SPAN)))


def test_an_encoder_that_is_named_twice_is_refused(clip: Path) -> None:
    usual = EncodeSetting(encoder="libx264", quality=23)
    request = _request(clip, usual, replace(usual, preset="medium", quality=30), span=_SPAN)
    with pytest.raises(UsageError, match="libx264:medium is named twice"):
        _run(compare_events(request))


def test_unknown_encoders_and_presets_are_refused_before_the_source_is_read() -> None:
    gone = Path("gone.mkv")
    with pytest.raises(UnknownNameError, match="unknown encoder 'libx263'"):
        _run(compare_events(_request(gone, _ONE, replace(_ONE, encoder="libx263"), span=_SPAN)))
    with pytest.raises(UnknownNameError, match="libx264 has no preset 'fastt'"):
        _run(compare_events(_request(gone, _ONE, replace(_ONE, preset="fastt"), span=_SPAN)))


def _corpus(path: Path, *points: tuple[str, Point], display: tuple[int, int] | None = None) -> str:
    rows = [
        CorpusRow(
            source=SourceFacts(
                location=source,
                sha256="",
                width=320,
                height=180,
                pix_fmt="yuv420p",
                frame_rate=25.0,
                duration=4.0,
                transfer=None,
            ),
            point=made,
            reading=reading_dict(InputSpec(location=source)),
            measuring=measuring_dict(Measuring(display=display)),
            windows=WHOLE,
            whole=True,
            made=dict.fromkeys(
                ("timestamp", "vmafx_version", "libvmaf_version", "ffmpeg_version"), "1"
            ),
        )
        for source, made in points
    ]
    with Path(path).open("a", encoding="utf-8") as file:
        file.writelines(map(row_text, rows))
    return str(path)


def _curve(encoder: str, rate: float) -> list[Point]:
    return [
        point(q, encoder=encoder, vmaf=115 - q, bit_rate=rate * 2 ** (-q / 6))
        for q in (36, 20, 28, 24, 32)
    ]


_METRIC = parse_target("vmaf>=96")


def test_a_corpus_is_compared_without_encoding(tmp_path: Path) -> None:
    points = [("a.mkv", p) for p in (*_curve("libx264", 4e7), *_curve("libx265", 2e7))]
    path = _corpus(tmp_path / "c.jsonl", *points)
    found, _ = _run(corpus_events(path, (parse_target("vmaf>=90"),), _METRIC))
    first, second = found.contenders
    assert (first.name, second.name) == ("libx264:medium", "libx265:medium")
    assert [p.setting.quality for p in first.points] == [20, 24, 28, 32, 36]
    assert found.delta(second, first).rate == pytest.approx(-50)
    assert found.saving(second) == pytest.approx(-50)


def test_of_a_point_that_was_measured_twice_the_later_counts(tmp_path: Path) -> None:
    points = [("a.mkv", p) for p in (*_curve("libx264", 4e7), *_curve("libx265", 2e7))]
    later = [("a.mkv", p) for p in _curve("libx265", 1e7)]
    found, _ = _run(corpus_events(_corpus(tmp_path / "c.jsonl", *points, *later), (), _METRIC))
    second = found.contenders[1]
    assert len(second.points) == 5
    assert found.delta(second, found.anchor).rate == pytest.approx(-75)


def test_the_encoders_that_are_named_are_compared_in_that_order(tmp_path: Path) -> None:
    encoders = ("libx264", "libx265", "libsvtav1")
    points = [("a.mkv", p) for name in encoders for p in _curve(name, 4e7)]
    wanted = [EncodeSetting(encoder=name, quality=30) for name in ("libsvtav1", "libx264")]
    path = _corpus(tmp_path / "c.jsonl", *points)
    found, _ = _run(corpus_events(path, (), _METRIC, wanted))
    assert [c.setting.encoder for c in found.contenders] == ["libsvtav1", "libx264"]


def test_what_was_measured_otherwise_is_not_compared(tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    _corpus(path, *(("a.mkv", p) for p in _curve("libx264", 4e7)))
    _corpus(path, *(("a.mkv", p) for p in _curve("libx265", 4e7)), display=(640, 360))
    with pytest.raises(UsageError, match="has no source on which two of the encoders"):
        _run(corpus_events(str(path), (), _METRIC))


def test_a_source_with_one_encoder_is_passed_over_and_told_of(tmp_path: Path) -> None:
    both = [("a.mkv", p) for p in (*_curve("libx264", 4e7), *_curve("libx265", 2e7))]
    alone = [("b.mkv", p) for p in _curve("libx264", 4e7)]
    path = _corpus(tmp_path / "c.jsonl", *alone, *both)
    found, events = _run(corpus_events(path, (), _METRIC))
    assert found.source.location == "a.mkv"
    assert [e.notice.code for e in events if isinstance(e, Told)] == ["nothing-to-compare"]


def test_a_metric_that_a_corpus_lacks_is_refused_with_what_it_has(tmp_path: Path) -> None:
    points = [("a.mkv", p) for p in (*_curve("libx264", 4e7), *_curve("libx265", 2e7))]
    path = _corpus(tmp_path / "c.jsonl", *points)
    with pytest.raises(UsageError, match=r"a\.mkv: cambi was not measured") as raised:
        _run(corpus_events(path, (), parse_target("cambi<=3")))
    assert raised.value.hint == "There are: vmaf, psnr_y."
