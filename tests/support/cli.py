"""Running the program: in this process, which is quick, or as a user does, which is real."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from vmafx_cli import failures, main

PROGRAM = str(Path(sys.executable).parent / "vmafx")


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended.

    Attributes:
        code: The exit code.
        out: What it printed.
        err: What it said on standard error.
    """

    code: int
    out: str
    err: str


@dataclass(frozen=True, slots=True)
class InProcess:
    """Runs the program in this process, by its real entry point."""

    patch: pytest.MonkeyPatch
    capture: pytest.CaptureFixture[str]

    def __call__(self, *args: object, columns: int = 80) -> Ended:
        """Run with these arguments on a terminal that wide."""
        self.patch.setattr(sys, "argv", ["vmafx", *map(str, args)])
        self.patch.setattr(failures, "stop_cleanly_on_signals", lambda: None)
        self.patch.setenv("COLUMNS", str(columns))
        self.capture.readouterr()
        code = main.main()
        out, err = self.capture.readouterr()
        return Ended(code, out, err)


def vmafx(*args: object, stdin: bytes | None = None, **environment: str) -> Ended:
    """Run the installed program in a process of its own."""
    done = subprocess.run(
        [PROGRAM, *map(str, args)],
        input=stdin,
        capture_output=True,
        check=False,
        env=os.environ | environment,
        timeout=120,
    )
    return Ended(done.returncode, done.stdout.decode(), done.stderr.decode())
