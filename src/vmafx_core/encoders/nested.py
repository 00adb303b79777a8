"""Whether an encoder takes the options that are nested in one of FFmpeg's, as `x265-params`.

FFmpeg goes on without those that it cannot set, and only its log tells of them. Logging holds up
all threads of a process, so that the encoder is opened once in a process of its own.
"""

import json
import subprocess
import sys
from functools import cache

from vmafx_core.errors import UsageError

_SECONDS = 20.0
_TRIAL = """
import json, sys
from fractions import Fraction
import av, av.logging
name, pix_fmt, option, value = sys.argv[1:]
av.logging.set_level(av.logging.WARNING)
context = av.CodecContext.create(name, "w")
context.width, context.height, context.pix_fmt = 256, 256, pix_fmt
context.time_base, context.framerate = Fraction(1, 25), 25
context.options = {option: value}
with av.logging.Capture() as logs:
    try:
        context.open()
    except av.FFmpegError:
        pass
print()
print(json.dumps([text.strip() for _, _, text in logs]))
"""


@cache
def check_nested(encoder: str, pix_fmt: str, option: str, value: str) -> None:
    """Refuse nested options that an encoder does not take.

    Args:
        encoder: The encoder's name.
        pix_fmt: A pixel format that it takes.
        option: The option that they are in: "x264-params".
        value: What was given: "aq-mode=3:bframes=8".

    Raises:
        UsageError: Telling what the encoder complains of.
    """
    try:
        done = subprocess.run(  # noqa: S603  # our own interpreter
            [sys.executable, "-c", _TRIAL, encoder, pix_fmt, option, value],
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=True,
        )
        complaints = json.loads(done.stdout.splitlines()[-1])
    except (OSError, subprocess.SubprocessError, ValueError, IndexError):
        return  # the encode itself will tell what is wrong
    if complaints:
        raise UsageError(
            f"{encoder} does not take {option}={value}: {complaints[0].rstrip('.')}",
            "See the encoder's manual for its options.",
        )
