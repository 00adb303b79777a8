"""Models from JSON files: those that libvmaf carries inside, taken out of it."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from vmafx_core import score
from vmafx_core.errors import ComponentError, InputError, VmafxError
from vmafx_core.libvmaf.library import load
from vmafx_core.testing import write_clip


def carried(start: bytes) -> Iterator[bytes]:
    """The JSON texts inside the library that start so."""
    image = Path(load().path).read_bytes()
    at = image.find(start)
    while at >= 0:
        yield image[at : image.find(b"\0", at)]
        at = image.find(start, at + 1)


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("clips")
    return [
        write_clip(folder / f"{crf}.mp4", frames=5, options={"crf": crf}) for crf in ("5", "35")
    ]


def test_a_model_file_scores_as_the_built_in_model_does(tmp_path: Path, clips: list[Path]) -> None:
    texts = [t for t in carried(b'{\n    "param_dict"') if b"feature_opts" not in t[:1000]]
    if not texts:
        pytest.skip("this libvmaf keeps its models otherwise")
    file = tmp_path / "own.json"
    file.write_bytes(texts[0])
    pair = score(*clips, models=[f"path={file}"]).pairs[0]
    built_in = score(*clips, models=["vmaf_v0.6.1", "vmaf_4k_v0.6.1"]).pairs[0]
    same = [
        np.array_equal(pair.lead.values, built_in.metrics[name].values)
        for name in ("vmaf_v0.6.1", "vmaf_4k_v0.6.1")
    ]
    assert same.count(True) == 1
    assert pair.models[0].path == str(file)


def test_a_bootstrap_file_gives_its_interval(tmp_path: Path, clips: list[Path]) -> None:
    text = next((t for t in carried(b'{\n    "0": {') if b"model_dict" in t), None)
    if text is None:
        pytest.skip("this libvmaf keeps its models otherwise")
    file = tmp_path / "bag.json"
    file.write_bytes(text)
    assert len(json.loads(text)) > 2
    pair = score(*clips, models=[f"path={file}:name=bag"]).pairs[0]
    assert set(pair.metrics) >= {"bag", "bag_bagging", "bag_stddev", "bag_ci_p95_lo"}


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (None, InputError),
        (b"", ComponentError),
        (b"{}", ComponentError),
        (b"not json", ComponentError),
        (b'{"param_dict": {}, "model_dict": {}}', ComponentError),
        (b"\x00\xff" * 500, ComponentError),
    ],
)
def test_a_file_that_is_no_model_is_named(
    tmp_path: Path, clips: list[Path], content: bytes | None, error: type[VmafxError]
) -> None:
    file = tmp_path / "bad.json"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(error, match=r"bad\.json"):
        score(*clips, models=[f"path={file}"])


def test_a_model_file_that_would_write_files_is_refused(tmp_path: Path, clips: list[Path]) -> None:
    model = {
        "model_dict": {
            "model": "svm",
            "feature_names": ["Cambi_feature_cambi_score"],
            "feature_opts_dicts": [{"heatmaps_path": str(tmp_path / "out")}],
        }
    }
    file = tmp_path / "own.json"
    file.write_text(json.dumps(model).replace("heatmaps", "h\\u0065atmaps"))
    with pytest.raises(ComponentError, match="is not a VMAF model"):
        score(*clips, models=[f"path={file}"])
    assert not (tmp_path / "out").exists()
