"""Scoring one pair in the short form: as `vmafx.v1.VmafxScoring` asks for it and answers."""

from typing import Any

from vmafx_core.errors import UsageError
from vmafx_core.libvmaf.specs import parse_feature, parse_model
from vmafx_core.scoring.request import DEFAULT_MODEL
from vmafx_rpc.messages import controller, result, scoring, task

_DEPTHS = (8, 10, 12, 16)
_MOST_FEATURES = 32
_RAW = ("width", "height", "pixel_format", "bitdepth")


def task_of(request: scoring.ScoreRequest) -> task.ScoreTask:
    """What a request in the short form asks for.

    Raises:
        UnknownNameError: There is no such model or feature.
        UsageError: An option's value is wrong.
    """
    options = request.options
    _check_sampling(options)
    made = task.ScoreTask(
        reference=_input(request.reference, options, options.frame_skip_ref),
        distorted=[_input(request.distorted, options, options.frame_skip_dist)],
        models=models_of(request.model, options),
        features=features_of(options),
    )
    if options.HasField("threads"):
        made.threads = options.threads
    if options.HasField("frame_cnt"):
        made.frames = options.frame_cnt
    return made


def stream_task(config: scoring.StreamConfig) -> task.ScoreTask:
    """What a stream of pairs asks for; its videos are named by what they are.

    Raises:
        UnknownNameError: There is no such model or feature.
        UsageError: An option's value is wrong.
    """
    options = config.options
    _check_sampling(options)
    made = task.ScoreTask(
        reference=task.Input(location="reference"),
        distorted=[task.Input(location="distorted")],
        models=models_of(config.model, options),
        features=features_of(options),
    )
    if config.HasField("frame_rate"):
        made.reference.frame_rate.CopyFrom(config.frame_rate)
    if options.HasField("threads"):
        made.threads = options.threads
    if options.HasField("frame_cnt"):
        made.frames = options.frame_cnt
    return made


def _check_sampling(options: scoring.ScoreOptions) -> None:
    """Refuse to leave frames out.

    Raises:
        UsageError: Not all frames are wanted.
    """
    if options.subsample > 1:
        raise UsageError(
            f"subsample is {options.subsample}, and scores of every n-th frame are biased",
            "Score all frames, or fewer of them by frame_cnt.",
        )


def models_of(name: str, options: scoring.ScoreOptions) -> list[task.ModelSpec]:
    """The models to predict with; none where no prediction is wanted.

    Args:
        name: The model, as on the command line; empty for the default.
        options: What differs from the defaults.

    Raises:
        UnknownNameError: There is no such model.
        UsageError: An option's value is wrong, or nothing is left to measure.
    """
    if options.no_prediction:
        if not options.feature:
            raise UsageError("no_prediction leaves nothing to measure", "Add a feature.")
        return []
    spec = parse_model(name or DEFAULT_MODEL)
    return [
        task.ModelSpec(
            version=spec.version,
            path=spec.path,
            name=spec.name,
            disable_clip=spec.disable_clip or options.disable_clip,
            enable_transform=spec.enable_transform or options.enable_transform,
            overrides=[
                task.FeatureOverride(feature=feature, option=option, value=value)
                for feature, option, value in spec.overrides
            ],
        )
    ]


def features_of(options: scoring.ScoreOptions) -> list[task.FeatureSpec]:
    """The further features to extract.

    Raises:
        UnknownNameError: There is no such feature, or no such option of it.
        UsageError: An option's value is wrong, or there are too many.
    """
    if len(options.feature) > _MOST_FEATURES:
        raise UsageError(
            f"{len(options.feature)} features are asked for", f"Ask for at most {_MOST_FEATURES}."
        )
    specs = map(parse_feature, options.feature)
    return [
        task.FeatureSpec(
            name=spec.name,
            options=[task.Option(name=name, value=value) for name, value in spec.options],
        )
        for spec in specs
    ]


def pixel_format(kind: int, depth: int = 0) -> str:
    """FFmpeg's name of a pixel format.

    Args:
        kind: The pixel format; 4:2:0 with 8 bits where it is not said.
        depth: Bits a sample; 0 for what the format says.

    Raises:
        UsageError: There is no such pixel format.
    """
    if kind not in scoring.PixelFormat.values():
        raise UsageError(f"pixel_format is {kind}", "See the list of PixelFormat.")
    if depth and depth not in _DEPTHS:
        raise UsageError(f"bitdepth is {depth}", "Use 8, 10, 12 or 16.")
    said = kind or scoring.PIXEL_FORMAT_YUV420P
    name = scoring.PixelFormat.Name(said).removeprefix("PIXEL_FORMAT_").lower()
    if not depth:
        return name
    plain = next((part for part in ("yuv420p", "yuv422p", "yuv444p") if part in name), "gray")
    return plain if depth == 8 else f"{plain}{depth}le"


def _input(location: str, options: scoring.ScoreOptions, skip: int) -> task.Input:
    if not location:
        raise UsageError("a score needs a reference and a distorted video", "Name both.")
    raw: dict[str, Any] = {}
    if any(options.HasField(name) for name in _RAW):
        raw["pix_fmt"] = pixel_format(options.pixel_format, options.bitdepth)
    for name in ("width", "height"):
        if options.HasField(name):
            raw[name] = getattr(options, name)
    return task.Input(location=location, skip=skip, **raw)


def response_of(job: controller.Job) -> scoring.ScoreResponse:
    """The answer in the short form, of a completed job with its result."""
    scored = job.result.score
    features = pooled_means(scored)
    provenance = provenance_of(scored)
    provenance.job_id, provenance.cached = job.id, job.cached
    score = next(iter(features.values()))
    return scoring.ScoreResponse(score=score, features=features, provenance=provenance)


def pooled_means(scored: result.ScoreResult) -> dict[str, float]:
    """The pooled mean of each metric of the first pair, the leading one first."""
    return {metric.name: metric.pooled.mean for metric in scored.pairs[0].metrics}


def provenance_of(scored: result.ScoreResult) -> scoring.ScoreProvenance:
    """Where the numbers of the first pair come from."""
    pair = scored.pairs[0]
    return scoring.ScoreProvenance(
        model=pair.models[0].version if pair.models else "",
        vmafx_version=scored.versions.vmafx,
        libvmaf_version=scored.versions.libvmaf,
        ffmpeg_version=scored.versions.ffmpeg,
        frames=pair.frames.scored,
        notices=[notice.text for notice in (*scored.notices, *pair.notices)],
    )
