"""Bringing decoded pictures to the form in which they are scored, through libavfilter."""

import av
import av.error
from av.filter import Graph

from vmafx_core.errors import InputError
from vmafx_core.media.color import color_change
from vmafx_core.media.locations import name_of
from vmafx_core.media.pixels import is_upside_down, pixels
from vmafx_core.media.types import PictureFormat, VideoInfo
from vmafx_core.notice import Notice, warning

_APART = "Score what comes before and after apart, with --start and --duration."


class Converter:
    """Applies a filter chain to the pictures of one video.

    Where the chain is empty, pictures pass untouched. What comes out has the planes of `picture`
    as its first planes: of a grey picture there may be chroma behind the luma, and transparency
    behind either. Pictures whose size, format or colour changes on the way are brought to the same
    `picture`, with a notice.

    Args:
        info: The video that the pictures are of.
        filters: The chain, in libavfilter's syntax; may be empty.
        picture: The form that is wanted.

    Attributes:
        notices: What happened on the way.
    """

    def __init__(self, info: VideoInfo, filters: str, picture: PictureFormat) -> None:
        self.notices: tuple[Notice, ...] = ()
        self._info = info
        self._location = name_of(info.location)
        self._filters = filters
        self._picture = picture
        self._graph: Graph | None = None
        self._interlaced = info.interlaced
        self._properties: tuple[object, ...] = ()
        self._restoring = ""  # what brings the colour back to what it was at the beginning

    def push(self, frame: av.VideoFrame) -> list[av.VideoFrame]:
        """Give one decoded picture; returns those that are ready, in order.

        Raises:
            InputError: The picture cannot be brought to the form that is wanted.
        """
        ready: list[av.VideoFrame] = []
        properties = _properties(frame)
        if properties != self._properties:
            ready = self.flush()
            self._restoring = self._restored(frame)
            self._properties = properties
        self._note_interlacing(frame)
        if self._graph is None:
            untouched = not self._filters and not self._restoring
            if untouched and self._is_right(frame) and not is_upside_down(frame):
                return [*ready, frame]
            self._graph = self._build(frame)
        self._graph.vpush(frame)
        return ready + self._pull(self._graph)

    def flush(self) -> list[av.VideoFrame]:
        """End the stream; returns the pictures that the filters still held."""
        graph, self._graph = self._graph, None
        if graph is None:
            return []
        graph.vpush(None)
        return self._pull(graph)

    def _build(self, frame: av.VideoFrame) -> Graph:
        wanted = self._picture
        size = f"{wanted.width}:{wanted.height}"
        # Where nothing else changes, the copy has the rows in plain order.
        to_picture = f"scale={size}:flags=bicubic,format={wanted.pix_fmt},copy"
        steps = [step for step in (self._restoring, self._filters or to_picture) if step]
        try:
            return _build(frame, ",".join(steps))
        except (av.FFmpegError, ValueError) as exc:
            raise InputError(
                f"{self._location}: pictures of {_named(frame)} cannot be brought to "
                f"{wanted.width}x{wanted.height} {wanted.pix_fmt}",
                "Convert the video before it is scored.",
            ) from exc

    def _pull(self, graph: Graph) -> list[av.VideoFrame]:
        ready = []
        while True:
            try:
                ready.append(graph.vpull())
            except (av.error.BlockingIOError, av.error.EOFError):
                break
        for frame in ready:
            if not self._is_right(frame):
                raise InputError(
                    f"{self._location}: its pictures change at {frame.time or 0:.2f} s so that "
                    f"they become {_named(frame)}",
                    _APART,
                )
        return ready

    def _is_right(self, frame: av.VideoFrame) -> bool:
        size = (self._picture.width, self._picture.height)
        return (frame.width, frame.height) == size and pixels(frame.format.name).fits(self._picture)

    def _restored(self, frame: av.VideoFrame) -> str:
        """The filters that bring a picture's colour back to what the video began with.

        Raises:
            InputError: There is no one way to do that.
        """
        change = color_change(self._info, frame)
        words = [*([_named(frame)] if self._is_of_other_form(frame) else []), *change.words]
        told = (
            f"{self._location}: its pictures become {', '.join(words)} at {frame.time or 0:.2f} s"
        )
        if not change.bridged:
            raise InputError(told, _APART)
        if words and not any(n.code == "pictures-change" for n in self.notices):
            if change.words:
                told += ", and are brought back to what they were"
            self.notices = (*self.notices, warning("pictures-change", told))
        if not change.options:
            return ""
        return f"scale=flags=bicubic:{':'.join(change.options)},format={self._info.pix_fmt}"

    def _is_of_other_form(self, frame: av.VideoFrame) -> bool:
        if not self._properties:
            return False
        *size, pix_fmt = self._properties[:3]
        # yuvj420p is yuv420p of full range.
        alike = str(pix_fmt).replace("yuvj", "yuv") == frame.format.name.replace("yuvj", "yuv")
        return size != [frame.width, frame.height] or not alike

    def _note_interlacing(self, frame: av.VideoFrame) -> None:
        """Warn of the first interlaced picture of a video that began with a progressive one."""
        if self._interlaced or not frame.interlaced_frame:
            return
        self._interlaced = True
        text = f"{self._location}: its pictures become interlaced at {frame.time or 0:.2f} s"
        told = warning("interlaced-late", f"{text}; they are not deinterlaced")
        self.notices = (*self.notices, told)


def _named(frame: av.VideoFrame) -> str:
    return f"{frame.width}x{frame.height} {frame.format.name}"


def _properties(frame: av.VideoFrame) -> tuple[object, ...]:
    return (
        frame.width,
        frame.height,
        frame.format.name,
        frame.colorspace,
        frame.color_range,
        frame.color_primaries,
        frame.color_trc,
    )


def _build(frame: av.VideoFrame, filters: str) -> Graph:
    """A graph that takes pictures like `frame`, tags included, through `filters`."""
    graph = Graph()
    graph.threads = 1
    last = graph.add(
        "buffer",
        video_size=f"{frame.width}x{frame.height}",
        pix_fmt=frame.format.name,
        time_base=f"{frame.time_base.num}/{frame.time_base.den}",
        colorspace=str(frame.colorspace),
        range=str(frame.color_range),
    )
    for step in filters.split(","):
        name, _, arguments = step.partition("=")
        following = graph.add(name, arguments or None)
        last.link_to(following)
        last = following
    last.link_to(graph.add("buffersink"))
    graph.configure()
    return graph
