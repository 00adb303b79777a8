"""Options that say how videos are scored: what is measured, and how frames are put together."""

from dataclasses import dataclass, replace
from typing import Annotated

from vmafx_cli.options import panels, values
from vmafx_cli.options.groups import option
from vmafx_cli.options.metrics import MetricOptions
from vmafx_cli.options.outputs import Threads
from vmafx_cli.options.running import Device
from vmafx_core.backends.providers import ANYWHERE
from vmafx_core.media.types import InputSpec
from vmafx_core.scoring.request import Pairing, ScoreRequest, Sync


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoringOptions(MetricOptions):
    """What is measured and how; the fields are the options."""

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
    threads: Threads = None
    device: Device = ANYWHERE

    def request(self, reference: InputSpec, distorted: tuple[InputSpec, ...]) -> ScoreRequest:
        """The request to score these videos.

        Raises:
            UsageError: If nothing is to be measured, or options contradict each other.
        """
        sync = self.sync or Sync()
        return ScoreRequest(
            reference=reference,
            distorted=distorted,
            models=self.models(),
            features=self.features(),
            neural=self.neural(),
            device=self.device,
            size=self.size,
            frames=self.frames,
            pairing=self.pairing,
            sync=replace(sync, window=self.sync_window),
            threads=self.threads,
        )
