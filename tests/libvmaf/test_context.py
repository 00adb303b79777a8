import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from vmafx_core.errors import ComponentError, InputError, WorkError
from vmafx_core.libvmaf.catalogue import FEATURES, MODELS, FeatureInfo, ModelInfo
from vmafx_core.libvmaf.context import Context
from vmafx_core.libvmaf.log import CAPTURE, can_capture
from vmafx_core.libvmaf.model import Model
from vmafx_core.libvmaf.specs import FeatureSpec, ModelSpec, parse_model
from vmafx_core.media.types import Chroma, PictureFormat
from vmafx_core.testing import frame

SIZE = (384, 336)
FORM = PictureFormat(*SIZE, Chroma.C420, 8)


@pytest.fixture(autouse=True)
def captured() -> Iterator[None]:
    with CAPTURE:
        yield


def feed(context: Context) -> None:
    for i in range(3):
        context.feed(frame(i, *SIZE), frame(i + 1, *SIZE))
    context.flush()


@pytest.mark.parametrize("info", MODELS, ids=lambda m: m.name)
def test_every_model_of_the_catalogue_scores_within_its_range(info: ModelInfo) -> None:
    with Model(ModelSpec(version=info.name), "m") as model, Context([model], [], FORM, 1) as c:
        feed(c)
        scores = c.predict(0, 3)
    low, high = info.score_range
    assert all(low <= s <= high for s in scores["m"])
    assert ("m_ci_p95_lo" in scores) == info.bootstrap


@pytest.mark.parametrize("info", FEATURES, ids=lambda f: f.name)
def test_every_feature_of_the_catalogue_gives_the_metrics_it_promises(info: FeatureInfo) -> None:
    with Context([], [FeatureSpec(info.name)], FORM, 1) as c:
        feed(c)
        names = c.feature_names()
        values = [c.feature(stored, 0, 3) for stored in names.values()]
    assert set(names) == set(info.metrics)
    assert not np.isnan(values).any()


def test_a_temporary_folder_that_is_full_is_told() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    with Context([], [FeatureSpec("psnr")], FORM, 1) as c:
        feed(c)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
        try:
            with pytest.raises(WorkError, match="cannot write libvmaf's log"):
                c.feature_names()
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_bootstrap_interval_holds_its_mean() -> None:
    with Model(ModelSpec(version="vmaf_b_v0.6.3"), "b") as m, Context([m], [], FORM, 1) as c:
        feed(c)
        s = {name: values[0] for name, values in c.predict(0, 1).items()}
    assert s["b_ci_p95_lo"] <= s["b_bagging"] <= s["b_ci_p95_hi"]
    assert s["b_stddev"] > 0


def test_an_override_changes_the_score_and_the_features_name() -> None:
    spec = parse_model("vmaf_v0.6.1:adm.adm_enhn_gain_limit=1.0")
    with Model(spec, "m") as model, Context([model], [], FORM, 1) as c:
        feed(c)
        assert "integer_adm2_egl_1" in c.feature_names()


def test_flags_reach_libvmaf() -> None:
    scores = {}
    for text in ("vmaf_v0.6.1", "vmaf_v0.6.1:enable_transform", "vmaf_v0.6.1:disable_clip"):
        with Model(parse_model(text), "m") as model, Context([model], [], FORM, 1) as c:
            for _ in range(2):
                c.feed(frame(0, *SIZE), frame(0, *SIZE))
            c.flush()
            scores[text] = c.predict(1, 2)["m"][0]
    assert scores["vmaf_v0.6.1:enable_transform"] >= scores["vmaf_v0.6.1"]
    assert scores["vmaf_v0.6.1:disable_clip"] != scores["vmaf_v0.6.1:enable_transform"]


def test_a_file_that_is_no_model_is_refused_by_name(tmp_path: Path) -> None:
    file = tmp_path / "broken.json"
    file.write_text('{"model_dict": ')
    with pytest.raises(ComponentError, match=r"broken\.json is not a VMAF model"):
        Model(ModelSpec(path=str(file)), "m")
    with pytest.raises(InputError, match=r"cannot read the model .*missing\.json"):
        Model(ModelSpec(path=str(tmp_path / "missing.json")), "m")


@pytest.mark.skipif(not can_capture(), reason="C's stderr is out of reach here")
def test_what_libvmaf_prints_is_captured_and_not_shown(capfd: pytest.CaptureFixture[str]) -> None:
    CAPTURE.drain()
    with pytest.raises(ComponentError):
        Model(ModelSpec(version="vmaf_nonsense"), "m")
    lines = CAPTURE.drain()
    assert any("vmaf_nonsense" in line for line in lines)
    assert capfd.readouterr().err == ""


_MANY_SCORINGS = """
from pathlib import Path

from vmafx_core.testing import frame
from vmafx_core.libvmaf.context import Context
from vmafx_core.libvmaf.log import CAPTURE
from vmafx_core.libvmaf.model import Model
from vmafx_core.libvmaf.specs import FeatureSpec, ModelSpec
from vmafx_core.media.types import Chroma, PictureFormat

form = PictureFormat(64, 48, Chroma.C420, 8)
pictures = frame(0, 64, 48), frame(1, 64, 48)


def resident():
    return int(Path("/proc/self/statm").read_text().split()[1])


def score(times):
    for _ in range(times):
        model = Model(ModelSpec(version="vmaf_v0.6.1"), "m")
        with model, Context([model], [FeatureSpec("psnr")], form, 1) as context:
            context.feed(*pictures)
            context.flush()
            context.predict(0, 1)


with CAPTURE:
    score(50)
    before = resident()
    score(500)
    grown = resident() - before
print(grown)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="no /proc there")
def test_five_hundred_scorings_do_not_grow_memory() -> None:
    # In a process of its own, where nothing else takes or returns memory.
    folders = os.pathsep.join(sys.path)
    done = subprocess.run(
        [sys.executable, "-c", _MANY_SCORINGS],
        check=True,
        capture_output=True,
        env=os.environ | {"PYTHONPATH": folders},
    )
    grown = int(done.stdout) * resource.getpagesize()
    assert grown < 8 * 2**20  # under 17 KiB a scoring, the size of nothing it holds
