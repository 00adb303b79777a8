"""Running programs side by side: wall time, CPU time and memory of each, and their ratios."""

import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Command = Sequence[str]


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value and the bound it is to keep.

    Attributes:
        what: What was measured, in a few words.
        measured: The value.
        bound: The most it may be.
        note: What the value was made from.
    """

    what: str
    measured: float
    bound: float
    note: str = ""

    @property
    def met(self) -> bool:
        """Whether the bound is kept; never true of a value that is no number."""
        return self.measured <= self.bound

    def __str__(self) -> str:
        verdict = "PASS" if self.met else "FAIL"
        return f"{verdict}  {self.what:<50} {self.measured:>9.3g} <= {self.bound:<6g} {self.note}"


@dataclass(frozen=True, slots=True)
class Settings:
    """How to measure.

    Attributes:
        rounds: Pairs of runs behind each ratio of times.
        minutes: Length of the long pair whose memory is compared with a minute's.
    """

    rounds: int
    minutes: int


@dataclass(frozen=True, slots=True)
class Usage:
    """What running a program took.

    Attributes:
        wall: Seconds that passed.
        cpu: Seconds of CPU time, in user and system mode, of all threads.
        peak: Largest resident set, in MiB; never below that of the process that measures, as a
            copy of which the program begins.
    """

    wall: float
    cpu: float
    peak: float


def run(command: Command) -> Usage:
    """Run a program to its end.

    Raises:
        RuntimeError: If it fails; with what it wrote to stderr.
    """
    with tempfile.TemporaryFile() as errors:
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=errors)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            errors.seek(0)
            said = errors.read().decode(errors="replace").strip()
            raise RuntimeError(f"{' '.join(command)}\nexited {process.returncode}: {said}")
    return Usage(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def wall(command: Command) -> float:
    """Seconds that pass while a program runs."""
    return run(command).wall


def cpu(command: Command) -> float:
    """Seconds of CPU time that a program takes."""
    return run(command).cpu


def ratio(ours: Callable[[], float], theirs: Callable[[], float], rounds: int) -> tuple[float, str]:
    """Measure two things in turn, changing which comes first.

    Args:
        ours: Measures one run of ours, in seconds.
        theirs: Measures one run of the peer's, in seconds.
        rounds: Pairs of runs.

    Returns:
        The median of the pairs' ratios, and a note of both medians and of the ratio of the fastest
        runs, which a machine that others use disturbs least.
    """
    pairs = []
    for index in range(rounds):
        if index % 2:
            their_seconds, our_seconds = theirs(), ours()
        else:
            our_seconds, their_seconds = ours(), theirs()
        pairs.append((our_seconds, their_seconds))
    our_median, their_median = (statistics.median(side) for side in zip(*pairs, strict=True))
    fastest = min(our for our, _ in pairs) / min(their for _, their in pairs)
    note = f"({our_median:.2f} s / {their_median:.2f} s, {rounds} pairs; fastest {fastest:.3f})"
    return statistics.median(a / b for a, b in pairs), note
