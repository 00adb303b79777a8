"""A video stream on its way from one container to another."""

from av.container import OutputContainer
from av.video.stream import VideoStream

_NAMED_BY_TAG = frozenset({"mp4", "mov"})


def add_copy(out: OutputContainer, video: VideoStream) -> VideoStream:
    """Add a stream for the packets of another one, with all that only its container says.

    Raises:
        ValueError: The container does not hold its codec.
    """
    # Decoders that are no encoders, such as dav1d, have no template of their own to build.
    copy = out.add_stream_from_template(video, opaque=True)
    copy.codec_context.sample_aspect_ratio = video.sample_aspect_ratio
    if out.format.name in _NAMED_BY_TAG and video.codec_context.codec.canonical_name == "hevc":
        # Apple's players take no other name: parameter sets in the sample entry alone.
        copy.codec_context.codec_tag = "hvc1"
    return copy
