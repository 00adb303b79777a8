"""Models that see several pictures at once give what they give of each by itself."""

from pathlib import Path
from typing import Any

import av
import numpy as np
import onnx
import pytest
from onnx import helper

from support.gpu import H200, Gpu
from support.onnx_models import (
    brighter,
    brightness,
    difference,
    left_half,
    regressor,
    write_model,
)
from vmafx_core import score
from vmafx_core.backends import session as sessions
from vmafx_core.backends.install import install
from vmafx_core.backends.installed import FOLDER_VARIABLE
from vmafx_core.backends.providers import Wish
from vmafx_core.backends.registry import Kind
from vmafx_core.backends.specs import NeuralSpec
from vmafx_core.errors import WorkError
from vmafx_core.scoring.neural import NeuralRun, load_neural
from vmafx_core.scoring.result import PairResult
from vmafx_core.testing import write_clip

FRAMES = 21
CPU = Wish("cpu")
# Sums of float32 in another order.
NEAR = 1e-5


@pytest.fixture(autouse=True)
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "installed"))
    monkeypatch.setattr(sessions, "find_devices", lambda: (H200,))


@pytest.fixture
def gpu(monkeypatch: pytest.MonkeyPatch) -> Gpu:
    made = Gpu()
    monkeypatch.setattr(sessions, "runtime", lambda: made)
    return made


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("batches")
    good = write_clip(folder / "good.mp4", frames=FRAMES)
    return good, write_clip(folder / "bad.mp4", frames=FRAMES, options={"crf": "45"})


def freed(path: Path) -> Path:
    """A model that takes one picture, made to take any number."""
    model = onnx.load(path)
    for value in (*model.graph.input, *model.graph.output):
        value.type.tensor_type.shape.dim[0].dim_param = "N"
    onnx.save(model, path)
    return path


def added(path: Path, kind: Kind) -> NeuralSpec:
    (model,) = install(str(path), kind=kind).models
    return NeuralSpec(model=model.entry.id)


def several(folder: Path) -> tuple[NeuralSpec, ...]:
    """One model of each role, and one that takes one pair of pictures at a time."""
    return (
        added(brightness(folder / "bright.onnx"), Kind.NO_REFERENCE),
        added(freed(difference(folder / "differ.onnx")), Kind.FULL_REFERENCE),
        added(difference(folder / "one.onnx"), Kind.FULL_REFERENCE),
        added(freed(left_half(folder / "looked.onnx")), Kind.NO_REFERENCE),
        added(brighter(folder / "clean.onnx"), Kind.FILTER),
        added(regressor(folder / "sum.onnx"), Kind.FULL_REFERENCE),
    )


def scored(clips: tuple[Path, Path], *neural: NeuralSpec, **options: Any) -> PairResult:
    return score(
        *clips, models=("vmaf_v0.6.1", *neural), features=("psnr",), segment_frames=5, **options
    ).pairs[0]


@pytest.mark.parametrize("latency", [None, 0.0])
def test_pictures_that_are_fed_at_once_give_what_they_give_one_by_one(
    clips: tuple[Path, Path], tmp_path: Path, gpu: Gpu, latency: float | None
) -> None:
    neural = several(tmp_path)
    at_once = scored(clips, *neural, latency=latency)
    assert {use.provider for use in at_once.neural} == {"CUDAExecutionProvider"}
    fed = {name: gpu.fed[name] for name in ("bright", "differ", "one", "looked", "clean")}
    assert fed == {name: {1 if name == "one" else 8} for name in fed}
    one_by_one = scored(clips, *neural, device=CPU)
    assert list(at_once.metrics) == list(one_by_one.metrics)
    for name, metric in one_by_one.metrics.items():
        assert len(metric.values) == FRAMES
        np.testing.assert_allclose(at_once.metrics[name].values, metric.values, rtol=NEAR)


def test_one_video_is_seen_several_pictures_at_a_time(
    clips: tuple[Path, Path], tmp_path: Path, gpu: Gpu
) -> None:
    spec = added(brightness(tmp_path / "bright.onnx"), Kind.NO_REFERENCE)
    at_once = score(clips[1], models=(spec,)).pairs[0].metrics["bright"].values
    assert gpu.fed["bright"] == {8}
    one_by_one = score(clips[1], models=(spec,), device=CPU).pairs[0].metrics["bright"].values
    assert len(at_once) == FRAMES
    np.testing.assert_allclose(at_once, one_by_one, rtol=NEAR)


@pytest.mark.usefixtures("gpu")
def test_scores_that_are_wanted_do_not_wait_for_more_pictures(
    clips: tuple[Path, Path], tmp_path: Path
) -> None:
    spec = added(brightness(tmp_path / "bright.onnx"), Kind.NO_REFERENCE)
    pair = score(clips[1], models=(spec,), device=CPU).pairs[0]
    metrics = load_neural((spec,), Wish(), threads=1, alone=True)
    with av.open(clips[1]) as container:
        pictures = list(container.decode(video=0))
    found: list[float] = []
    with NeuralRun(metrics, pair.distorted, pair.picture) as run:
        for first, last, known in ((0, 3, 2), (3, 13, 13), (13, 13, 13), (13, FRAMES, FRAMES)):
            for picture in pictures[first:last]:
                run.feed(picture, picture)
            found += run.complete(known - len(found), {})["bright"].tolist()
            assert len(found) == known
    np.testing.assert_allclose(found, pair.metrics["bright"].values, rtol=NEAR)


@pytest.mark.usefixtures("gpu")
def test_a_model_that_mixes_pictures_ends_the_run(clips: tuple[Path, Path], tmp_path: Path) -> None:
    nodes = [
        helper.make_node("ReduceMean", ["frame"], ["mean"], axes=[0, 1, 2, 3], keepdims=0),
        helper.make_node("Reshape", ["mean", "shape"], ["mos"]),
    ]
    path = tmp_path / "mixed.onnx"
    shape = np.asarray([-1], np.int64)
    write_model(path, nodes, {"frame": ["N", 1, 32, 32]}, {"mos": ["N"]}, {"shape": shape})
    with pytest.raises(WorkError, match="for 8 pictures"):
        score(*clips, models=(added(path, Kind.NO_REFERENCE),))
