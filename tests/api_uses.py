"""Uses of the public face, for a type checker alone: every ignored error has to be one."""

from pathlib import Path
from typing import assert_type

from vmafx_core import (
    CompareResult,
    CrfResult,
    EncodeResult,
    EncodeSetting,
    Event,
    GridResult,
    InputSpec,
    LadderResult,
    Measuring,
    Metric,
    Pairing,
    PictureFormat,
    Point,
    Pooled,
    ReferencePlan,
    Sampling,
    ScoreRequest,
    ScoreResult,
    ShotsResult,
    Sync,
    TuneEvent,
    VmafxError,
    check_requirements,
    compare_encoders,
    encode_shots,
    encode_to_target,
    find_crf,
    find_ladder,
    measure_corpus,
    parse_feature,
    parse_model,
    parse_requirement,
    probe,
    score,
    score_events,
)


def probing() -> None:
    told = probe(Path("a.mp4"))
    assert_type(told.info.frame_count, int | None)
    assert_type(told.plan, ReferencePlan)
    assert_type(told.plan.picture, PictureFormat)
    probe("a.mp4", "b.mp4")  # type: ignore[call-arg]


def scoring() -> None:
    result = score(
        "a.mp4", Path("b.mp4"), InputSpec(location="c.yuv", width=64, height=64, pix_fmt="gray"),
        models=["auto", parse_model("vmaf_v0.6.1")], features=[parse_feature("psnr"), "cambi"],
        size=(640, 360), frames=10, pairing=Pairing.TIME, sync=Sync(auto=True), threads=2,
    )  # fmt: skip
    assert_type(result, ScoreResult)
    lead = result.pairs[0].lead
    assert_type(lead, Metric)
    assert_type(lead.pooled, Pooled)
    assert_type(lead.pooled.p5, float)
    assert_type(check_requirements([parse_requirement("vmaf>=90")], result)[0].met, bool)
    score("a.mp4", 5)  # type: ignore[arg-type]
    score("a.mp4", "b.mp4", thread=2)  # type: ignore[call-arg]
    score("a.mp4", "b.mp4", size="640x360")  # type: ignore[arg-type]
    score("a.mp4", "b.mp4", pairing="time")  # type: ignore[arg-type]
    _ = score("a.mp4", "b.mp4").pairs[0].leed  # type: ignore[attr-defined]


def following() -> None:
    spec = InputSpec(location="a.mp4")
    events = score_events(ScoreRequest(reference=spec, distorted=(spec,)))
    assert_type(next(events), Event)
    ScoreRequest(reference="a.mp4", distorted=())  # type: ignore[arg-type]


def searching() -> None:
    def show(event: TuneEvent[object]) -> None:
        assert_type(event, TuneEvent[object])

    measuring = Measuring(sampling=Sampling(whole=True), threads=2)
    found = find_crf("a.mkv", "libx265:slow", targets=[94, "vmaf:p5>=88"], measuring=measuring)
    assert_type(found, CrfResult)
    assert_type(found.found.pick, Point | None)
    assert_type(encode_to_target("a.mkv", "b.mkv", targets=94, on_event=show), EncodeResult)
    assert_type(find_ladder("a.mkv", resolutions=[1080, (640, 360)]), LadderResult)
    assert_type(encode_shots("a.mkv", None, target="vmaf>=93"), ShotsResult)
    assert_type(compare_encoders("a.mkv", ["libx264", "libx265"], targets=94), CompareResult)
    settings = [EncodeSetting(encoder="libx264", quality=q) for q in (20, 30)]
    assert_type(measure_corpus(["a.mkv"], "corpus.jsonl", settings), GridResult)
    find_crf("a.mkv")  # type: ignore[call-arg]
    find_crf("a.mkv", 23, targets=94)  # type: ignore[arg-type]
    find_crf("a.mkv", targets=94, max_bitrate=1)  # type: ignore[call-arg]


def failing() -> None:
    try:
        score("a.mp4", "b.mp4")
    except VmafxError as error:
        assert_type(error.exit_code, int)
        assert_type(error.hint, str)
