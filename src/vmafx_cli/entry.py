"""Where the program begins, before anything that takes a while to load."""

import signal


def main() -> None:
    """Run the program and exit."""
    # While it loads, the program cannot tell of an interruption; the system ends it in silence.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from vmafx_cli.main import main as run  # noqa: PLC0415  # under the handler above

    signal.signal(signal.SIGINT, signal.default_int_handler)
    run()
