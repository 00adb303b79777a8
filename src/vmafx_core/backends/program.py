"""What the programs of drivers and systems print."""

import subprocess

_SECONDS = 2.0


def printed(*command: str) -> str:
    """What a program prints; "" where it is not there, fails or takes too long.

    Args:
        command: The program and its arguments, none of them a user's.
    """
    try:
        return subprocess.run(  # noqa: S603  # fixed ones
            command, capture_output=True, text=True, timeout=_SECONDS, check=True
        ).stdout
    except (OSError, ValueError, subprocess.SubprocessError):
        return ""
