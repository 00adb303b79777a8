"""What a report shows of neural models: where people look, and of one video only that."""

from io import BytesIO
from pathlib import Path

import av
import numpy as np
import pytest

from support.onnx_models import brightness, left_half
from vmafx_core.backends.install import install
from vmafx_core.backends.installed import FOLDER_VARIABLE, remove_model
from vmafx_core.backends.registry import Kind
from vmafx_core.backends.specs import NeuralSpec
from vmafx_core.media.types import InputSpec
from vmafx_core.report.html import render
from vmafx_core.scoring.drawing import heat
from vmafx_core.scoring.engine import score_events
from vmafx_core.scoring.events import Finished
from vmafx_core.scoring.request import ScoreRequest
from vmafx_core.scoring.result import ScoreResult
from vmafx_core.scoring.snapshots import worst_pictures
from vmafx_core.testing import write_clip


@pytest.fixture(autouse=True)
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "installed"))
    install(str(left_half(tmp_path / "looked.onnx")), kind=Kind.NO_REFERENCE)
    install(str(brightness(tmp_path / "bright.onnx")), kind=Kind.NO_REFERENCE)


@pytest.fixture
def pair(tmp_path: Path) -> ScoreRequest:
    good = write_clip(tmp_path / "good.mp4", frames=4)
    bad = write_clip(tmp_path / "bad.mp4", frames=4, options={"crf": "45"})
    return ScoreRequest(
        reference=InputSpec(location=str(good)),
        distorted=(InputSpec(location=str(bad)),),
        neural=(NeuralSpec(model="looked", name="eyes"),),
    )


def run(request: ScoreRequest) -> ScoreResult:
    (finished,) = (event for event in score_events(request) if isinstance(event, Finished))
    return finished.result


def size(jpeg: bytes) -> tuple[int, int]:
    with av.open(BytesIO(jpeg), "r") as container:
        frame = next(container.decode(video=0))
        return frame.width, frame.height


def test_heat_is_pale_where_people_look_and_grey_elsewhere() -> None:
    weights = np.zeros((4, 4))
    weights[0, 0] = 0.1
    drawn = heat(weights, np.full((4, 4), 100, np.float32)).to_ndarray(format="rgb24")
    assert drawn[0, 0].tolist() == [176, 178, 145]
    assert drawn[3, 3].tolist() == [50, 50, 50]


def test_where_people_look_is_shown_in_the_worst_frames(pair: ScoreRequest) -> None:
    result = run(pair)
    (shown,) = worst_pictures(result, pair, 1)
    ((name, jpeg),) = shown.snapshots[0].saliency
    assert name == "eyes"
    assert size(jpeg) == size(shown.snapshots[0].reference)
    assert "where people look, by eyes" in render(result, [shown])
    assert shown.reason == ""


def test_a_model_that_is_not_here_is_told_and_the_pictures_are_shown(pair: ScoreRequest) -> None:
    result = run(pair)
    remove_model("looked")
    (shown,) = worst_pictures(result, pair, 1)
    assert shown.snapshots[0].saliency == ()
    assert shown.snapshots[0].reference
    assert "'looked'" in shown.reason


def test_one_video_is_shown_once(pair: ScoreRequest) -> None:
    alone = ScoreRequest(
        reference=pair.reference, distorted=(), models=(), neural=(NeuralSpec(model="bright"),)
    )
    result = run(alone)
    (shown,) = worst_pictures(result, alone, 1)
    assert shown.snapshots[0].distorted
    assert not shown.snapshots[0].reference
    page = render(result, [shown])
    assert page.count("<figure>") == 1
    assert "<title>good.mp4</title>" in page
    assert ">reference<" not in page
