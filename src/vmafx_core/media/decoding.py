"""Packets to pictures: every picture whole, or an error that says where the stream breaks."""

from collections import deque
from collections.abc import Iterator

import av
from av.codec.context import Flags
from av.packet import Packet
from av.video.stream import VideoStream

from vmafx_core.errors import InputError
from vmafx_core.media.completeness import check_end
from vmafx_core.media.failures import (
    bad_packet,
    broken,
    is_io_error,
    no_index,
    no_ranges,
    read_error,
)
from vmafx_core.media.locations import is_url, name_of
from vmafx_core.media.opened import Opened
from vmafx_core.media.timeline import Timeline
from vmafx_core.notice import counted, warning

# Decoders that conceal damage without marking the picture, unless they are told to give up on it.
# The others mark it, and giving up would make them refuse harmless irregularities too.
# Checksums are looked at where there are some: of HEVC, one a picture.
_STRICT = {"hevc": "crccheck+explode", "mjpeg": "explode", "ffv1": "crccheck+explode"}

# Of the time from one picture to the next, where the second field of one may be.
_FIELD_SHARE = 0.75
# Codecs in which every packet shows one picture, or a field of one (VP9, for one, has packets that
# show none).
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
    # Without it, decoders leave out what the bitstream crops at the left, but for multiples of 64
    # samples. Nobody here needs rows that begin at aligned addresses.
    context.flags |= Flags.unaligned
    name = stream.codec.canonical_name
    if strict := _STRICT.get(name):
        context.options = {"err_detect": strict}
    elif name == "h264":
        # Where nothing says how many pictures are reordered, as many as may be: a guess that is too
        # low drops pictures.
        context.options = {"strict": "1"}


def decode(opened: Opened, location: str, *, sought: bool = False) -> Iterator[av.VideoFrame]:
    """The pictures of the chosen stream, from where the container stands, in display order.

    Pictures before the first key frame, which lean on others that are not there, are left out
    with a notice; every other picture comes, or an error.

    Args:
        opened: The input.
        location: What to call it.
        sought: Whether the container was moved, so that such pictures are to be expected.

    Raises:
        InputError: A packet or picture is damaged, or the stream ends before its end.
        RemoteError: The server went away.
    """
    with opened.use() as usable:
        if not usable:
            return
        account = _Account(opened.stream)
        slots = _Slots() if opened.without_order else None
        timeline = Timeline(opened, location)
        packets = opened.container.demux(opened.stream)
    while True:
        with opened.use() as usable:
            packet = _next_packet(opened, packets, account, location) if usable else None
            if opened.stopped:
                return  # what a stopped pipe gives looks like its end
            if packet is None:
                _check_end(opened, timeline, account, location)
                return
            account.add(packet)
            if slots:
                slots.add(packet)
            frames = _pictures(opened, packet, account, location)
        for frame in frames:
            first = account.pictures == 0 and not sought
            if first and (leading := account.leading(frame)):
                text = f"{counted(leading, 'picture')} before the first key frame left out"
                told = warning("leading", f"{name_of(location)}: {text}")
                opened.notices = (*opened.notices, told)
            account.remove(frame)
            if slots:
                slots.place(frame)
            if hole := timeline.add(frame):
                opened.notices = (*opened.notices, hole)
            yield frame


def _next_packet(
    opened: Opened, packets: "Iterator[Packet[VideoStream]]", account: "_Account", location: str
) -> "Packet[VideoStream] | None":
    """The next packet, the empty one that flushes the decoder as the last; None at the end."""
    try:
        return next(packets, None)
    except av.FFmpegError as exc:
        if account.pictures == 0 and "mp4" in opened.container.format.name:
            if opened.pipe:
                raise no_index(location) from exc
            if is_url(location) and is_io_error(exc):
                raise no_ranges(location) from exc
        raise read_error(location, account.position, exc) from exc


def _check_end(opened: Opened, timeline: Timeline, account: "_Account", location: str) -> None:
    """Check, after the last packet, that everything came."""
    check_end(opened, location, account.last_byte)
    timeline.check_end()
    if lost := account.lost():
        raise InputError(
            f"{name_of(location)}: {lost} of its pictures could not be decoded",
            "A broken stream is not scored; check where it was copied from.",
        )


