import csv
import io
import json
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import av
import pytest

from support.cli import InProcess, vmafx
from support.data import ffmpeg
from vmafx_core.testing import write_clip

FAST = ("--preset", "ultrafast")


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VMAFX_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture(scope="module")
def movie(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """20 pictures of 160x120."""
    path = tmp_path_factory.mktemp("movie") / "movie.mkv"
    return write_clip(path, frames=20, width=160, height=120, options={"crf": "4"})


def found(run: InProcess, *args: object) -> dict[str, Any]:
    """The result of a search that finds something."""
    ended = run("tune", "crf", *args, *FAST, "--format", "json")
    assert ended.code == 0, ended.err
    result: dict[str, Any] = json.loads(ended.out)["result"]
    return result


def test_the_pick_meets_the_target_and_the_table_shows_all_tries(
    run: InProcess, movie: Path
) -> None:
    ended = run("tune", "crf", movie, *FAST, "--target", "vmaf>=90")
    assert ended.code == 0
    lines = ended.out.splitlines()
    assert re.match(r"crf \d+ meets vmaf>=90 with 9[0-9]", lines[0])
    heading = next(i for i, line in enumerate(lines) if line.startswith("crf   "))
    for word in ("vmaf", "bit rate", "size", "of source", "target"):
        assert word in lines[heading]
    tries = [line.split() for line in lines[heading + 2 :][: lines[heading:].index("") - 2]]
    assert {"met"} <= {row[-1] for row in tries} <= {"met", "missed"}
    assert "What was done" in lines


def test_the_pick_is_the_coarsest_that_was_measured_to_meet_all_targets(
    run: InProcess, movie: Path
) -> None:
    result = found(run, movie, "-t", "85", "-t", "psnr_y:min>=36", "-f", "psnr")
    meeting = [p for p in result["points"] if p["values"][0] >= 85 and p["values"][1] >= 36]
    assert result["pick"]["setting"]["quality"] == max(p["setting"]["quality"] for p in meeting)
    assert result["pick"] in meeting
    assert [t["metric"] for t in result["targets"]] == ["vmaf", "psnr_y"]


def test_the_command_that_is_shown_makes_the_encode_that_was_measured(
    run: InProcess, movie: Path, tmp_path: Path
) -> None:
    result = found(run, movie, "--target", 88, "--enc", "bf=0")
    words = shlex.split(result["command"])
    assert words[0] == "ffmpeg"
    made = tmp_path / words[-1]
    subprocess.run([ffmpeg(), "-v", "error", *words[1:-1], str(made)], check=True)
    with av.open(str(made)) as container:
        size = sum(packet.size for packet in container.demux(video=0))
    # The program has another version of the encoder than this process.
    assert size == pytest.approx(result["pick"]["video_bytes"], rel=0.1)


def test_where_nothing_meets_the_target_the_nearest_miss_is_shown(
    run: InProcess, movie: Path
) -> None:
    ended = run("tune", "crf", movie, *FAST, "--target", 95, "--min-quality", 40)
    assert ended.code == 1
    assert ended.out.startswith("nothing meets vmaf>=95, nearest is crf 40")
    assert "ffmpeg -" not in ended.out
    assert "nothing meets vmaf>=95" in ended.err


def test_a_bound_on_the_size_is_kept(run: InProcess, movie: Path) -> None:
    ended = run(
        "tune", "crf", movie, *FAST, "--target", 95, "--max-bitrate", "60k", "--format", "json"
    )
    result = json.loads(ended.out)["result"]
    assert ended.code == 1
    assert (result["pick"], result["reason"]) == (None, "too-large")
    assert result["nearest"]["bit_rate"] <= 60_000
    assert result["why"] in ended.err


def test_events_are_printed_while_it_searches(run: InProcess, movie: Path) -> None:
    ended = run("tune", "crf", movie, *FAST, "--target", 90, "--format", "ndjson")
    events = [json.loads(line) for line in ended.out.splitlines()]
    kinds = [event["event"] for event in events if event["event"] != "progress"]
    probes = sum(kind == "probed" for kind in kinds)
    assert kinds == ["schema", "sampled", *(["probing", "probed"] * probes), "finished"]
    assert events[-1]["result"]["probes"] == probes
    assert events[-1]["kind"] == "crf"


def test_a_failure_ends_the_events(run: InProcess, tmp_path: Path) -> None:
    ended = run("tune", "crf", tmp_path / "none.mkv", "--target", 90, "--format", "ndjson")
    events = [json.loads(line) for line in ended.out.splitlines()]
    assert [event["event"] for event in events] == ["schema", "failed"]
    assert ended.code == events[-1]["exit_code"] == 3


def test_results_go_to_files_and_to_a_page(run: InProcess, movie: Path, tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("a.json", "a.csv", "a.txt", "a.html")]
    ended = run(
        "tune", "crf", movie, *FAST, "--target", 90, "-q", "--report", files[3],
        "-o", files[0], "-o", files[1], "-o", files[2],
    )  # fmt: skip
    assert (ended.code, ended.out, ended.err) == (0, "", "")
    points = json.loads(files[0].read_text())["result"]["points"]
    rows = list(csv.DictReader(io.StringIO(files[1].read_text())))
    assert [float(r["vmaf"]) for r in rows] == [p["values"][0] for p in points]
    assert "meets vmaf>=90" in files[2].read_text()
    assert files[3].read_text().startswith("<!doctype html>")


def test_a_second_run_with_another_target_takes_points_from_the_cache(
    run: InProcess, movie: Path
) -> None:
    first = found(run, movie, "--target", 90)
    again = found(run, movie, "--target", 90)
    assert again["probes"] == 0
    assert again["pick"]["setting"] == first["pick"]["setting"]
    fresh = found(run, movie, "--target", 90, "--no-cache")
    assert fresh["probes"] == first["probes"]


def test_verifying_measures_the_whole_source(run: InProcess, tmp_path: Path) -> None:
    movie = write_clip(tmp_path / "m.mkv", frames=100, width=160, height=120)
    sampled = ["--samples", 2, "--sample-seconds", 0.8, "--verify"]
    result = found(run, movie, "--target", 85, *sampled)
    assert not result["whole"]
    assert len(result["windows"]) == 2
    assert result["pick"]["frames"] == 40
    assert result["verified"]["frames"] == 100
    assert result["verified"]["setting"] == result["pick"]["setting"]


def test_every_try_is_told_when_asked_for(run: InProcess, movie: Path) -> None:
    ended = run("tune", "crf", movie, *FAST, "--target", 90, "-v")
    tries = re.findall(
        r"^vmafx: info: libx264 crf \d+: vmaf [\d.]+, \d+ kb/s", ended.err, re.MULTILINE
    )
    assert len(tries) >= 2


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (["--target", "vmaf>=101"], 2, ["'vmaf>=101'", "0 to 100"]),
        (["--target", "vmaf<=90"], 2, ["worse picture", "vmaf>="]),
        (["--target", "psnr_y>=40"], 2, ["not measured", "psnr"]),
        (["--target", "vmaf:p4>=40"], 2, ["p4", "p5"]),
        (["--encoder", "libx246"], 2, ["'libx246'", "libx264"]),
        (["--preset", "fastt"], 2, ["'fastt'", "fast, faster"]),
        (["--enc-pix-fmt", "yuv420p11"], 2, ["yuv420p11"]),
        (["--enc", "crf"], 2, ["KEY=VALUE"]),
        (["--min-quality", "60"], 2, ["crf", "51"]),
        (["--max-bitrate", "fast"], 2, ["'fast'", "6M"]),
        (["--max-percent", "0"], 2, ["'0'", "above 0"]),
        (["-o", "a.foo"], 2, ["a.foo", ".json"]),
        (["-o", "nowhere/a.json"], 2, ["nowhere/a.json"]),
        (["--start", "5"], 3, ["no pictures", "--start"]),
    ],
)
def test_a_wrong_option_is_told_with_what_would_be_right(
    run: InProcess, movie: Path, args: list[str], code: int, words: list[str]
) -> None:
    ended = run("tune", "crf", movie, *args)
    assert (ended.code, ended.out) == (code, "")
    assert len(ended.err.splitlines()) <= 2
    for word in words:
        assert word in ended.err


def test_a_result_never_overwrites_the_source(run: InProcess, movie: Path, tmp_path: Path) -> None:
    copy = tmp_path / "movie.json"
    copy.write_bytes(movie.read_bytes())
    ended = run("tune", "crf", copy, "-o", copy)
    assert ended.code == 2
    assert copy.read_bytes() == movie.read_bytes()


def test_a_pipe_is_refused(tmp_path: Path) -> None:
    ended = vmafx("tune", "crf", "-", stdin=b"x", VMAFX_CACHE_DIR=str(tmp_path))
    assert ended.code == 2
    assert "more than once" in ended.err


def test_a_file_without_video_is_refused(run: InProcess, tmp_path: Path) -> None:
    path = tmp_path / "sound.wav"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=8000)
        assert isinstance(stream, av.AudioStream)
        frame = av.AudioFrame(format="s16", layout="mono", samples=800)
        frame.rate = 8000
        container.mux(stream.encode(frame))
    ended = run("tune", "crf", path)
    assert ended.code == 3
    assert str(path) in ended.err
