"""Options that say what a ladder is to be."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from vmafx_cli.options import names, panels, values
from vmafx_cli.options.groups import option
from vmafx_cli.tune.ladder.rules import RungRules, Spacing
from vmafx_cli.tune.sizes import Resolution, parse_resolutions
from vmafx_core.errors import UsageError

if TYPE_CHECKING:
    from vmafx_cli.tune.ladder.media import Packaging

_MOST_RUNGS = 50
DEFAULT_TOP = "vmaf>=95"


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderOptions:
    """What the rungs are chosen from, and by which rules; the fields are the options."""

    resolutions: Annotated[
        str | None,
        option(
            "--resolutions",
            panel=panels.TARGETS,
            metavar="LIST",
            default="standard ones",
            help="Heights or sizes to choose from: 1080,720,540 or 1920x1080,960x540.",
        ),
    ] = None
    force_resolutions: Annotated[
        str | None,
        option(
            "--force-resolutions",
            panel=panels.TARGETS,
            metavar="LIST",
            help="Those of which there must be a rung.",
        ),
    ] = None
    rungs: Annotated[
        int,
        option(
            "--rungs",
            panel=panels.TARGETS,
            metavar="N",
            min=1,
            max=_MOST_RUNGS,
            show_default=True,
            help="Most rungs.",
        ),
    ] = 6
    top: Annotated[
        Any,
        option(
            "--top",
            panel=panels.TARGETS,
            metavar="'METRIC[:POOL]>=X'",
            parser=values.target,
            complete=names.requirements,
            show_default=True,
            help="Quality that the top rung is to have; what it measures is what quality means.",
        ),
    ] = DEFAULT_TOP
    spacing: Annotated[
        Spacing,
        option(
            "--spacing",
            panel=panels.TARGETS,
            metavar="bitrate|quality",
            show_default=True,
            help="What is even between rungs: the ratio of bit rates, or the gain in quality.",
        ),
    ] = Spacing.BITRATE
    min_bit_rate: Annotated[
        float | None,
        option(
            "--min-bitrate",
            panel=panels.TARGETS,
            metavar="RATE",
            parser=values.bit_rate,
            default="half of the next rung's, each",
            help="Least bits a second of a rung: 300k.",
        ),
    ] = None
    max_bit_rate: Annotated[
        float | None,
        option(
            "--max-bitrate",
            panel=panels.TARGETS,
            metavar="RATE",
            parser=values.bit_rate,
            help="Most bits a second of a rung: 6M.",
        ),
    ] = None
    min_ratio: Annotated[
        float,
        option(
            "--min-ratio",
            panel=panels.TARGETS,
            metavar="X",
            min=1.0,
            show_default=True,
            help="Least ratio of bit rates from one rung to the next.",
        ),
    ] = 1.2
    min_quality_step: Annotated[
        float,
        option(
            "--min-quality-step",
            panel=panels.TARGETS,
            metavar="X",
            min=0.0,
            show_default=True,
            help="Least gain in quality from one rung to the next.",
        ),
    ] = 0.0
    display: Annotated[
        values.Size | None,
        option(
            "--display",
            panel=panels.MEASURED,
            metavar="WxH",
            parser=values.size,
            default="the source's",
            help="Size to which all are scaled, and where quality is measured.",
        ),
    ] = None

    def sizes(self) -> tuple[Resolution, ...]:
        """What the rungs are chosen from; empty for standard sizes.

        Raises:
            UsageError: If one is no resolution.
        """
        return _resolutions(self.resolutions)

    def rules(self) -> RungRules:
        """What the ladder has to keep to.

        Raises:
            UsageError: If bounds contradict each other.
        """
        low, high = self.min_bit_rate, self.max_bit_rate
        if low and high and low > high:
            raise UsageError(
                f"--min-bitrate is above --max-bitrate: {low:.0f} and {high:.0f} b/s",
                "Exchange them.",
            )
        return RungRules(
            rungs=self.rungs,
            spacing=self.spacing,
            min_bit_rate=low,
            max_bit_rate=high,
            min_ratio=self.min_ratio,
            min_quality_step=self.min_quality_step,
            forced=_resolutions(self.force_resolutions),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PackagingOptions:
    """What is made of the ladder; the fields are the options."""

    hls: Annotated[
        Path | None,
        option(
            "--hls",
            panel=panels.PACKAGED,
            metavar="DIR",
            help="Encode the whole source at every rung into this new folder, for HLS.",
        ),
    ] = None
    dash: Annotated[
        Path | None,
        option(
            "--dash",
            panel=panels.PACKAGED,
            metavar="DIR",
            help="The same for DASH; in the same folder both share the media.",
        ),
    ] = None
    manifest_only: Annotated[
        bool,
        option(
            "--manifest-only",
            panel=panels.PACKAGED,
            metavar="",
            help="Write the master playlist or description alone, by encodes of the sample.",
        ),
    ] = False
    segment: Annotated[
        float,
        option(
            "--segment",
            panel=panels.PACKAGED,
            metavar="TIME",
            parser=values.positive_seconds,
            default="4 s",
            help="Length of segments; each begins with the only key frame in it.",
        ),
    ] = 4.0
    audio: Annotated[
        str,
        option(
            "--audio",
            panel=panels.PACKAGED,
            metavar="copy|none|CODEC[:RATE]",
            show_default=True,
            help="What becomes of the sound; what players of MP4 do not take is encoded as AAC.",
        ),
    ] = "copy"

    def packaging(self) -> "Packaging | None":
        """What is to be made; None for nothing.

        Raises:
            UsageError: If options contradict each other.
        """
        from vmafx_cli.tune.ladder.media import Packaging
        from vmafx_core.encoders.audio import parse_audio  # loads FFmpeg

        folder = self.hls or self.dash
        if folder is None:
            if self.manifest_only:
                raise UsageError("--manifest-only has no place to write to", "Add --hls or --dash.")
            return None
        if self.hls and self.dash and self.hls.absolute() != self.dash.absolute():
            raise UsageError(
                f"--hls {self.hls} and --dash {self.dash} are different folders",
                "Name the same one twice: they share the media.",
            )
        return Packaging(
            folder=folder,
            hls=self.hls is not None,
            dash=self.dash is not None,
            media=not self.manifest_only,
            audio=parse_audio(self.audio),
        )


def _resolutions(text: str | None) -> tuple[Resolution, ...]:
    return parse_resolutions(text) if text is not None else ()
