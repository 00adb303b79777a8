"""Where the program begins, before anything that takes a while to load."""

import os
import signal
import sys
from contextlib import suppress
from itertools import takewhile
from os.path import isfile

from vmafx_core.loading import loading


def main() -> None:
    """Run the program and exit."""
    # While it loads, the program cannot tell of an interruption; the system ends it in silence.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    # Only small matrices are multiplied here, but numpy's threads for it would start, and spin.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    _open_ahead(sys.argv[1:])
    with loading():
        from vmafx_cli.main import main as run  # under the handler above

    signal.signal(signal.SIGINT, signal.default_int_handler)
    code = run()
    with suppress(OSError):
        sys.stderr.flush()
    # Nothing is left to free but the interpreter itself, which takes a tenth of a second, and
    # threads that wait for a server or a pipe must not hold the program up.
    os._exit(code)


def _open_ahead(words: list[str]) -> None:
    """Begin to open the videos that are to be scored, while the command line is being loaded."""
    remote = os.environ.get("VMAFX_CONTROLLER") or any(w.startswith("--remote") for w in words)
    if words[:1] != ["score"] or remote:
        return
    paths = list(takewhile(isfile, words[1:]))
    if len(paths) > 1:
        from vmafx_core.scoring.inputs import expect  # under the handler above

        expect(paths)
