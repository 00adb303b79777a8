"""`vmafx probe`: what it prints, and how it ends."""

import json
from pathlib import Path
from typing import Any

import pytest

from support.cli import InProcess, vmafx
from support.stub_daemon import StubDaemon, serving
from vmafx_core.errors import RemoteError
from vmafx_core.media.types import InputSpec
from vmafx_core.report.plain import plain
from vmafx_core.scoring.probe import probe
from vmafx_core.testing import write_clip
from vmafx_rpc import messages
from vmafx_rpc.convert import to_message


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("clips")
    return [
        write_clip(folder / "a.mp4", frames=6),
        write_clip(folder / "b.mkv", frames=4, width=640, height=480, rate=60),
    ]


def written(out: str) -> Any:
    return json.loads(out, parse_constant=pytest.fail)


def test_people_are_told_what_each_is_and_what_would_be_done(
    run: InProcess, clips: list[Path]
) -> None:
    done = run("probe", *clips, columns=200)
    assert (done.code, done.err) == (0, "")
    first, second = done.out.split("\n\n")
    lines = [line.split(maxsplit=1) for line in first.splitlines()]
    assert first.splitlines()[0] == str(clips[0])
    assert ["video", lines[1][1]] == lines[1]
    assert lines[1][1].startswith("320x240, yuv420p, 25 fps, h264, ")
    assert "0:00.240, 6 frames" in first
    assert "vmaf_v1.0.16_3d0h\n" in first
    assert "scored as          320x240, yuv420p10le" in first
    assert "• " in first
    assert "vmaf_v1.0.16_hfr_3d0h\n" in second
    assert "640x480" in second


def test_the_document_has_all_that_the_core_says(run: InProcess, clips: list[Path]) -> None:
    document = written(run("probe", *clips, "--format", "json").out)
    assert document.keys() == {"version", "videos"}
    assert document["version"] == 1
    for path, video in zip(clips, document["videos"], strict=True):
        told = plain(probe(InputSpec(location=str(path))))
        assert video == {"location": str(path), **told, "error": None}
    assert document["videos"][0]["plan"]["frame_rate"] == "25/1"


def test_one_that_is_missing_is_told_of_and_so_are_the_others(
    run: InProcess, clips: list[Path], tmp_path: Path
) -> None:
    missing = tmp_path / "absent.mp4"
    done = run("probe", clips[0], missing, clips[1])
    assert done.code == 3
    assert done.err == f"vmafx: error: {missing}: no such file\n  Check the path.\n"
    assert str(clips[0]) in done.out
    assert str(clips[1]) in done.out
    done = run("probe", missing, clips[0], "--format", "json")
    assert done.code == 3
    failed, told = written(done.out)["videos"]
    assert failed == {
        "location": str(missing),
        "info": None,
        "plan": None,
        "notices": [],
        "error": {
            "error_class": "InputError",
            "message": f"{missing}: no such file",
            "hint": "Check the path.",
            "exit_code": 3,
        },
    }
    assert told["error"] is None


def test_the_first_that_fails_decides_the_exit_code(
    run: InProcess, clips: list[Path], tmp_path: Path
) -> None:
    wrong = ("--stream", "7")
    done = run("probe", clips[0], tmp_path / "absent.mp4", *wrong)
    assert done.code == 2
    assert done.err.count("vmafx: error:") == 2
    assert run("probe", tmp_path / "absent.mp4", clips[0], *wrong).code == 3


def test_options_say_how_they_are_read(run: InProcess, tmp_path: Path) -> None:
    raw = tmp_path / "clip.yuv"
    raw.write_bytes(bytes(2 * 64 * 48 * 2))
    words = ("--width", "64", "--height", "48", "--pix-fmt", "yuv422p", "--format", "json")
    (video,) = written(run("probe", raw, *words).out)["videos"]
    assert (video["info"]["pix_fmt"], video["info"]["frame_count"]) == ("yuv422p", 2)
    assert (video["info"]["frame_rate"], video["plan"]["frame_rate"]) == (None, "25/1")
    out = run("probe", raw, *words[:-2]).out
    assert "2 frames, 25 a second (assumed)" in out


def test_standard_input_is_read_once(clips: list[Path]) -> None:
    done = vmafx("probe", "-", "--format", "json", stdin=clips[1].read_bytes())
    assert done.code == 0
    (video,) = written(done.out)["videos"]
    assert (video["location"], video["info"]["width"]) == ("-", 640)
    assert "read-once" in [notice["code"] for notice in video["notices"]]
    done = vmafx("probe", "-", "-", stdin=clips[1].read_bytes())
    assert (done.code, done.out) == (2, "")
    assert "only one input can be -" in done.err


def test_a_daemon_says_the_same(clips: list[Path]) -> None:
    stub = StubDaemon()
    said = to_message(probe(InputSpec(location=str(clips[0]))), messages.result.Probe)
    answer = messages.controller.ProbeResponse(probe=said)
    stub.answers["Probe"] = [answer, RemoteError("there is no room", "Try again later.")]
    with serving(stub) as address:
        there = vmafx("probe", clips[0], "--format", "json", "--remote", address)
        refused = vmafx("probe", clips[0], "--remote", address)
    assert there == vmafx("probe", clips[0], "--format", "json")
    assert (refused.code, refused.out) == (6, "")
    assert "there is no room" in refused.err


def test_a_daemon_is_not_asked_about_a_pipe() -> None:
    with serving(StubDaemon()) as address:
        done = vmafx("probe", "-", "--remote", address, stdin=b"")
    assert done.code == 2
    assert "a daemon cannot look into a pipe" in done.err