def _pictures(
    opened: Opened, packet: "Packet[VideoStream]", account: "_Account", location: str
) -> list[av.VideoFrame]:
    """What comes out of the decoder for `packet`, checked."""
    if packet.is_corrupt:
        raise bad_packet(opened.container.format.name, location, account.position)
    if not account.can_decode:
        return []
    try:
        frames = packet.decode()
    except av.FFmpegError as exc:
        raise broken(location, account.position, exc) from exc
    if any(frame.is_corrupt for frame in frames):
        raise broken(location, account.position, "a picture is damaged")
    return frames


class _Slots:
    """The times of packets where pictures are shown at those, each at the next one."""

    def __init__(self) -> None:
        self._times: deque[int] = deque()
        self._keyed = False

    def add(self, packet: "Packet[VideoStream]") -> None:
        """Note the time of a packet that shows a picture."""
        if packet.is_keyframe and not self._keyed:
            self._times.clear()  # what comes before the first key frame is not shown
            self._keyed = True
        if packet.size and packet.dts is not None:
            self._times.append(packet.dts)

    def place(self, frame: av.VideoFrame) -> None:
        """Give the next picture its time."""
        if self._times:
            frame.pts = self._times.popleft()


class _Account:
    """What went into the decoder and what came out, by timestamps."""

    def __init__(self, stream: VideoStream) -> None:
        codec = stream.codec.canonical_name
        self.pictures = 0
        self.last_byte = 0
        # A strict decoder takes the lack of earlier pictures for damage.
        self.can_decode = codec not in _STRICT
        self._one_to_one = codec in _ONE_TO_ONE
        self._waiting: set[int] = set()
        self._first: int | None = None
        self._last: int | None = None
        self._fields = False
        self._interval = 0
        self._begin = 0.0
        self._seconds = 0.0

    @property
    def position(self) -> str:
        """Where the decoding stands, for a message."""
        at = f", at {self._seconds:.2f} s" if self._seconds else ""
        return f"after {counted(self.pictures, 'picture')}{at}"

    def add(self, packet: "Packet[VideoStream]") -> None:
        """Expect the picture of `packet`, unless the container says that it is not to be shown."""
        self.can_decode |= packet.is_keyframe
        if packet.pos is not None:
            self.last_byte = max(self.last_byte, packet.pos + packet.size)
        if self._one_to_one and packet.size and packet.pts is not None and not packet.is_discard:
            self._waiting.add(packet.pts)

    def remove(self, frame: av.VideoFrame) -> None:
        """Strike out the picture that came, and the second field of the one before it."""
        if self.pictures == 0:
            self._first, self._begin = frame.pts, frame.time or 0.0
        self.pictures += 1
        if frame.pts is not None:
            self._waiting.discard(frame.pts)
            self._seconds = (frame.time or 0.0) - self._begin
            self._strike_fields(frame.pts)
            self._last, self._fields = frame.pts, frame.interlaced_frame

    def _strike_fields(self, now: int | None) -> None:
        """Strike out what came in a packet of its own and is part of the latest picture.

        Fields may come in two packets, each with a time: the second field's is half a picture
        later. A picture that is missing is further away.

        Args:
            now: When the next picture is shown; None where there is none.
        """
        last = self._last
        if last is None:
            return
        if now is not None and now > last:
            self._interval = min(self._interval or now - last, now - last)
        if self._fields and self._interval:
            end = last + _FIELD_SHARE * self._interval
            self._waiting -= {pts for pts in self._waiting if last < pts < end}

    def leading(self, first: av.VideoFrame) -> int:
        """How many pictures should have come before the `first` one."""
        return sum(first.pts is not None and pts < first.pts for pts in self._waiting)

    def lost(self) -> int:
        """How many pictures after the first one did not come."""
        self._strike_fields(None)
        first = self._first
        return sum(first is not None and pts > first for pts in self._waiting)
