"""A daemon in the background: it reads its settings, and answers where it listens, or why not.

It is started by `vmafx_daemon.operations.background`, which hears that answer.
"""

import json
import os
import pickle
import sys
from collections.abc import Sequence

from vmafx_core.errors import VmafxError
from vmafx_core.loading import loading
from vmafx_daemon.settings import Settings
from vmafx_rpc.failures import error_to_message

with loading():
    from vmafx_daemon import server


def _main() -> None:
    """Be the daemon."""
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
