"""What a person at a terminal sees."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
from pathlib import Path

import pytest

from support.cli import PROGRAM

_CONTROL = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")


def on_terminal(*args: object, columns: int = 80, code: int = 0, **environment: str) -> str:
    """Run the program on a terminal that wide, and return all that was written to it."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    with subprocess.Popen(
        [PROGRAM, *map(str, args)],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env=os.environ | {"TERM": "xterm-256color"} | environment,
    ) as process:
        os.close(slave)
        written = b""
        while True:
            try:
                chunk = os.read(master, 65536)
            except OSError:  # the other end is closed
                break
            if not chunk:
                break
            written += chunk
    os.close(master)
    assert process.returncode == code
    return written.decode()


def test_progress_is_shown_and_taken_away_again(reference: Path, good: Path) -> None:
    written = on_terminal("score", reference, good)
    assert "━" in written
    assert "fps" in written
    # The cursor is hidden while the bar is there, and back in the end.
    assert written.rindex("\x1b[?25h") > written.rindex("\x1b[?25l")
    assert "━" not in written[written.index("What was done") :]


@pytest.mark.parametrize("columns", [50, 60, 80])
def test_the_table_is_no_wider_than_the_terminal(
    reference: Path, good: Path, poor: Path, columns: int
) -> None:
    written = on_terminal("score", reference, good, poor, "-f", "psnr", "-q", columns=columns)
    assert not written
    written = on_terminal("score", reference, good, poor, "-f", "psnr", columns=columns)
    lines = [_CONTROL.sub("", line).rstrip() for line in re.split(r"[\r\n]+", written)]
    assert max(map(len, lines)) <= columns


def test_a_warning_stands_on_the_screen_once(reference: Path, short: Path) -> None:
    written = on_terminal("score", reference, short)
    after = written[written.index("What was done") :]
    assert "left over" in _CONTROL.sub("", after)
    assert "vmafx: warning" not in after


def test_data_on_a_terminal_keeps_its_warnings_beside_it(reference: Path, short: Path) -> None:
    written = on_terminal("score", reference, short, "--format", "csv")
    assert written.count("vmafx: warning: ") >= 1


def test_no_color_is_respected(reference: Path, good: Path) -> None:
    colours = re.compile(r"\x1b\[[0-9;]*3[0-7][0-9;]*m")
    assert colours.search(on_terminal("score", reference, good))
    assert not colours.search(on_terminal("score", reference, good, NO_COLOR="1"))


def test_quiet_shows_no_bar(reference: Path, good: Path) -> None:
    assert on_terminal("score", reference, good, "-q", "--format", "csv").startswith("Frame,")


def test_a_pipe_that_is_a_terminal_is_refused_instead_of_waited_for(reference: Path) -> None:
    written = on_terminal("score", reference, "-", code=2)
    assert "that is a terminal" in written
    assert "yuv4mpegpipe" in written
