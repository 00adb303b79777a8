"""Options that say what is measured, and how frames are put together."""

from dataclasses import dataclass, replace
from typing import Annotated

from vmafx_cli.options import names, panels, values
from vmafx_cli.options.groups import option
from vmafx_core.errors import UsageError
from vmafx_core.libvmaf.specs import FeatureSpec, ModelSpec, parse_feature, parse_model
from vmafx_core.media.types import InputSpec
from vmafx_core.scoring.request import DEFAULT_MODEL, Pairing, ScoreRequest, Sync


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoringOptions:
    """What is measured and how; the fields are the options."""

    model: Annotated[
        list[ModelSpec] | None,
        option(
            "--model",
            "-m",
            panel=panels.MEASURED,
            metavar="MODEL",
            parser=parse_model,
            complete=names.models,
            default=DEFAULT_MODEL,
            help="A VMAF model, or auto; repeatable. See 'vmafx models'.",
        ),
    ] = None
    no_model: Annotated[
        bool,
        option("--no-model", panel=panels.MEASURED, metavar="", help="Measure features only."),
    ] = False
    feature: Annotated[
        list[FeatureSpec] | None,
        option(
            "--feature",
            "-f",
            panel=panels.MEASURED,
            metavar="FEATURE",
            parser=parse_feature,
            complete=names.features,
            help="Measure this too: psnr, ms_ssim, cambi...; repeatable.",
        ),
    ] = None
    size: Annotated[
        values.Size | None,
        option(
            "--size",
            panel=panels.MEASURED,
            metavar="WxH",
            parser=values.size,
            default="the reference's",
            help="Scale both sides to this size.",
        ),
    ] = None
    frames: Annotated[
        int | None,
        option(
            "--frames",
            panel=panels.PART,
            metavar="N",
            min=1,
            max=values.MOST_FRAMES,
            help="Score at most N frames.",
        ),
    ] = None
    pairing: Annotated[
        Pairing,
        option(
            "--pairing",
            panel=panels.ALIGNED,
            show_default=True,
            help="By index (auto refuses different frame rates) or by timestamp.",
        ),
    ] = Pairing.AUTO
    sync: Annotated[
        Sync | None,
        option(
            "--sync",
            panel=panels.ALIGNED,
            metavar="off|auto|N",
            parser=values.sync,
            complete=lambda incomplete: (w for w in ("off", "auto") if w.startswith(incomplete)),
            default="off",
            help="Find the offset between the two, or say that the distorted video is N "
            "frames late.",
        ),
    ] = None
    sync_window: Annotated[
        float,
        option(
            "--sync-window",
            panel=panels.ALIGNED,
            metavar="TIME",
            parser=values.positive_seconds,
            default="5 s",
            help="How far --sync auto searches, either way.",
        ),
    ] = 5.0
    threads: Annotated[
        int | None,
        option(
            "--threads",
            panel=panels.RUNNING,
            metavar="N",
            min=1,
            default="all CPUs",
            help="Threads to work with.",
        ),
    ] = None

    def request(self, reference: InputSpec, distorted: tuple[InputSpec, ...]) -> ScoreRequest:
        """The request to score these videos.

        Raises:
            UsageError: If nothing is to be measured, or options contradict each other.
        """
        if self.no_model and self.model:
            raise UsageError("--model and --no-model contradict each other", "Leave one out.")
        if self.no_model and not self.feature:
            raise UsageError("--no-model leaves nothing to measure", "Add a --feature.")
        sync = self.sync or Sync()
        request = ScoreRequest(
            reference=reference,
            distorted=distorted,
            features=tuple(self.feature or ()),
            size=self.size,
            frames=self.frames,
            pairing=self.pairing,
            sync=replace(sync, window=self.sync_window),
            threads=self.threads,
        )
        if self.no_model:
            return replace(request, models=())
        return replace(request, models=tuple(self.model)) if self.model else request
