"""Neural models in a scoring run give what plain calls of ONNX Runtime give."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import helper

from support.data import shared
from support.onnx_models import (
    Shape,
    brighter,
    brightness,
    difference,
    left_half,
    regressor,
    write_model,
)
from vmafx_core import score
from vmafx_core.backends.install import install
from vmafx_core.backends.installed import FOLDER_VARIABLE, find_model
from vmafx_core.backends.providers import Wish
from vmafx_core.backends.registry import Kind
from vmafx_core.backends.session import Values
from vmafx_core.backends.specs import NeuralSpec, parse_neural
from vmafx_core.errors import InputError, UnknownNameError, UsageError, WorkError
from vmafx_core.scoring.neural import load_neural
from vmafx_core.scoring.result import MetricKind, PairResult
from vmafx_core.testing import write_clip

FEATURES = (
    "integer_adm2",
    *(f"integer_vif_scale{i}" for i in range(4)),
    "integer_motion2",
)


@pytest.fixture(autouse=True)
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "installed"
    monkeypatch.setenv(FOLDER_VARIABLE, str(folder))
    return folder


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("neural")
    good = write_clip(folder / "good.mp4", frames=12, rate=Fraction(25))
    bad = write_clip(folder / "bad.mp4", frames=12, options={"crf": "45"})
    return good, bad


def added(path: Path, kind: Kind) -> NeuralSpec:
    (model,) = install(str(path), kind=kind).models
    return NeuralSpec(model=model.entry.id)


def scored(
    clips: tuple[Path, Path], *neural: NeuralSpec, models: tuple[str, ...] = ()
) -> PairResult:
    return score(*clips, models=(*models, *neural), segment_frames=5).pairs[0]


def pictures(path: Path) -> list[av.VideoFrame]:
    with av.open(path) as container:
        return list(container.decode(video=0))


def plainly(path: Path, *inputs: Values) -> Values:
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    feed = {
        tensor.name: values for tensor, values in zip(session.get_inputs(), inputs, strict=True)
    }
    given: Values = session.run(None, feed)[0]
    return given


@pytest.mark.parametrize("models", [(), ("vmaf_v0.6.1",)])
def test_a_regressor_gets_the_features_of_every_frame(
    clips: tuple[Path, Path], tmp_path: Path, models: tuple[str, ...]
) -> None:
    path = regressor(tmp_path / "sum.onnx")
    pair = scored(clips, added(path, Kind.FULL_REFERENCE), models=models)
    rows = np.stack([pair.metrics[name].values for name in FEATURES], axis=1)
    expected = plainly(path, rows.astype(np.float32))
    np.testing.assert_array_equal(pair.metrics["sum"].values, expected)
    assert pair.metrics["sum"].kind is MetricKind.NEURAL
    assert pair.metrics["integer_adm2"].kind is MetricKind.ELEMENTARY
    assert pair.lead.name == ((models and "vmaf") or "sum")


def test_features_are_normalised_as_the_description_says(
    clips: tuple[Path, Path], tmp_path: Path
) -> None:
    path = regressor(tmp_path / "sum.onnx")
    plain = scored(clips, added(path, Kind.FULL_REFERENCE))
    path.with_suffix(".json").write_text(
        '{"feature_mean": [1, 0, 0, 0, 0, 0], "feature_std": [2, 1, 1, 1, 1, 1]}'
    )
    scaled = scored(clips, added(path, Kind.FULL_REFERENCE))
    moved = 50 * (
        plain.metrics["integer_adm2"].values - (plain.metrics["integer_adm2"].values - 1) / 2
    )
    np.testing.assert_allclose(
        scaled.metrics["sum"].values, plain.metrics["sum"].values - moved, atol=1e-4
    )


def test_a_picture_model_sees_the_distorted_picture_at_its_size(
    clips: tuple[Path, Path], tmp_path: Path
) -> None:
    path = brightness(tmp_path / "bright.onnx")
    pair = scored(clips, added(path, Kind.NO_REFERENCE))
    grey = [
        frame.reformat(
            32, 32, "gray", interpolation="BILINEAR", dst_color_range="JPEG"
        ).to_ndarray()
        for frame in pictures(clips[1])
    ]
    expected = [plainly(path, (g / np.float32(255))[None, None])[0] for g in grey]
    np.testing.assert_allclose(pair.metrics["bright"].values, expected, rtol=1e-6)


def test_a_distance_sees_both_pictures_as_rgb(clips: tuple[Path, Path], tmp_path: Path) -> None:
    path = difference(tmp_path / "differ.onnx")
    pair = scored(clips, added(path, Kind.FULL_REFERENCE))
    metric = pair.metrics["differ"]
    assert metric.lower_is_better
    assert metric.values.min() > 0
    same = scored((clips[0], clips[0]), NeuralSpec(model="differ"))
    assert same.metrics["differ"].values.max() == 0
    rgb = [[f.to_ndarray(format="rgb24") for f in pictures(clip)] for clip in clips]
    spread = np.array([0.229, 0.224, 0.225])
    raw = [
        np.abs(a.astype(float) - b).mean((0, 1)) / 255 / spread for a, b in zip(*rgb, strict=True)
    ]
    np.testing.assert_allclose(metric.values, np.mean(raw, axis=1), rtol=2e-2)


def planes(frame: av.VideoFrame) -> np.ndarray:
    """Luma and chroma as they were decoded, of 4:4:4, shape (3, height, width)."""
    return np.stack(
        [
            np.frombuffer(p, np.uint8).reshape(p.height, p.line_size)[:, : p.width].astype(float)
            for p in frame.planes
        ]
    )


def test_pictures_are_what_the_standards_say(tmp_path: Path) -> None:
    made = [
        write_clip(tmp_path / f"{crf}.mp4", frames=3, pix_fmt="yuv444p", options={"crf": crf})
        for crf in ("20", "45")
    ]
    squares = [
        helper.make_node("Mul", ["frame", "frame"], ["squares"]),
        helper.make_node("ReduceMean", ["squares"], ["mos"], axes=[1, 2, 3], keepdims=0),
    ]
    path = tmp_path / "squares.onnx"
    write_model(path, squares, {"frame": ["N", 1, "H", "W"]}, {"mos": ["N"]})
    seen = added(path, Kind.NO_REFERENCE)
    apart = added(difference(tmp_path / "differ.onnx"), Kind.FULL_REFERENCE)
    metrics = scored((made[0], made[1]), seen, apart).metrics
    reference, distorted = (np.stack([planes(f) for f in pictures(clip)]) for clip in made)
    grey = np.clip(np.round((distorted[:, 0] - 16) * 255 / 219), 0, 255) / 255
    np.testing.assert_allclose(metrics["squares"].values, (grey**2).mean((1, 2)), rtol=1e-5)

    def rgb(yuv: np.ndarray) -> np.ndarray:
        """By ITU-R BT.601, of a limited range."""
        luma, blue, red = (yuv[:, 0] - 16) / 219, (yuv[:, 1] - 128) / 224, (yuv[:, 2] - 128) / 224
        r, b = luma + 1.402 * red, luma + 1.772 * blue
        return np.clip(np.stack([r, (luma - 0.299 * r - 0.114 * b) / 0.587, b]), 0, 1)

    spread = np.array([0.229, 0.224, 0.225])[:, None]
    off = np.abs(rgb(reference) - rgb(distorted)).mean((2, 3)) / spread
    np.testing.assert_allclose(metrics["differ"].values, off.mean(0), rtol=1e-2)


def test_saliency_weighs_the_errors_of_luma(clips: tuple[Path, Path], tmp_path: Path) -> None:
    spec = added(left_half(tmp_path / "looked.onnx"), Kind.NO_REFERENCE)
    pair = score(*clips, models=(spec,), features=("psnr",)).pairs[0]
    weighted, plain = (pair.metrics[n].values for n in ("looked_psnr_y", "psnr_y"))
    np.testing.assert_allclose(weighted, plain, atol=1.0)
    assert not np.allclose(weighted, plain, atol=1e-6)


def test_one_video_is_scored_by_itself(clips: tuple[Path, Path], tmp_path: Path) -> None:
    spec = added(brightness(tmp_path / "bright.onnx"), Kind.NO_REFERENCE)
    alone = score(clips[1], models=(spec,)).pairs[0]
    with_reference = scored(clips, spec)
    assert alone.pairing == "none"
    assert alone.frames.scored == 12
    assert alone.frames.counts_match
    np.testing.assert_array_equal(
        alone.metrics["bright"].values, with_reference.metrics["bright"].values
    )


def test_a_filter_tells_how_much_it_changes(clips: tuple[Path, Path], tmp_path: Path) -> None:
    spec = added(brighter(tmp_path / "clean.onnx"), Kind.FILTER)
    alone = score(clips[1], models=(spec,)).pairs[0]
    metric = scored(clips, spec).metrics["clean_l1_residual"]
    np.testing.assert_allclose(metric.values, 0.125, atol=1e-6)
    assert metric.lower_is_better
    np.testing.assert_array_equal(alone.metrics["clean_l1_residual"].values, metric.values)


def test_a_regressor_that_gives_too_much_ends_the_run(
    clips: tuple[Path, Path], tmp_path: Path
) -> None:
    nodes = [helper.make_node("Identity", ["features"], ["scores"])]
    path = write_model(tmp_path / "many.onnx", nodes, {"features": ["N", 6]}, {"scores": ["N", 6]})
    with pytest.raises(WorkError, match="gives 72 numbers for 12 frames"):
        score(*clips, models=(added(path, Kind.FULL_REFERENCE),))


def test_a_regressor_of_one_row_at_a_time_gives_the_same(
    clips: tuple[Path, Path], tmp_path: Path
) -> None:
    many = added(regressor(tmp_path / "many.onnx"), Kind.FULL_REFERENCE)
    model = onnx.load(tmp_path / "many.onnx")
    for value in (model.graph.input[0], model.graph.output[0]):
        value.type.tensor_type.shape.dim[0].dim_value = 1
    onnx.save(model, tmp_path / "one.onnx")
    pair = scored(clips, many, added(tmp_path / "one.onnx", Kind.FULL_REFERENCE))
    np.testing.assert_allclose(pair.metrics["one"].values, pair.metrics["many"].values, rtol=1e-6)


@pytest.mark.parametrize(
    ("operator", "written", "told"),
    [
        ("Flatten", ["N", "C"], "gives 1024 numbers for a frame"),
        ("Neg", ["N", 1, "H", "W"], "gives no map"),
    ],
)
def test_what_is_no_score_or_map_ends_the_run(
    clips: tuple[Path, Path], tmp_path: Path, operator: str, written: Shape, told: str
) -> None:
    nodes = [helper.make_node(operator, ["frame"], ["given"])]
    path = tmp_path / "odd.onnx"
    write_model(path, nodes, {"frame": ["N", 1, 32, 32]}, {"given": written})
    with pytest.raises(WorkError, match=told):
        score(*clips, models=(added(path, Kind.NO_REFERENCE),))


def test_libvmaf_and_the_models_share_the_threads(tmp_path: Path) -> None:
    seen = added(brightness(tmp_path / "bright.onnx"), Kind.NO_REFERENCE)
    learned = added(regressor(tmp_path / "sum.onnx"), Kind.FULL_REFERENCE)

    def threads(*specs: NeuralSpec, alone: bool) -> list[int]:
        loaded = load_neural(specs, Wish("cpu"), threads=8, alone=alone)
        return [metric.session.threads for metric in loaded]

    assert threads(seen, alone=True) == [8]
    assert threads(seen, alone=False) == [4]
    assert threads(seen, learned, alone=True) == [4, 4]


def test_what_cannot_be_scored_is_refused(clips: tuple[Path, Path], tmp_path: Path) -> None:
    spec = added(regressor(tmp_path / "sum.onnx"), Kind.FULL_REFERENCE)
    with pytest.raises(UsageError, match="needs a reference"):
        score(clips[0], models=(spec,))
    with pytest.raises(UsageError, match="no distorted video"):
        score(clips[0])
    with pytest.raises(UsageError, match="two metrics would be called 'sum'"):
        scored(clips, spec, spec)
    for name, taken in (("vmaf", ("vmaf_v0.6.1",)), ("psnr_y", ())):
        with pytest.raises(UsageError, match=f"two metrics would be called '{name}'"):
            scored(clips, NeuralSpec(model="sum", name=name), models=taken)


def test_a_model_can_be_named_as_on_the_command_line(
    clips: tuple[Path, Path], tmp_path: Path
) -> None:
    added(regressor(tmp_path / "sum.onnx"), Kind.FULL_REFERENCE)
    pair = score(*clips, models=("vmaf_v0.6.1", "sum:name=mine")).pairs[0]
    assert list(pair.metrics)[:2] == ["vmaf", "mine"]


def test_the_place_where_it_ran_is_in_the_result(clips: tuple[Path, Path], tmp_path: Path) -> None:
    spec = added(regressor(tmp_path / "sum.onnx"), Kind.FULL_REFERENCE)
    (use,) = scored(clips, spec).neural
    assert (use.provider, use.device, use.precision) == ("CPUExecutionProvider", "CPU", "fp32")
    assert use.sha256 == find_model("sum").files["sum.onnx"]


def test_a_model_that_was_changed_ends_the_run(clips: tuple[Path, Path], tmp_path: Path) -> None:
    spec = added(regressor(tmp_path / "sum.onnx"), Kind.FULL_REFERENCE)
    find_model("sum").file.write_bytes(b"changed")
    with pytest.raises(InputError, match="was changed"):
        scored(clips, spec)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("nothing", UnknownNameError),
        ("sum:int8", UsageError),
        ("sum:crf=20", UsageError),
        ("sum:crf=", UsageError),
        ("sum:name=", UsageError),
        ("sum:speed=1", UnknownNameError),
        ("sum:name=1/2", UsageError),
    ],
)
def test_a_model_that_is_written_wrongly_is_refused(
    tmp_path: Path, text: str, error: type[UsageError]
) -> None:
    added(regressor(tmp_path / "sum.onnx"), Kind.FULL_REFERENCE)
    with pytest.raises(error):
        parse_neural(text)


@pytest.mark.parametrize(
    ("used", "told"),
    [
        ({"encoder": "x264"}, "unknown encoder of codec: 'x264'"),
        ({"crf": float("nan")}, "crf=nan is out of range"),
        ({"preset": 12.0}, "preset=12 is out of range"),
        ({"name": "a/b"}, "cannot be the name"),
    ],
)
def test_what_a_model_does_not_know_is_refused_however_it_is_asked(
    clips: tuple[Path, Path], tmp_path: Path, used: dict[str, Any], told: str
) -> None:
    nodes = [
        helper.make_node("Concat", ["features", "codec"], ["all"], axis=1),
        helper.make_node("ReduceMean", ["all"], ["score"], axes=[1], keepdims=0),
    ]
    read: dict[str, Shape] = {"features": ["N", 6], "codec": ["N", 4]}
    path = write_model(tmp_path / "codec.onnx", nodes, read, {"score": ["N"]})
    path.with_suffix(".json").write_text('{"encoder_vocab": ["libx264", "libx265"]}')
    added(path, Kind.FULL_REFERENCE)
    with pytest.raises(UsageError, match=told):
        score(*clips, models=(NeuralSpec(model="codec", **used),))


def test_shared_models_are_near_the_vmaf_that_taught_them(clips: tuple[Path, Path]) -> None:
    install(str(shared("models/registry.json")))
    specs = [NeuralSpec(model=f"vmaf_tiny_v{i}") for i in (2, 3, 4)]
    pair = scored(clips, *specs, models=("vmaf_v0.6.1",))
    for spec in specs:
        off = pair.metrics[spec.model].pooled.mean - pair.metrics["vmaf"].pooled.mean
        assert abs(off) < 3


def test_int8_and_fp32_agree_within_the_budget_of_the_registry(clips: tuple[Path, Path]) -> None:
    install(str(shared("models/registry.json")), only=["vmaf_tiny_v3"])
    whole = NeuralSpec(model="vmaf_tiny_v3")
    small = NeuralSpec(model="vmaf_tiny_v3", int8=True, name="small")
    pair = scored(clips, whole, small)
    both = np.corrcoef(pair.metrics["vmaf_tiny_v3"].values, pair.metrics["small"].values)
    assert 1 - both[0, 1] <= find_model("vmaf_tiny_v3").entry.budget
