"""vmafx for programs: perceptual video quality, and encode settings that are found by measuring.

Example:
    >>> from vmafx_core import find_crf, score
    >>> result = score("reference.mp4", "distorted.mp4")
    >>> print(result.pairs[0].lead.pooled.mean)
    >>> found = find_crf("movie.mkv", "libsvtav1:8", targets=["vmaf>=94"]).found
    >>> print(found.pick and found.pick.setting.quality)

What is named here is the public face; all else may change. Names are imported when they are first
used: decoders and numpy take a while to load, and the command line's --help needs neither.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vmafx_cli.tune.api import (
        OnEvent,
        Setting,
        Target,
        compare_encoders,
        encode_shots,
        encode_to_target,
        find_crf,
        find_ladder,
        measure_corpus,
    )
    from vmafx_cli.tune.compare.bd import Method
    from vmafx_cli.tune.compare.comparison import Comparison, Contender, Delta
    from vmafx_cli.tune.compare.encoders import CompareRequest, CompareResult, compare_events
    from vmafx_cli.tune.corpus.grid import Failure, GridRequest, GridResult, grid_events
    from vmafx_cli.tune.corpus.reading import read_corpus
    from vmafx_cli.tune.corpus.row import CorpusRow, SourceFacts
    from vmafx_cli.tune.encode.whole import EncodeResult, Verdict, encode_events
    from vmafx_cli.tune.ladder.build import LadderRequest, LadderResult, ladder_events
    from vmafx_cli.tune.ladder.hull_search import Ladder
    from vmafx_cli.tune.ladder.media import Packaging
    from vmafx_cli.tune.ladder.rules import RungRules, Spacing
    from vmafx_cli.tune.search.crf import CrfRequest, CrfResult, crf_events
    from vmafx_cli.tune.search.quality import Found, Reason
    from vmafx_cli.tune.search.spread import Span
    from vmafx_cli.tune.shots.encode import EncodedShots, ShotsResult, shots_events
    from vmafx_cli.tune.shots.film import Film, Shot
    from vmafx_cli.tune.shots.plan import PlannedShot, ShotPlan, ShotsRequest
    from vmafx_cli.tune.shots.points import Bounds, Totals, Values
    from vmafx_cli.tune.sizes import Resolution, Size, Sized
    from vmafx_core.backends.providers import Wish, parse_wish
    from vmafx_core.backends.role import Role
    from vmafx_core.backends.specs import NeuralSpec, Precision
    from vmafx_core.encoders.audio import Audio, parse_audio
    from vmafx_core.encoders.contract import EncodeSetting
    from vmafx_core.encoders.hdr import Hdr, Mastering
    from vmafx_core.errors import (
        ComponentError,
        InputError,
        MismatchError,
        RemoteError,
        RequirementError,
        UnknownNameError,
        UsageError,
        VmafxError,
        WorkError,
    )
    from vmafx_core.libvmaf.catalogue import FeatureInfo, OptionInfo
    from vmafx_core.libvmaf.specs import FeatureSpec, ModelSpec, parse_feature, parse_model
    from vmafx_core.media.frames import Source
    from vmafx_core.media.types import (
        Chroma,
        Crop,
        Deinterlace,
        Input,
        InputSpec,
        PictureFormat,
        VideoInfo,
    )
    from vmafx_core.notice import Level, Notice
    from vmafx_core.packaging.dash import Planned
    from vmafx_core.packaging.presentation import Presentation
    from vmafx_core.packaging.tracks import AudioTrack, Segment, VideoTrack
    from vmafx_core.probing.events import Advanced, Done, Probed, Probing, Sampled, TuneEvent
    from vmafx_core.probing.points import Point
    from vmafx_core.probing.prober import Measurer, Prober
    from vmafx_core.probing.request import Measuring, Sampling
    from vmafx_core.probing.targets import parse_target
    from vmafx_core.probing.windows import Window
    from vmafx_core.scoring.api import score
    from vmafx_core.scoring.engine import score_events
    from vmafx_core.scoring.events import Event, Finished, FrameScores, Progress, Started, Told
    from vmafx_core.scoring.inputs import Inputs, ReadyInputs
    from vmafx_core.scoring.names import parse_any_model
    from vmafx_core.scoring.pooling import Pooled
    from vmafx_core.scoring.probe import Probe, ReferencePlan, probe
    from vmafx_core.scoring.request import Pairing, ScoreRequest, Sync
    from vmafx_core.scoring.requirements import (
        Outcome,
        Requirement,
        check_requirements,
        parse_requirement,
    )
    from vmafx_core.scoring.result import (
        FrameAccount,
        Metric,
        MetricKind,
        ModelUse,
        NeuralUse,
        PairResult,
        ScoreResult,
        Versions,
        WorstFrame,
    )

# Here, as reading it out of what is installed takes longer than much of what it is wanted for.
__version__ = "0.1.0"

# Searches stand above this package, on nothing but it: it reaches them by name.
_HOMES = {
    "Advanced": "vmafx_core.probing.events",
    "Audio": "vmafx_core.encoders.audio",
    "AudioTrack": "vmafx_core.packaging.tracks",
    "Bounds": "vmafx_cli.tune.shots.points",
    "Chroma": "vmafx_core.media.types",
    "CompareRequest": "vmafx_cli.tune.compare.encoders",
    "CompareResult": "vmafx_cli.tune.compare.encoders",
    "Comparison": "vmafx_cli.tune.compare.comparison",
    "ComponentError": "vmafx_core.errors",
    "Contender": "vmafx_cli.tune.compare.comparison",
    "CorpusRow": "vmafx_cli.tune.corpus.row",
    "CrfRequest": "vmafx_cli.tune.search.crf",
    "CrfResult": "vmafx_cli.tune.search.crf",
    "Crop": "vmafx_core.media.types",
    "Deinterlace": "vmafx_core.media.types",
    "Delta": "vmafx_cli.tune.compare.comparison",
    "Done": "vmafx_core.probing.events",
    "EncodeResult": "vmafx_cli.tune.encode.whole",
    "EncodeSetting": "vmafx_core.encoders.contract",
    "EncodedShots": "vmafx_cli.tune.shots.encode",
    "Event": "vmafx_core.scoring.events",
    "Failure": "vmafx_cli.tune.corpus.grid",
    "FeatureInfo": "vmafx_core.libvmaf.catalogue",
    "FeatureSpec": "vmafx_core.libvmaf.specs",
    "Film": "vmafx_cli.tune.shots.film",
    "Finished": "vmafx_core.scoring.events",
    "Found": "vmafx_cli.tune.search.quality",
    "FrameAccount": "vmafx_core.scoring.result",
    "FrameScores": "vmafx_core.scoring.events",
    "GridRequest": "vmafx_cli.tune.corpus.grid",
    "GridResult": "vmafx_cli.tune.corpus.grid",
    "Hdr": "vmafx_core.encoders.hdr",
    "Input": "vmafx_core.media.types",
    "InputError": "vmafx_core.errors",
    "InputSpec": "vmafx_core.media.types",
    "Inputs": "vmafx_core.scoring.inputs",
    "Ladder": "vmafx_cli.tune.ladder.hull_search",
    "LadderRequest": "vmafx_cli.tune.ladder.build",
    "LadderResult": "vmafx_cli.tune.ladder.build",
    "Level": "vmafx_core.notice",
    "Mastering": "vmafx_core.encoders.hdr",
    "Measurer": "vmafx_core.probing.prober",
    "Measuring": "vmafx_core.probing.request",
    "Method": "vmafx_cli.tune.compare.bd",
    "Metric": "vmafx_core.scoring.result",
    "MetricKind": "vmafx_core.scoring.result",
    "MismatchError": "vmafx_core.errors",
    "ModelSpec": "vmafx_core.libvmaf.specs",
    "ModelUse": "vmafx_core.scoring.result",
    "NeuralSpec": "vmafx_core.backends.specs",
    "NeuralUse": "vmafx_core.scoring.result",
    "Notice": "vmafx_core.notice",
    "OnEvent": "vmafx_cli.tune.api",
    "OptionInfo": "vmafx_core.libvmaf.catalogue",
    "Outcome": "vmafx_core.scoring.requirements",
    "Packaging": "vmafx_cli.tune.ladder.media",
    "PairResult": "vmafx_core.scoring.result",
    "Pairing": "vmafx_core.scoring.request",
    "PictureFormat": "vmafx_core.media.types",
    "Planned": "vmafx_core.packaging.dash",
    "PlannedShot": "vmafx_cli.tune.shots.plan",
    "Point": "vmafx_core.probing.points",
    "Pooled": "vmafx_core.scoring.pooling",
    "Precision": "vmafx_core.backends.specs",
    "Presentation": "vmafx_core.packaging.presentation",
    "Probe": "vmafx_core.scoring.probe",
    "Probed": "vmafx_core.probing.events",
    "Prober": "vmafx_core.probing.prober",
    "Probing": "vmafx_core.probing.events",
    "Progress": "vmafx_core.scoring.events",
    "ReadyInputs": "vmafx_core.scoring.inputs",
    "Reason": "vmafx_cli.tune.search.quality",
    "ReferencePlan": "vmafx_core.scoring.probe",
    "RemoteError": "vmafx_core.errors",
    "Requirement": "vmafx_core.scoring.requirements",
    "RequirementError": "vmafx_core.errors",
    "Resolution": "vmafx_cli.tune.sizes",
    "Role": "vmafx_core.backends.role",
    "RungRules": "vmafx_cli.tune.ladder.rules",
    "Sampled": "vmafx_core.probing.events",
    "Sampling": "vmafx_core.probing.request",
    "ScoreRequest": "vmafx_core.scoring.request",
    "ScoreResult": "vmafx_core.scoring.result",
    "Segment": "vmafx_core.packaging.tracks",
    "Setting": "vmafx_cli.tune.api",
    "Shot": "vmafx_cli.tune.shots.film",
    "ShotPlan": "vmafx_cli.tune.shots.plan",
    "ShotsRequest": "vmafx_cli.tune.shots.plan",
    "ShotsResult": "vmafx_cli.tune.shots.encode",
    "Size": "vmafx_cli.tune.sizes",
    "Sized": "vmafx_cli.tune.sizes",
    "Source": "vmafx_core.media.frames",
    "SourceFacts": "vmafx_cli.tune.corpus.row",
    "Spacing": "vmafx_cli.tune.ladder.rules",
    "Span": "vmafx_cli.tune.search.spread",
    "Started": "vmafx_core.scoring.events",
    "Sync": "vmafx_core.scoring.request",
    "Target": "vmafx_cli.tune.api",
    "Told": "vmafx_core.scoring.events",
    "Totals": "vmafx_cli.tune.shots.points",
    "TuneEvent": "vmafx_core.probing.events",
    "UnknownNameError": "vmafx_core.errors",
    "UsageError": "vmafx_core.errors",
    "Values": "vmafx_cli.tune.shots.points",
    "Verdict": "vmafx_cli.tune.encode.whole",
    "Versions": "vmafx_core.scoring.result",
    "VideoInfo": "vmafx_core.media.types",
    "VideoTrack": "vmafx_core.packaging.tracks",
    "VmafxError": "vmafx_core.errors",
    "Window": "vmafx_core.probing.windows",
    "Wish": "vmafx_core.backends.providers",
    "WorkError": "vmafx_core.errors",
    "WorstFrame": "vmafx_core.scoring.result",
    "check_requirements": "vmafx_core.scoring.requirements",
    "compare_encoders": "vmafx_cli.tune.api",
    "compare_events": "vmafx_cli.tune.compare.encoders",
    "crf_events": "vmafx_cli.tune.search.crf",
    "encode_events": "vmafx_cli.tune.encode.whole",
    "encode_shots": "vmafx_cli.tune.api",
    "encode_to_target": "vmafx_cli.tune.api",
    "find_crf": "vmafx_cli.tune.api",
    "find_ladder": "vmafx_cli.tune.api",
    "grid_events": "vmafx_cli.tune.corpus.grid",
    "ladder_events": "vmafx_cli.tune.ladder.build",
    "measure_corpus": "vmafx_cli.tune.api",
    "parse_any_model": "vmafx_core.scoring.names",
    "parse_audio": "vmafx_core.encoders.audio",
    "parse_feature": "vmafx_core.libvmaf.specs",
    "parse_model": "vmafx_core.libvmaf.specs",
    "parse_requirement": "vmafx_core.scoring.requirements",
    "parse_target": "vmafx_core.probing.targets",
    "parse_wish": "vmafx_core.backends.providers",
    "probe": "vmafx_core.scoring.probe",
    "read_corpus": "vmafx_cli.tune.corpus.reading",
    "score": "vmafx_core.scoring.api",
    "score_events": "vmafx_core.scoring.engine",
    "shots_events": "vmafx_cli.tune.shots.encode",
}

__all__ = [
    "Advanced",
    "Audio",
    "AudioTrack",
    "Bounds",
    "Chroma",
    "CompareRequest",
    "CompareResult",
    "Comparison",
    "ComponentError",
    "Contender",
    "CorpusRow",
    "CrfRequest",
    "CrfResult",
    "Crop",
    "Deinterlace",
    "Delta",
    "Done",
    "EncodeResult",
    "EncodeSetting",
    "EncodedShots",
    "Event",
    "Failure",
    "FeatureInfo",
    "FeatureSpec",
    "Film",
    "Finished",
    "Found",
    "FrameAccount",
    "FrameScores",
    "GridRequest",
    "GridResult",
    "Hdr",
    "Input",
    "InputError",
    "InputSpec",
    "Inputs",
    "Ladder",
    "LadderRequest",
    "LadderResult",
    "Level",
    "Mastering",
    "Measurer",
    "Measuring",
    "Method",
    "Metric",
    "MetricKind",
    "MismatchError",
    "ModelSpec",
    "ModelUse",
    "NeuralSpec",
    "NeuralUse",
    "Notice",
    "OnEvent",
    "OptionInfo",
    "Outcome",
    "Packaging",
    "PairResult",
    "Pairing",
    "PictureFormat",
    "Planned",
    "PlannedShot",
    "Point",
    "Pooled",
    "Precision",
    "Presentation",
    "Probe",
    "Probed",
    "Prober",
    "Probing",
    "Progress",
    "ReadyInputs",
    "Reason",
    "ReferencePlan",
    "RemoteError",
    "Requirement",
    "RequirementError",
    "Resolution",
    "Role",
    "RungRules",
    "Sampled",
    "Sampling",
    "ScoreRequest",
    "ScoreResult",
    "Segment",
    "Setting",
    "Shot",
    "ShotPlan",
    "ShotsRequest",
    "ShotsResult",
    "Size",
    "Sized",
    "Source",
    "SourceFacts",
    "Spacing",
    "Span",
    "Started",
    "Sync",
    "Target",
    "Told",
    "Totals",
    "TuneEvent",
    "UnknownNameError",
    "UsageError",
    "Values",
    "Verdict",
    "Versions",
    "VideoInfo",
    "VideoTrack",
    "VmafxError",
    "Window",
    "Wish",
    "WorkError",
    "WorstFrame",
    "check_requirements",
    "compare_encoders",
    "compare_events",
    "crf_events",
    "encode_events",
    "encode_shots",
    "encode_to_target",
    "find_crf",
    "find_ladder",
    "grid_events",
    "ladder_events",
    "measure_corpus",
    "parse_any_model",
    "parse_audio",
    "parse_feature",
    "parse_model",
    "parse_requirement",
    "parse_target",
    "parse_wish",
    "probe",
    "read_corpus",
    "score",
    "score_events",
    "shots_events",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
