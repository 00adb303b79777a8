"""The part of a source that probes encode and measure: contiguous windows, decoded once."""

from dataclasses import dataclass, replace

import av

from vmafx_core.media.frames import FramesSource
from vmafx_core.media.source import VideoSource
from vmafx_core.media.types import InputSpec, VideoInfo
from vmafx_core.notice import Notice


@dataclass(frozen=True, slots=True)
class Window:
    """A contiguous part of a source.

    Attributes:
        start: Seconds from the first picture.
        duration: Seconds; None for all from there on.
    """

    start: float
    duration: float | None


@dataclass(frozen=True, slots=True, eq=False)
class SampleWindow:
    """One window, decoded.

    Attributes:
        window: Where it is.
        spec: What it was read by.
        pictures: Its pictures, their times starting at 0; never changed.
    """

    window: Window
    spec: InputSpec
    pictures: tuple[av.VideoFrame, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """The part of a source that is encoded and measured.

    Attributes:
        info: The source.
        windows: The windows, in order; at least one.
        whole: Whether they are all of the source.
        notices: What there is to tell.
    """

    info: VideoInfo
    windows: tuple[SampleWindow, ...]
    whole: bool
    notices: tuple[Notice, ...]

    @property
    def frames(self) -> int:
        """Frames over all windows."""
        return sum(len(w.pictures) for w in self.windows)

    def sources(self) -> list[FramesSource]:
        """A source for each window, to be read once."""
        return [FramesSource(w.spec, self.info, w.pictures) for w in self.windows]


def load_sample(spec: InputSpec, windows: tuple[Window, ...]) -> Sample:
    """Decode the windows of a source.

    Raises:
        InputError: The source cannot be read.
    """
    loaded = []
    infos = []
    notices: tuple[Notice, ...] = ()
    for window in windows:
        cut = replace(spec, start=window.start, duration=window.duration)
        with VideoSource(cut, threads=0) as source:
            pictures = tuple(source.frames())
            infos.append(source.info)
            notices = (*notices, *source.notices)
        loaded.append(SampleWindow(window, cut, pictures))
    return Sample(infos[0], tuple(loaded), windows == (Window(0.0, None),), notices)
