"""An install of the core alone works, and says which extra brings what it lacks."""

import os
import subprocess
import venv
from importlib.metadata import Distribution, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from support.data import ROOT
from vmafx_core.extras import EXTRAS
from vmafx_core.testing import write_clip

PATIENCE = 60.0


def core() -> dict[str, Distribution]:
    """All that vmafx needs without its extras, by name."""
    found: dict[str, Distribution] = {}
    wanted = ["vmafx"]
    while wanted:
        name = wanted.pop().lower().replace("_", "-")
        if name in found:
            continue
        found[name] = one = distribution(name)
        for text in one.requires or []:
            needed = Requirement(text)
            if needed.marker is None or needed.marker.evaluate({"extra": ""}):
                wanted.append(needed.name)
    del found["vmafx"]
    return found


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment that has these distributions alone."""
    folder = tmp_path_factory.mktemp("core") / "venv"
    venv.create(folder, with_pip=False, symlinks=True)
    (site,) = folder.glob("lib/python*/site-packages")
    for one in core().values():
        tops = {path.parts[0] for path in one.files or [] if path.parts[0] not in {"..", "bin"}}
        for top in tops - {"__pycache__"}:
            if not (site / top).exists():
                (site / top).symlink_to(str(one.locate_file(top)))
    (site / "vmafx.pth").write_text(str(ROOT / "src"))
    return folder / "bin" / "python"


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_clip(tmp_path_factory.mktemp("clips") / "clip.mp4", frames=5)


def vmafx(python: Path, folder: Path, *words: object) -> subprocess.CompletedProcess[str]:
    away = ("PYTHONPATH", "VIRTUAL_ENV", "VMAFX_FFMPEG")
    environment = {name: value for name, value in os.environ.items() if name not in away}
    environment |= {"VMAFX_MODEL_DIR": str(folder / "models"), "PATH": "/nowhere"}
    environment |= {"VMAFX_CACHE_DIR": str(folder / "cache")}
    return subprocess.run(
        [python, "-c", "from vmafx_cli.entry import main; main()", *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env=environment,
        timeout=PATIENCE,
    )


def test_nothing_of_the_extras_is_there(python: Path) -> None:
    modules = [module for extra in EXTRAS.values() for module in extra]
    code = f"from importlib.util import find_spec; print([m for m in {modules} if find_spec(m)])"
    done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("extra", "words"),
    [
        ("daemon", ["daemon", "start", "--state-dir", "state"]),
        ("daemon", ["daemon", "start", "--state-dir", "state", "--foreground"]),
        ("onnx", ["score", "{clip}", "{clip}", "-m", "vmaf_tiny_v2"]),
        ("onnx", ["score", "{clip}", "{clip}", "-m", "vmaf_v0.6.1", "-m", "lpips_sq_v1:fp16"]),
        ("onnx", ["score", "{clip}", "--no-reference", "-m", "nr_metric_v1"]),
        ("onnx", ["models", "add", "missing.onnx", "--kind", "fr"]),
        ("onnx", ["models", "add", "https://127.0.0.1:9/registry.json"]),
        ("onnx", ["tune", "crf", "{clip}", "--target", "90", "-m", "vmaf_tiny_v2"]),
        ("parquet", ["features", "{clip}", "{clip}", "-o", "features.parquet"]),
        ("ffmpeg", ["tune", "crf", "{clip}", "--target", "90", "--encoder", "librav1e"]),
    ],
)
def test_what_needs_an_extra_names_it_and_ends_with_5(
    python: Path, clip: Path, tmp_path: Path, extra: str, words: list[str]
) -> None:
    done = vmafx(python, tmp_path, *(word.format(clip=clip) for word in words))
    assert done.returncode == 5, done.stderr
    assert f"pip install 'vmafx[{extra}]'" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (["--help"], "score"),
        (["score", "{clip}", "{clip}"], "vmaf"),
        (["score", "{clip}", "{clip}", "-f", "psnr", "--format", "json"], '"psnr_y"'),
        (["score", "{clip}", "{clip}", "-q", "--report", "page.html"], ""),
        (["features", "{clip}", "{clip}", "-o", "features.csv"], ""),
        (["tune", "crf", "{clip}", "--target", "50", "--preset", "ultrafast"], "meets"),
        (["models"], "vmaf_v0.6.1"),
        (["models", "verify"], ""),
        (["devices"], "pip install 'vmafx[onnx]'"),
        (["encoders"], "libx264"),
        (["cache", "info"], ""),
        (["doctor"], "pip install 'vmafx[daemon]'"),
        (["completion", "bash"], "vmafx"),
    ],
)
def test_what_needs_no_extra_works(
    python: Path, clip: Path, tmp_path: Path, words: list[str], shown: str
) -> None:
    done = vmafx(python, tmp_path, *(word.format(clip=clip) for word in words))
    assert "Traceback" not in done.stderr
    assert done.returncode == 0, done.stderr
    assert shown in done.stdout


@pytest.mark.parametrize(
    "words",
    [
        ["score", "{clip}", "{clip}", "--remote", "127.0.0.1:9"],
        ["tune", "crf", "{clip}", "--target", "90", "--remote", "127.0.0.1:9"],
        ["jobs", "list", "--remote", "127.0.0.1:9"],
        ["jobs", "submit", "{clip}", "{clip}", "--remote", "127.0.0.1:9"],
        ["daemon", "status", "--state-dir", "absent"],
        ["daemon", "stop", "--state-dir", "absent"],
    ],
)
def test_daemons_elsewhere_are_asked_without_extras(
    python: Path, clip: Path, tmp_path: Path, words: list[str]
) -> None:
    done = vmafx(python, tmp_path, *(word.format(clip=clip) for word in words))
    assert (done.returncode, "Traceback" in done.stderr) == (6, False), done.stderr


def test_programs_are_told_too(python: Path, clip: Path, tmp_path: Path) -> None:
    videos = [str(clip)] * 2
    code = f"from vmafx_core import score; score(*{videos}, models=['vmaf_tiny_v2'])"
    done = subprocess.run(
        [python, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "VMAFX_MODEL_DIR": str(tmp_path)},
        timeout=PATIENCE,
    )
    assert "ComponentError" in done.stderr
    assert "vmafx[onnx]" in done.stderr


def test_a_wrong_name_of_a_model_of_libvmaf_suggests_the_right_one(
    python: Path, clip: Path, tmp_path: Path
) -> None:
    done = vmafx(python, tmp_path, "score", clip, clip, "-m", "vmaf_v0.6.l")
    assert "'vmaf_v0.6.1'" in done.stderr
    assert done.stderr.endswith("?\n")
