"""Options that say how the videos are read."""

import sys
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated

import typer

from vmafx_cli.options import names, panels, values
from vmafx_cli.options.groups import option
from vmafx_core.errors import UsageError
from vmafx_core.media.types import Crop, Deinterlace, InputSpec

Reference = Annotated[
    str,
    typer.Argument(
        metavar="REFERENCE",
        help="The original: a file, a URL, or - for a pipe.",
        show_default=False,
    ),
]
Distorted = Annotated[
    list[str],
    typer.Argument(
        metavar="DISTORTED", help="One or more encodes of it, likewise.", show_default=False
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class InputOptions:
    """How both sides are read; the fields are the options."""

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
    skip_ref: Annotated[
        int,
        option(
            "--skip-ref",
            panel=panels.PART,
            metavar="N",
            min=0,
            max=values.MOST_FRAMES,
            help="Drop the reference's first N frames.",
        ),
    ] = 0
    skip_dis: Annotated[
        int,
        option(
            "--skip-dis",
            panel=panels.PART,
            metavar="N",
            min=0,
            max=values.MOST_FRAMES,
            help="Drop each distorted video's first N frames.",
        ),
    ] = 0
    crop: Annotated[
        Crop | None,
        option(
            "--crop",
            panel=panels.PART,
            metavar="WxH+X+Y",
            parser=values.crop,
            help="Keep this rectangle of both sides' pictures.",
        ),
    ] = None
    crop_ref: Annotated[
        Crop | None,
        option(
            "--crop-ref",
            panel=panels.PART,
            metavar="WxH+X+Y",
            parser=values.crop,
            help="Keep this rectangle of the reference: cut off its black bars.",
        ),
    ] = None
    crop_dis: Annotated[
        Crop | None,
        option(
            "--crop-dis",
            panel=panels.PART,
            metavar="WxH+X+Y",
            parser=values.crop,
            help="Keep this rectangle of the distorted videos.",
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
            help="Frame rate of both sides, whatever the files say: 25, 30000/1001.",
        ),
    ] = None
    stream_ref: Annotated[
        int | None,
        option(
            "--stream-ref",
            panel=panels.READING,
            metavar="N",
            min=0,
            max=values.MOST_STREAMS,
            help="Which of the reference's video streams, from 0.",
            default="the best",
        ),
    ] = None
    stream_dis: Annotated[
        int | None,
        option(
            "--stream-dis",
            panel=panels.READING,
            metavar="N",
            min=0,
            max=values.MOST_STREAMS,
            help="Which of the distorted videos' streams, from 0.",
            default="the best",
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

    def specs(
        self, reference: str, distorted: list[str]
    ) -> tuple[InputSpec, tuple[InputSpec, ...]]:
        """The reference's spec, and each distorted video's.

        Raises:
            UsageError: If more than one of them is to come from standard input, or that is a
                terminal.
        """
        pipes = [reference, *distorted].count("-")
        if pipes > 1:
            raise UsageError(
                "only one input can be -, there is one standard input",
                "Write the others to files or named pipes.",
            )
        if pipes and sys.stdin and sys.stdin.isatty():
            raise UsageError(
                "input - is standard input, and that is a terminal",
                "Pipe a video into it: ffmpeg -i FILE -f yuv4mpegpipe - | vmafx score REF -",
            )
        return (
            self._spec(reference, self.stream_ref, self.skip_ref, self.crop_ref),
            tuple(
                self._spec(each, self.stream_dis, self.skip_dis, self.crop_dis)
                for each in distorted
            ),
        )

    def _spec(self, location: str, stream: int | None, skip: int, crop: Crop | None) -> InputSpec:
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
