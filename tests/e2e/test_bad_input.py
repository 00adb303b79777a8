"""Whatever is wrong: a short message, the right exit code, nothing printed, nothing left behind."""

import random
import wave
from collections.abc import Callable
from pathlib import Path

import pytest

from support.cli import InProcess
from vmafx_core.testing import write_clip


def missing(folder: Path, good: Path) -> Path:  # noqa: ARG001
    return folder / "missing.mp4"


def directory(folder: Path, good: Path) -> Path:  # noqa: ARG001
    return folder


def empty(folder: Path, good: Path) -> Path:  # noqa: ARG001
    path = folder / "empty.mp4"
    path.touch()
    return path


def text(folder: Path, good: Path) -> Path:  # noqa: ARG001
    path = folder / "text.mp4"
    path.write_text("This is no video.\n" * 100)
    return path


def sound(folder: Path, good: Path) -> Path:  # noqa: ARG001
    path = folder / "sound.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(8000))
    return path


def truncated(folder: Path, good: Path) -> Path:
    path = folder / "truncated.mp4"
    content = good.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    return path


def broken_in_the_middle(folder: Path, good: Path) -> Path:  # noqa: ARG001
    path = write_clip(folder / "whole.mkv", frames=40, options={"crf": "10"})
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 4000] = random.Random(1).randbytes(4000)
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    "make", [missing, directory, empty, text, sound, truncated, broken_in_the_middle]
)
@pytest.mark.parametrize("side", ["reference", "distorted"])
def test_an_input_that_cannot_be_read(
    run: InProcess,
    tmp_path: Path,
    good: Path,
    make: Callable[[Path, Path], Path],
    side: str,
) -> None:
    bad = make(tmp_path, good)
    whole = write_clip(tmp_path / "other.mp4", frames=40) if bad.name == "whole.mkv" else good
    scores = tmp_path / "scores.json"
    inputs = [bad, whole] if side == "reference" else [whole, bad]
    ended = run("score", *inputs, "-o", scores)
    assert ended.code == 3
    assert ended.out == ""
    lines = [line for line in ended.err.splitlines() if "warning" not in line]
    assert lines[0].startswith("vmafx: error: ")
    assert bad.name in lines[0]
    assert len(lines) <= 2
    assert not scores.exists()
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (["-m", "vmaf_v0.6.2"], 2, ["unknown model 'vmaf_v0.6.2'", "'vmaf_v0.6.1'"]),
        (["-f", "psrn"], 2, ["unknown feature 'psrn'", "'psnr'"]),
        (["-f", "psnr:enable_mze=true"], 2, ["enable_mze", "enable_mse"]),
        (["--pix-fmt", "yuv420q"], 2, ["pixel format 'yuv420q'", "'yuv420p'"]),
        (["--pairing", "tme"], 2, ["--pairing", "'time'"]),
        (["--format", "jsn"], 2, ["--format", "'json'"]),
        (["--fromat", "json"], 2, ["--fromat", "--format"]),
        (["--threads", "0"], 2, ["--threads"]),
        (["--width", "99999999999999"], 2, ["--width"]),
        (["--threads", "99999999999"], 2, ["threads"]),
        (["--size", "99999x99999"], 2, ["99999"]),
        (["--frames", "99999999999"], 2, ["--frames"]),
        (["--skip-ref", "99999999999"], 2, ["--skip-ref"]),
        (["--start", "999999999999999999999999999"], 2, ["--start", "10000 hours"]),
        (["--size", "1920"], 2, ["--size", "WIDTHxHEIGHT"]),
        (["--crop", "320x240"], 2, ["--crop", "WIDTHxHEIGHT+X+Y"]),
        (["--no-model"], 2, ["nothing to measure"]),
        (["--no-model", "-m", "auto"], 2, ["contradict"]),
        (["-m", "path=nowhere.json"], 3, ["nowhere.json"]),
        (["--skip-ref", "50", "--skip-dis", "50"], 4, ["ends at", "--skip-ref"]),
        (["-o", "nowhere/scores.json"], 2, ["nowhere/scores.json", "no directory"]),
        (["-o", "scores.foo"], 2, ["scores.foo", ".json"]),
        (["--report", "nowhere/page.html"], 2, ["nowhere/page.html"]),
        (["-o", "/dev/full", "--format", "json", "-q"], 7, ["/dev/full", "No space left"]),
    ],
)
def test_a_wrong_option_is_told_with_what_would_be_right(
    *,
    run: InProcess,
    good: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    options: list[str],
    code: int,
    words: list[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    ended = run("score", good, good, *options)
    assert ended.code == code
    assert ended.out == ""
    assert len(ended.err.splitlines()) <= 2
    for word in words:
        assert word in ended.err
    assert not list(tmp_path.iterdir())


def test_a_model_that_is_none_is_a_component_that_is_missing(
    run: InProcess, good: Path, tmp_path: Path
) -> None:
    model = tmp_path / "model.json"
    model.write_text("{}")
    ended = run("score", good, good, "-m", f"path={model}")
    assert ended.code == 5
    assert str(model) in ended.err


def test_raw_video_whose_size_is_no_whole_number_of_frames(run: InProcess, tmp_path: Path) -> None:
    raw = tmp_path / "clip_64x64_yuv420p.yuv"
    raw.write_bytes(bytes(64 * 64 * 3 // 2 * 3 + 7))
    ended = run("score", raw, raw)
    assert ended.code == 3
    assert "3 frames" in ended.err
    assert "7 bytes over" in ended.err


def test_raw_video_of_unknown_size(run: InProcess, tmp_path: Path) -> None:
    raw = tmp_path / "clip.yuv"
    raw.write_bytes(bytes(1000))
    ended = run("score", raw, raw)
    assert ended.code == 3
    assert "--width" in ended.err


def test_different_frame_rates_do_not_fit_together(
    run: InProcess, tmp_path: Path, good: Path
) -> None:
    fast = write_clip(tmp_path / "fast.mp4", frames=12, rate=50)
    ended = run("score", good, fast)
    assert ended.code == 4
    assert "--pairing" in ended.err


def test_only_one_side_can_be_a_pipe(run: InProcess) -> None:
    ended = run("score", "-", "-")
    assert ended.code == 2
    assert "only one input can be -" in ended.err


@pytest.mark.parametrize("format_name", ["csv", "xml", "sub"])
def test_a_format_with_room_for_one_video_refuses_two_before_scoring(
    run: InProcess, format_name: str
) -> None:
    ended = run("score", "nowhere.mp4", "a.mp4", "b.mp4", "--format", format_name)
    assert ended.code == 2
    assert "room for one distorted video" in ended.err


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["-o", "REFERENCE", "--format", "json"], "an input"),
        (["--report", "REFERENCE"], "an input"),
        (["-o", "scores.json", "--report", "./scores.json"], "another result"),
    ],
)
def test_a_result_never_overwrites_an_input_or_another_result(
    run: InProcess, reference: Path, good: Path, options: list[str], words: str
) -> None:
    before = reference.read_bytes()
    given = [word.replace("REFERENCE", str(reference)) for word in options]
    ended = run("score", reference, good, *given)
    assert ended.code == 2
    assert f"is {words} already" in ended.err
    assert reference.read_bytes() == before


def test_a_url_that_cannot_be_reached_is_told_without_its_secrets(
    run: InProcess, good: Path, tmp_path: Path
) -> None:
    url = "http://me:hunter2@127.0.0.1:1/dis.mp4?token=hunter2"
    ended = run("score", good, url, "-o", tmp_path / "scores.json", "--format", "ndjson")
    assert ended.code == 6
    assert "http://***@127.0.0.1:1/dis.mp4?***" in ended.err
    assert "hunter2" not in ended.err + ended.out
