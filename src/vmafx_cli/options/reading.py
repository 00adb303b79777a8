"""Options that say how a video is read."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated

import typer

from vmafx_cli.options import names, panels, values
from vmafx_cli.options.groups import option
from vmafx_core.errors import UsageError
from vmafx_core.media.types import Crop, Deinterlace, InputSpec

Source = Annotated[
    str,
    typer.Argument(
        metavar="SOURCE", help="The video to encode: a file or a URL.", show_default=False
    ),
]


def check_standard_input(locations: Sequence[str], command: str) -> None:
    """Refuse to read standard input more than once, or from a terminal.

    Args:
        locations: Where all videos are.
        command: What reads standard input, as an example.

    Raises:
        UsageError: That is asked for.
    """
    pipes = locations.count("-")
    if pipes > 1:
        raise UsageError(
            "only one input can be -, there is one standard input",
            "Write the others to files or named pipes.",
        )
    if pipes and sys.stdin and sys.stdin.isatty():
        raise UsageError(
            "input - is standard input, and that is a terminal",
            f"Pipe a video into it: ffmpeg -i FILE -f yuv4mpegpipe - | {command}",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingOptions:
    """How any video is read; the fields are the options."""

    start: Annotated[
        float,
        option(
            "--start",
            panel=panels.PART,
            metavar="TIME",
            parser=values.seconds,
            help="Begin here: seconds, MM:SS or HH:MM:SS.",
        ),
    ] = 0.0
    duration: Annotated[
        float | None,
        option(
            "--duration",
            panel=panels.PART,
            metavar="TIME",
            parser=values.positive_seconds,
            help="Read this much from there.",
        ),
    ] = None
    crop: Annotated[
        Crop | None,
        option(
            "--crop",
            panel=panels.PART,
            metavar="WxH+X+Y",
            parser=values.crop,
            help="Keep this rectangle of the pictures.",
        ),
    ] = None
    width: Annotated[
        int | None,
        option(
            "--width",
            panel=panels.RAW,
            metavar="N",
            min=1,
            max=values.LARGEST_SIDE,
            help="Width of raw video; its file's name may say it.",
        ),
    ] = None
    height: Annotated[
        int | None,
        option(
            "--height",
            panel=panels.RAW,
            metavar="N",
            min=1,
            max=values.LARGEST_SIDE,
            help="Height, likewise.",
        ),
    ] = None
    pix_fmt: Annotated[
        str | None,
        option(
            "--pix-fmt",
            panel=panels.RAW,
            metavar="NAME",
            parser=values.pixel_format,
            complete=names.pixel_formats,
            help="Pixel format, likewise, in FFmpeg's names: yuv420p10le.",
        ),
    ] = None
    frame_rate: Annotated[
        Fraction | None,
        option(
            "--frame-rate",
            panel=panels.RAW,
            metavar="RATE",
            parser=values.frame_rate,
            help="Frame rate, whatever the file says: 25, 30000/1001.",
        ),
    ] = None
    deinterlace: Annotated[
        Deinterlace,
        option(
            "--deinterlace",
            panel=panels.READING,
            help="Deinterlace pictures that are flagged as interlaced.",
            show_default=True,
        ),
    ] = Deinterlace.AUTO

    def read(
        self, location: str, *, stream: int | None, skip: int = 0, crop: Crop | None = None
    ) -> InputSpec:
        """How to read a video.

        Args:
            location: Where it is.
            stream: Which of its video streams; None for the best.
            skip: How many of its first frames to drop.
            crop: The rectangle to keep, where it is not the one of all videos.
        """
        return InputSpec(
            location=location,
            width=self.width,
            height=self.height,
            pix_fmt=self.pix_fmt,
            frame_rate=self.frame_rate,
            stream=stream,
            start=self.start,
            duration=self.duration,
            skip=skip,
            crop=crop or self.crop,
            deinterlace=self.deinterlace,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceOptions(ReadingOptions):
    """How a video is read that is not one side of a comparison; the fields are the options."""

    stream: Annotated[
        int | None,
        option(
            "--stream",
            panel=panels.READING,
            metavar="N",
            min=0,
            max=values.MOST_STREAMS,
            help="Which of its video streams, from 0.",
            default="the best",
        ),
    ] = None

    def spec(self, source: str) -> InputSpec:
        """How to read the source."""
        return self.read(source, stream=self.stream)
