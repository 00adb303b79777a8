"""Options that say how the two sides of a comparison are read."""

from dataclasses import dataclass
from typing import Annotated, Any

import typer

from vmafx_cli.options import panels, values
from vmafx_cli.options.groups import option
from vmafx_cli.options.reading import ReadingOptions, check_standard_input
from vmafx_core.errors import UsageError
from vmafx_core.media.types import Crop, InputSpec


def _reference(help_: str) -> Any:
    return typer.Argument(metavar="REFERENCE", help=help_, show_default=False)


Reference = Annotated[str, _reference("The original: a file, a URL, or - for a pipe.")]
QueuedReference = Annotated[str, _reference("The original: a file or a URL, which can wait.")]
Distorted = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="DISTORTED...", help="One or more encodes of it, likewise.", show_default=False
    ),
]
NoReference = Annotated[
    bool,
    option(
        "--no-reference",
        panel=panels.MEASURED,
        metavar="",
        help="Score one video by itself, with a neural model that can.",
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class InputOptions(ReadingOptions):
    """How both sides are read; the fields are the options."""

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

    def specs(
        self, reference: str, distorted: list[str] | None, *, alone: bool = False
    ) -> tuple[InputSpec, tuple[InputSpec, ...]]:
        """The reference's spec, and each distorted video's.

        Args:
            reference: Where the reference is.
            distorted: Where each distorted video is.
            alone: Whether there is to be one video only, which is scored by itself.

        Raises:
            UsageError: If one is missing or too many; if more than one of them is to come from
                standard input, or that is a terminal.
        """
        distorted = distorted or []
        if alone and distorted:
            raise UsageError(
                "--no-reference scores one video by itself", "Name that one, or leave it out."
            )
        if not alone and not distorted:
            raise UsageError(
                "there is no distorted video to score",
                "Name it after the reference, or say --no-reference.",
            )
        check_standard_input([reference, *distorted], "vmafx score REF -")
        return (
            self.read(reference, stream=self.stream_ref, skip=self.skip_ref, crop=self.crop_ref),
            tuple(
                self.read(each, stream=self.stream_dis, skip=self.skip_dis, crop=self.crop_dis)
                for each in distorted
            ),
        )
