"""Starting a daemon that outlives the program that starts it.

The new process is handed the settings, and answers in one line: where it listens, or why not.
"""

import json
import os
import pickle
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from vmafx_core.errors import VmafxError, WorkError
from vmafx_core.loading import loading
from vmafx_daemon.settings import Settings
from vmafx_rpc import messages
from vmafx_rpc.failures import error_from_message, error_to_message


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
    process = subprocess.Popen(  # noqa: S603  # this very program
        [sys.executable, "-m", __name__],
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


def _main() -> None:
    """Be the daemon."""
    with loading():
        from vmafx_daemon import server  # whoever starts it does without

    settings: Settings = pickle.load(sys.stdin.buffer)  # noqa: S301  # of the program that starts it

    def ready(addresses: Sequence[str]) -> None:
        _answer({"addresses": list(addresses)})

    try:
        server.run(settings, ready, background=True)
    except VmafxError as error:
        message = error_to_message(error)
        _answer({"error": {field.name: value for field, value in message.ListFields()}})
        sys.exit(error.exit_code)


def _answer(said: dict[str, object]) -> None:
    """Answer, and let go of whoever waits for it."""
    with open(os.devnull, "r+b") as nothing:  # noqa: PTH123
        os.write(1, json.dumps(said).encode() + b"\n")
        for standard in (0, 1):
            os.dup2(nothing.fileno(), standard)


if __name__ == "__main__":
    _main()
