"""What any request must be like, whoever makes it: the bounds of its numbers and of its lists."""

import math
from collections.abc import Iterable, Sequence

from google.protobuf.message import Message

from vmafx_core.backends.providers import Wish, parse_wish
from vmafx_core.errors import UsageError
from vmafx_core.libvmaf.specs import FeatureSpec, ModelSpec, check_feature, check_model
from vmafx_daemon.errors import TooLargeError
from vmafx_rpc.messages import controller, encode, task

_MOST_BYTES = 1 << 20
_MOST_INPUTS = 64
_MOST_METRICS = 32
_MOST_WINDOWS = 256
_MOST_OPTIONS = 100
_MOST_THREADS = 256
_MOST_SEGMENT = 10_000
_MOST_RATE = 1000
# Seconds that a picture may be shown.
_LONGEST_PICTURE = 86_400
_LONGEST_SEARCH = 600.0

_Metrics = task.ScoreTask | encode.Measuring


def check_length(asked: Message) -> None:
    """Refuse what is longer than anybody needs, and would be kept, listed and told so.

    Raises:
        TooLargeError: It is.
    """
    if (length := asked.ByteSize()) > _MOST_BYTES:
        raise TooLargeError(
            f"what is asked for takes {length} bytes", f"It has at most {_MOST_BYTES} here."
        )


def check_shape(spec: controller.JobSpec, pixels: int) -> None:
    """Refuse a job that cannot be right, or is larger than anybody needs.

    Args:
        spec: The job.
        pixels: Most luma samples of a picture.

    Raises:
        UsageError: Naming the field and what is wrong with it.
        TooLargeError: A picture is larger than that.
    """
    match spec.WhichOneof("kind"):
        case "score":
            check_score(spec.score, pixels)
        case "encode":
            _check_encode(spec.encode, pixels)
        case _:
            raise UsageError("a job without anything to do", "Set `score`, `encode` or `pair`.")


def check_score(score: task.ScoreTask, pixels: int) -> None:
    """Likewise, of a score."""
    # Neural models may score one video by itself; whether they do is known when they are loaded.
    if not score.HasField("reference") or not (score.distorted or score.neural):
        raise UsageError("a score needs a reference and a distorted video", "Name both.")
    _check_count("distorted", score.distorted, _MOST_INPUTS)
    _check_count("neural", score.neural, _MOST_METRICS)
    if score.HasField("device"):
        parse_wish(str(Wish(score.device.device, score.device.which)))
    for name, each in _named(score):
        check_input(name, each, pixels)
    _check_metrics(score)
    if score.HasField("size"):
        _check_size("size", score.size, pixels)
    if score.HasField("frames"):
        _check_range("frames", score.frames, 1)
    _check_threads(score)
    _check_range("segment_frames", score.segment_frames, 0, _MOST_SEGMENT)
    _check_range("sync.window", score.sync.window, 0, _LONGEST_SEARCH)


def _named(score: task.ScoreTask) -> Iterable[tuple[str, task.Input]]:
    yield "reference", score.reference
    yield from ((f"distorted[{i}]", each) for i, each in enumerate(score.distorted))


def _check_encode(job: encode.EncodeTask, pixels: int) -> None:
    check_input("source", job.source, pixels)
    setting, measuring = job.setting, job.measuring
    _check_count("setting.options", setting.options, _MOST_OPTIONS)
    _check_range("setting.quality", setting.quality, -math.inf)
    if setting.HasField("size"):
        _check_size("setting.size", setting.size, pixels)
    if setting.HasField("keyframe_interval"):
        _check_range("setting.keyframe_interval", setting.keyframe_interval, 1)
    _check_metrics(measuring)
    if measuring.HasField("display"):
        _check_size("measuring.display", measuring.display, pixels)
    if measuring.sampling.HasField("windows"):
        _check_range("measuring.sampling.windows", measuring.sampling.windows, 1, _MOST_WINDOWS)
    _check_range("measuring.sampling.seconds", measuring.sampling.seconds, 0)
    _check_threads(measuring)
    _check_count("windows", job.windows, _MOST_WINDOWS)
    for i, window in enumerate(job.windows):
        _check_range(f"windows[{i}].start", window.start, 0)
        if window.HasField("duration"):
            _check_range(f"windows[{i}].duration", window.duration, 0)


def check_input(name: str, given: task.Input, pixels: int) -> None:
    """Likewise, of one video that is named in the field `name`."""
    if not given.location:
        raise UsageError(f"{name} names no video", "Set its `location`.")
    if given.HasField("width") or given.HasField("height"):
        _check_size(name, task.Size(width=given.width, height=given.height), pixels)
    if given.HasField("frame_rate"):
        rate = given.frame_rate
        if (
            min(rate.numerator, rate.denominator) <= 0
            or rate.numerator > rate.denominator * _MOST_RATE
            or rate.denominator > rate.numerator * _LONGEST_PICTURE
        ):
            raise UsageError(
                f"{name}.frame_rate is {rate.numerator}/{rate.denominator}",
                f"It is above 0, at most {_MOST_RATE}, and at least 1/{_LONGEST_PICTURE}.",
            )
    if given.HasField("stream"):
        _check_range(f"{name}.stream", given.stream, 0)
    _check_range(f"{name}.start", given.start, 0)
    if given.HasField("duration"):
        _check_range(f"{name}.duration", given.duration, 0)
    _check_range(f"{name}.skip", given.skip, 0)
    if given.HasField("crop"):
        crop = given.crop
        _check_size(f"{name}.crop", task.Size(width=crop.width, height=crop.height), pixels)
        _check_range(f"{name}.crop.x", crop.x, 0)
        _check_range(f"{name}.crop.y", crop.y, 0)


def _check_metrics(wanted: _Metrics) -> None:
    _check_count("models", wanted.models, _MOST_METRICS)
    _check_count("features", wanted.features, _MOST_METRICS)
    for model in wanted.models:
        _check_count("overrides", model.overrides, _MOST_OPTIONS)
        overrides = tuple((o.feature, o.option, o.value) for o in model.overrides)
        check_model(
            ModelSpec(version=model.version, path=model.path, name=model.name, overrides=overrides)
        )
    for feature in wanted.features:
        _check_count("options", feature.options, _MOST_OPTIONS)
        check_feature(FeatureSpec(feature.name, tuple((o.name, o.value) for o in feature.options)))


def _check_threads(given: _Metrics) -> None:
    if given.HasField("threads"):
        _check_range("threads", given.threads, 1, _MOST_THREADS)


def _check_size(name: str, size: task.Size, pixels: int) -> None:
    said = f"{name} is {size.width}x{size.height}"
    if size.width < 1 or size.height < 1:
        raise UsageError(said, "Both are 1 or more.")
    if size.width * size.height > pixels:
        raise TooLargeError(said, f"A picture has at most {pixels} samples here.")


def _check_range(name: str, value: float, low: float, high: float = math.inf) -> None:
    if not math.isfinite(value) or not low <= value <= high:
        most = f" and at most {high:g}" if math.isfinite(high) else ""
        least = f"at least {low:g}" if math.isfinite(low) else "a number"
        raise UsageError(f"{name} is {value:g}", f"It is {least}{most}.")


def _check_count(name: str, items: Sequence[object], most: int) -> None:
    if len(items) > most:
        raise UsageError(f"{name} has {len(items)} elements", f"At most {most} are taken.")
