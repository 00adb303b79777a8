"""Which encoders work on this machine."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import av
import av.codec

from vmafx_core.encoders.catalogue import ENCODERS
from vmafx_core.encoders.contract import Encoder
from vmafx_core.encoders.program import program_for
from vmafx_core.errors import ComponentError

_SECONDS = 20.0
_TRIALS_AT_ONCE = 4
# One picture, in a process of its own: drivers that fail may take their process with them.
_TRIAL = """
import sys
from fractions import Fraction
import av
from vmafx_core.encoders.catalogue import find_encoder
from vmafx_core.encoders.contract import EncodeSetting
from vmafx_core.encoders.options import options_of
encoder = find_encoder(sys.argv[1])
context = av.CodecContext.create(encoder.name, "w")
context.width, context.height, context.pix_fmt = 256, 256, encoder.pix_fmts[0]
context.time_base, context.framerate = Fraction(1, 25), 25
setting = EncodeSetting(encoder=encoder.name, quality=encoder.knob.default)
context.options = options_of(encoder, setting, None)
picture = av.VideoFrame(256, 256, encoder.pix_fmts[0])
picture.pts = 0
packets = [*context.encode(picture), *context.encode(None)]
sys.exit(0 if sum(packet.size for packet in packets) else 1)
"""


def unusable_because(encoder: Encoder) -> str:
    """Why an encoder does not work here, in a few words; empty where it does.

    Of encoders that need a device, only a trial can tell: one picture is encoded.
    """
    if encoder.program:
        try:
            program_for(encoder)
        except ComponentError as error:
            return error.message
    elif encoder.name not in av.codec.codecs_available:
        return "not in this build of FFmpeg's libraries"
    return _tried(encoder) if encoder.hardware else ""


def _tried(encoder: Encoder) -> str:
    try:
        done = subprocess.run(  # noqa: S603  # our own interpreter
            [sys.executable, "-c", _TRIAL, encoder.name],
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"its device gives no answer within {_SECONDS:g} s"
    except OSError as error:
        return f"cannot be tried: {error.strerror or error}"
    return "no device that it works on" if done.returncode else ""


def survey() -> dict[str, str]:
    """Every encoder by name, with why it does not work here; empty where it does."""
    with ThreadPoolExecutor(_TRIALS_AT_ONCE) as pool:
        reasons = pool.map(unusable_because, ENCODERS)
        return {e.name: reason for e, reason in zip(ENCODERS, reasons, strict=True)}
