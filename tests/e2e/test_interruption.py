"""Being stopped: by Ctrl-C, by a service manager, by a reader that has read enough."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import pytest

from support.cli import PROGRAM, vmafx
from vmafx_core.testing import write_clip


def y4m(video: Path) -> bytes:
    """A video as a stream that a pipe can carry."""
    with av.open(str(video)) as container:
        pictures = [frame.to_ndarray(format="yuv420p") for frame in container.decode(video=0)]
    header = b"YUV4MPEG2 W320 H240 F25:1 Ip A1:1 C420jpeg\n"
    return header + b"".join(b"FRAME\n" + picture.tobytes() for picture in pictures)


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_stopped_run_ends_at_once_and_leaves_nothing(
    *, reference: Path, good: Path, tmp_path: Path, number: signal.Signals, code: int, count: int
) -> None:
    command = [PROGRAM, "score", reference, "-", "--format", "ndjson", "-o", "scores.json"]
    with subprocess.Popen(
        [*map(str, command), "--report", "scores.html"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
    ) as process:
        assert process.stdin
        assert process.stdout
        # The pipe stays open after these frames: the run waits for more of them.
        process.stdin.write(y4m(good)[: 5 * 320 * 240])
        process.stdin.flush()
        started = [process.stdout.readline() for _ in range(2)]
        assert b'"started"' in started[1]
        for _ in range(count):
            process.send_signal(number)
            time.sleep(0.02)
        _, err = process.communicate(timeout=30)
    # A second signal may end the process as such, before it has unwound.
    assert process.returncode in ({code} if count == 1 else {code, -number})
    assert err == b""
    assert not list(tmp_path.iterdir())


@pytest.fixture
def endless(tmp_path: Path) -> Iterator[Path]:
    """A clip that takes far longer to decode than any test: one group of pictures, repeated."""
    options = {"crf": "51", "bf": "0"}
    clip = write_clip(tmp_path / "once.mkv", frames=25, width=1280, height=720, options=options)
    path = tmp_path / "endless.mkv"
    with av.open(str(clip)) as source, av.open(str(path), "w") as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        packets = [
            (bytes(packet), packet.is_keyframe) for packet in source.demux(video=0) if packet.size
        ]
        for index in range(1000 * len(packets)):
            data, key = packets[index % len(packets)]
            packet = av.Packet(data)
            packet.stream, packet.is_keyframe = stream, key
            packet.time_base, packet.pts, packet.dts = Fraction(1, 25), index, index
            target.mux(packet)
    clip.unlink()
    yield path
    path.unlink()


@pytest.mark.parametrize("options", [(), ("--skip-ref", "24000")], ids=["scoring", "skipping"])
def test_a_run_that_is_hard_at_work_can_be_stopped(
    endless: Path, tmp_path: Path, options: tuple[str, ...]
) -> None:
    command = [PROGRAM, "score", str(endless), str(endless), "--format", "ndjson", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        while b'"started"' not in (line := process.stdout.readline()):
            assert line
        before = time.monotonic()
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    # The code says that it did not come to its end; what is under way takes a moment, even on a
    # busy machine.
    assert time.monotonic() - before < 20
    assert (process.returncode, err) == (130, b"")
    assert list(tmp_path.iterdir()) == [endless]


@pytest.mark.parametrize("command", ["probe {}", "score {} {}", "tune crf {} --target 90"])
def test_a_run_that_waits_for_a_silent_server_can_be_stopped(command: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/clip.mp4"
        words = command.replace("{}", url).split()
        with subprocess.Popen([PROGRAM, *words], stderr=subprocess.PIPE) as process:
            server.settimeout(60)
            connection, _ = server.accept()
            with connection:
                assert connection.recv(1 << 16).startswith(b"GET ")
                process.send_signal(signal.SIGINT)
                _, err = process.communicate(timeout=60)
    # One that is not heard ends, too, when it has waited long enough: as one that fails.
    assert (process.returncode, err) == (130, b"")


@pytest.mark.parametrize("format_name", ["table", "json", "ndjson"])
def test_a_reader_that_goes_away_ends_the_run_silently(
    reference: Path, good: Path, format_name: str
) -> None:
    with subprocess.Popen(
        [PROGRAM, "score", reference, good, "--format", format_name],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        err = process.stderr.read()
    assert process.returncode == 141
    assert err == b""


@pytest.mark.parametrize("args", [["--help"], ["score", "--help"], ["models"], ["doctor"]])
def test_a_list_that_nobody_reads_ends_silently(args: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        ended = subprocess.run(
            [PROGRAM, *args], stdout=writing, stderr=subprocess.PIPE, check=False
        )
    finally:
        os.close(writing)
    assert ended.returncode == 141
    assert ended.stderr == b""


@pytest.mark.parametrize(
    "args",
    [
        *(["score", "REFERENCE", "GOOD", "--format", name] for name in ("table", "json", "ndjson")),
        ["models"],
        ["models", "--format", "json"],
        ["completion", "zsh"],
        ["--version"],
        ["--help"],
        ["score", "--help"],
    ],
)
def test_a_full_disk_behind_standard_output_is_a_failure(
    reference: Path, good: Path, args: list[str]
) -> None:
    paths = {"REFERENCE": str(reference), "GOOD": str(good)}
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [PROGRAM, *(paths.get(arg, arg) for arg in args)],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
            text=True,
        )
    assert done.returncode == 7
    told, hint = done.stderr.splitlines()
    assert told == "vmafx: error: cannot write to standard output: No space left on device"
    assert hint


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_standard_streams_may_be_closed(
    reference: Path, good: Path, tmp_path: Path, closed: str
) -> None:
    scores = tmp_path / "scores.csv"
    command = f'"$0" score "$1" "$2" -o "$3" {closed}'
    done = subprocess.run(
        ["/bin/sh", "-c", command, PROGRAM, reference, good, scores],
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0
    assert done.stderr == b""
    assert scores.read_text().startswith("Frame,")


def test_debug_shows_where_an_error_came_from() -> None:
    plain = vmafx("score", "nowhere.mp4", "nowhere.mp4")
    debug = vmafx("score", "nowhere.mp4", "nowhere.mp4", "--debug")
    assert plain.code == debug.code == 3
    assert "Traceback" not in plain.err
    assert "Traceback" in debug.err
    assert debug.err.endswith(plain.err)
