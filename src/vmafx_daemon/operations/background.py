"""Starting a daemon that outlives the program that starts it.

The new process is handed the settings, and answers in one line: where it listens, or why not.
"""

import json
import os
import pickle
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass

from vmafx_core.errors import WorkError
from vmafx_daemon.settings import Settings
from vmafx_rpc import messages
from vmafx_rpc.failures import error_from_message


@dataclass(frozen=True, slots=True)
class Started:
    """A daemon that listens.

    Attributes:
        pid: Its process.
        addresses: Where.
    """

    pid: int
    addresses: tuple[str, ...]


def start(settings: Settings) -> Started:
    """Start a daemon in the background, and wait until it listens.

    Raises:
        VmafxError: It does not start; the class says how.
    """
    process = subprocess.Popen(  # this very program
        [sys.executable, "-m", "vmafx_daemon"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=os.sep,
        start_new_session=True,
    )
    try:
        answer = _asked(process, pickle.dumps(settings))
    except BaseException:
        process.kill()
        process.wait()
        raise
    if not answer:
        raise WorkError(
            f"the daemon ended before it listened, with status {process.wait()}",
            "Start it with --foreground to see why.",
        )
    said = json.loads(answer)
    if "addresses" in said:
        return Started(process.pid, tuple(said["addresses"]))
    raise error_from_message(messages.controller.JobError(**said["error"]))


def _asked(process: subprocess.Popen[bytes], settings: bytes) -> bytes:
    """Hand over the settings, and wait for the answer; empty where there is none."""
    with process.stdin as words, process.stdout as answer:  # type: ignore[union-attr]  # pipes
        with suppress(BrokenPipeError):
            words.write(settings)
            words.close()
        # To the end of the line, not of the stream: what the daemon starts may hold that open.
        return answer.readline()
