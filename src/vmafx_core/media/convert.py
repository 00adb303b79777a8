"""Bringing decoded pictures to the form in which they are scored, through libavfilter."""

import av
from av.filter import Graph

from vmafx_core.errors import InputError
from vmafx_core.media.pixels import pixels
from vmafx_core.media.types import PictureFormat, VideoInfo


class Converter:
    """Applies a filter chain to the pictures of one video.

    Where the chain is empty, pictures pass untouched. What comes out has the planes of `picture`
    as its first planes: of a grey picture there may be chroma behind the luma, and transparency
    behind either.

    Args:
        info: The video that the pictures are of.
        filters: The chain, in libavfilter's syntax; may be empty.
        picture: The form that is wanted.
    """

    def __init__(self, info: VideoInfo, filters: str, picture: PictureFormat) -> None:
        self._info = info
        self._filters = filters
        self._picture = picture
        self._graph: Graph | None = None
        self._properties: tuple[object, ...] = ()

    def push(self, frame: av.VideoFrame) -> list[av.VideoFrame]:
        """Give one decoded picture; returns those that are ready, in order.

        Raises:
            InputError: The pictures of this video changed their form on the way, and cannot be
                brought to the one wanted.
        """
        if not self._filters:
            return [self._checked(frame)]
        ready: list[av.VideoFrame] = []
        properties = _properties(frame)
        if self._graph is None or properties != self._properties:
            ready = self.flush()
            self._properties = properties
            self._graph = _build(frame, self._filters)
        self._graph.vpush(frame)
        return ready + self._pull(self._graph)

    def flush(self) -> list[av.VideoFrame]:
        """End the stream; returns the pictures that the filters still held."""
        graph, self._graph = self._graph, None
        if graph is None:
            return []
        graph.vpush(None)
        return self._pull(graph)

    def _pull(self, graph: Graph) -> list[av.VideoFrame]:
        ready = []
        while True:
            try:
                ready.append(self._checked(graph.vpull()))
            except (av.error.BlockingIOError, av.error.EOFError):
                return ready

    def _checked(self, frame: av.VideoFrame) -> av.VideoFrame:
        wanted = self._picture
        size = (frame.width, frame.height)
        if size == (wanted.width, wanted.height) and pixels(frame.format.name).fits(wanted):
            return frame
        raise InputError(
            f"{self._info.location}: pictures change to {frame.width}x{frame.height} "
            f"{frame.format.name} at {frame.time or 0:.2f} s",
            "Score the parts before and after the change apart, with --start and --duration.",
        )


def _properties(frame: av.VideoFrame) -> tuple[object, ...]:
    return (frame.width, frame.height, frame.format.name, frame.colorspace, frame.color_range)


def _build(frame: av.VideoFrame, filters: str) -> Graph:
    graph = Graph()
    graph.threads = 1
    source = graph.add(
        "buffer",
        video_size=f"{frame.width}x{frame.height}",
        pix_fmt=frame.format.name,
        time_base=f"{frame.time_base.num}/{frame.time_base.den}",
        colorspace=str(frame.colorspace),
        range=str(frame.color_range),
    )
    last = source
    for step in filters.split(","):
        name, _, arguments = step.partition("=")
        following = graph.add(name, arguments or None)
        last.link_to(following)
        last = following
    last.link_to(graph.add("buffersink"))
    graph.configure()
    return graph
