import functools
import http.server
import json
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import pytest

from support.cli import PROGRAM, Ended, InProcess, vmafx
from support.data import ffmpeg


def mean(ended: Ended, metric: str = "vmaf", pair: int = 0) -> float:
    """The mean of a metric in printed JSON."""
    assert (ended.code, ended.err) == (0, "")
    pooled = json.loads(ended.out)["vmafx"]["pairs"][pair]["metrics"][metric]["pooled"]
    return float(pooled["mean"])


def test_two_files_give_a_table_of_scores_and_of_what_was_done(
    run: InProcess, reference: Path, good: Path
) -> None:
    ended = run("score", reference, good)
    assert (ended.code, ended.err) == (0, "")
    for word in ["vmaf", "harm.", "What was done", "320x240", "12 scored", "vmaf_v0.6.1"]:
        assert word in ended.out


def test_several_files_are_scored_against_one_reference(
    run: InProcess, reference: Path, good: Path, poor: Path
) -> None:
    ended = run("score", reference, good, poor, "--format", "json")
    assert mean(ended, pair=0) > mean(ended, pair=1) + 10
    alone = run("score", reference, poor, "--format", "json")
    assert mean(alone) == mean(ended, pair=1)


def test_models_and_features_are_measured_in_one_run(
    run: InProcess, reference: Path, good: Path
) -> None:
    ended = run(
        "score", reference, good, "-m", "auto", "-f", "psnr", "-f", "ms_ssim", "-f", "cambi",
        "--frames", 3, "--format", "json",
    )  # fmt: skip
    pair: Any = json.loads(ended.out)["vmafx"]["pairs"][0]
    assert {"vmaf", "psnr_y", "psnr_cb", "float_ms_ssim", "cambi"} <= set(pair["metrics"])
    assert pair["models"][0]["version"] == "vmaf_v1.0.16_3d0h"
    assert pair["picture"]["depth"] == 10


def test_features_can_be_measured_without_a_model(
    run: InProcess, reference: Path, good: Path
) -> None:
    ended = run("score", reference, good, "--no-model", "-f", "psnr", "--format", "json")
    assert list(json.loads(ended.out)["pooled_metrics"]) == ["psnr_y", "psnr_cb", "psnr_cr"]


def write_raw(video: Path, raw: Path) -> None:
    with av.open(str(video)) as container, raw.open("wb") as file:
        for frame in container.decode(video=0):
            file.write(frame.reformat(format="yuv420p10le").to_ndarray().tobytes())


def test_raw_video_is_read_by_flags(
    run: InProcess, reference: Path, good: Path, tmp_path: Path
) -> None:
    raw = {video: tmp_path / f"{video.stem}.yuv" for video in (reference, good)}
    for video, path in raw.items():
        write_raw(video, path)
    geometry = ["--width", 320, "--height", 240, "--pix-fmt", "yuv420p10le"]
    ended = run("score", *raw.values(), *geometry, "--format", "json")
    assert json.loads(ended.out)["vmafx"]["pairs"][0]["picture"]["depth"] == 10
    assert mean(ended) == pytest.approx(
        mean(run("score", reference, good, "--format", "json")), abs=0.5
    )


def test_a_pipe_from_ffmpeg_scores_as_its_file_does(
    run: InProcess, reference: Path, good: Path
) -> None:
    with subprocess.Popen(
        [ffmpeg(), "-v", "error", "-i", good, "-f", "yuv4mpegpipe", "-"], stdout=subprocess.PIPE
    ) as producer:
        piped = subprocess.run(
            [PROGRAM, "score", reference, "-", "--format", "json"],
            stdin=producer.stdout,
            capture_output=True,
            check=True,
            text=True,
        )
    ended = Ended(piped.returncode, piped.stdout, piped.stderr)
    assert mean(ended) == mean(run("score", reference, good, "--format", "json"))


