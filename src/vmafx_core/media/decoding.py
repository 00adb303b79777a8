"""Packets to pictures: every picture whole, or an error that says where the stream breaks."""

from collections.abc import Iterator

import av
from av.packet import Packet
from av.video.stream import VideoStream

from vmafx_core.errors import InputError
from vmafx_core.media.completeness import check_complete
from vmafx_core.media.failures import broken, read_error
from vmafx_core.media.opening import Opened

# Decoders that conceal damage without marking the picture unless they are told to give up on it.
# The others mark it, and giving up would make them refuse harmless irregularities too.
_STRICT = {"hevc": "explode", "mjpeg": "explode", "ffv1": "crccheck+explode"}

# Codecs in which every packet shows one picture (VP9, for one, has packets that show none).
_ONE_TO_ONE = frozenset({"h264", "hevc", "vvc", "av1", "mpeg1video", "mpeg2video"})


def prepare(stream: VideoStream, threads: int) -> None:
    """Set up the decoder of `stream`, before its first packet.

    Args:
        stream: The stream.
        threads: Threads to decode with; 0 for as many as FFmpeg thinks right.
    """
    context = stream.codec_context
    context.thread_count = threads
    context.thread_type = "AUTO"
    if strict := _STRICT.get(stream.codec.canonical_name):
        context.options = {"err_detect": strict}


def decode(opened: Opened, location: str) -> Iterator[av.VideoFrame]:
    """The pictures of the chosen stream, from where the container stands, in display order.

    Raises:
        InputError: A packet or picture is damaged, or the stream ends before its end.
        RemoteError: The server went away.
    """
    expected = _Expected(opened.stream)
    count, seconds, last_byte = 0, 0.0, 0
    packets = opened.container.demux(opened.stream)
    while True:
        where = f"after {count} pictures (at {seconds:.2f} s)"
        try:
            packet = next(packets, None)
            frames = _decoded(packet, location, where) if packet else []
        except av.FFmpegError as exc:
            raise read_error(location, where, exc) from exc
        if packet is None:
            break
        if packet.pos is not None and packet.size:
            last_byte = max(last_byte, packet.pos + packet.size)
        expected.add(packet)
        for frame in frames:
            if frame.is_corrupt:
                raise broken(location, where, "a picture is damaged")
            expected.remove(frame)
            yield frame
            count, seconds = count + 1, frame.time or seconds
    if opened.stopped:
        return
    check_complete(opened, location, last_byte)
    if lost := expected.lost():
        raise InputError(
            f"{location}: {lost} of {count + lost} pictures could not be decoded",
            "A broken stream is not scored; check where it was copied from.",
        )


def _decoded(packet: "Packet[VideoStream]", location: str, where: str) -> list[av.VideoFrame]:
    if packet.is_corrupt:
        raise broken(location, where, "a packet is damaged or cut short")
    try:
        return packet.decode()
    except av.FFmpegError as exc:
        raise broken(location, where, exc) from exc


class _Expected:
    """The pictures that went into the decoder and did not come out, by their timestamps."""

    def __init__(self, stream: VideoStream) -> None:
        self._counts = stream.codec.canonical_name in _ONE_TO_ONE
        self._waiting: set[int] = set()
        self._first: int | None = None

    def add(self, packet: "Packet[VideoStream]") -> None:
        """Expect the picture of `packet`, unless the container says that it is not to be shown."""
        if self._counts and packet.size and packet.pts is not None and not packet.is_discard:
            self._waiting.add(packet.pts)

    def remove(self, frame: av.VideoFrame) -> None:
        """Strike out the picture that came."""
        if self._counts and frame.pts is not None:
            self._waiting.discard(frame.pts)
            self._first = frame.pts if self._first is None else self._first

    def lost(self) -> int:
        """How many pictures are missing after the first one.

        Those before it lean on pictures from before the cut where an open GOP was cut; every
        player drops them.
        """
        first = self._first
        return sum(first is not None and pts > first for pts in self._waiting)
