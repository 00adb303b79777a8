"""What encodes, for provenance and for keys of caches."""

import av

from vmafx_core.encoders.contract import Encoder
from vmafx_core.encoders.program import program_for, program_version


def version_of(encoder: Encoder) -> str:
    """The FFmpeg that brings an encoder, and which build of it.

    Raises:
        ComponentError: It is run through a program, and there is none.
    """
    if encoder.program:
        return f"{encoder.name} of {program_version(program_for(encoder))}"
    return f"{encoder.name} of FFmpeg {av.ffmpeg_version_info}"