@pytest.fixture
def server(folder: Path) -> Iterator[str]:
    """The address of a web server of the clips' folder."""

    class Silent(http.server.SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    handler = functools.partial(Silent, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as web:
        thread = threading.Thread(target=web.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{web.server_port}"
        web.shutdown()
        thread.join()


def test_a_distorted_video_may_be_on_a_web_server(
    run: InProcess, server: str, reference: Path, good: Path
) -> None:
    ended = run("score", reference, f"{server}/{good.name}", "--format", "json")
    assert mean(ended) == mean(run("score", reference, good, "--format", "json"))


def test_results_go_to_several_files_at_once_and_a_page(
    run: InProcess, reference: Path, good: Path, tmp_path: Path
) -> None:
    files = [tmp_path / f"scores.{ending}" for ending in ("json", "csv", "xml", "sub", "ndjson")]
    page = tmp_path / "scores.html"
    outputs = [word for file in files for word in ("-o", file)]
    ended = run("score", reference, good, *outputs, "--report", page, "--format", "json")
    assert ended.code == 0
    assert json.loads(files[0].read_text()) == json.loads(ended.out)
    assert files[1].read_text().startswith("Frame,")
    assert files[2].read_text().startswith("<VMAF")
    assert files[3].read_text().startswith("{0}{1}frame: 0|")
    assert '"event": "finished"' in files[4].read_text()
    assert "<html" in page.read_text()
    assert sorted(tmp_path.iterdir()) == sorted([*files, page])


def test_a_file_without_a_telling_ending_takes_the_format_asked_for(
    run: InProcess, reference: Path, good: Path, tmp_path: Path
) -> None:
    log = tmp_path / "vmaf.log"
    ended = run("score", reference, good, "--frames", 2, "--format", "csv", "-o", log)
    assert log.read_text() == ended.out


def test_ndjson_is_the_stream_of_events_up_to_the_verdict(
    run: InProcess, reference: Path, good: Path
) -> None:
    ended = run("score", reference, good, "--format", "ndjson", "--require", "vmaf>1")
    events = [json.loads(line)["event"] for line in ended.out.splitlines()]
    assert events[:2] == ["schema", "started"]
    assert events[-2:] == ["finished", "requirements"]
    assert "frames" in events


def test_ndjson_ends_with_the_failure_where_there_is_one(run: InProcess, reference: Path) -> None:
    ended = run("score", reference, "nowhere.mp4", "--format", "ndjson")
    assert ended.code == 3
    last = json.loads(ended.out.splitlines()[-1])
    assert (last["event"], last["exit_code"]) == ("failed", 3)
    assert "nowhere.mp4" in last["message"]


def test_quiet_prints_nothing_but_what_was_asked_for(
    run: InProcess, reference: Path, short: Path, tmp_path: Path
) -> None:
    log = tmp_path / "scores.csv"
    silent = run("score", reference, short, "-q", "-o", log)
    assert (silent.code, silent.out, silent.err) == (0, "", "")
    assert log.read_text().count("\n") == 11
    asked = run("score", reference, short, "-q", "--format", "csv")
    assert (asked.out, asked.err) == (log.read_text(), "")


def test_a_warning_is_told_on_standard_error_and_not_in_the_data(
    run: InProcess, reference: Path, short: Path
) -> None:
    ended = run("score", reference, short, "--format", "csv")
    assert ended.err.startswith("vmafx: warning: ")
    assert "warning" not in ended.out


def test_verbose_shows_elementary_features_and_what_is_done(
    run: InProcess, reference: Path, good: Path
) -> None:
    plain = run("score", reference, good, "-m", "auto", "--frames", 2)
    verbose = run("score", reference, good, "-m", "auto", "--frames", 2, "-v")
    assert "integer_adm3" not in plain.out
    assert "integer_adm3" in verbose.out
    assert "vmafx: info: " in verbose.err


def test_the_same_scores_come_from_the_installed_program(
    run: InProcess, reference: Path, good: Path
) -> None:
    command = ["score", reference, good, "--format", "csv"]
    assert vmafx(*command) == run(*command)


def test_settings_of_the_environment_hold_for_a_run(reference: Path, good: Path) -> None:
    ended = vmafx(
        "score", reference, good,
        VMAFX_SCORE_FORMAT="csv", VMAFX_SCORE_FRAMES="2", VMAFX_SCORE_FEATURE="psnr ssim",
    )  # fmt: skip
    head, *rows = ended.out.splitlines()
    assert len(rows) == 2
    assert {"psnr_y", "float_ssim", "vmaf"} <= set(head.split(","))
