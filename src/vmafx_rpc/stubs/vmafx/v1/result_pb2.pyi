from vmafx_rpc.stubs.vmafx.v1 import task_pb2 as _task_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ScoreEvent(_message.Message):
    __slots__ = ("started", "told", "progress", "frame_scores", "finished")
    STARTED_FIELD_NUMBER: _ClassVar[int]
    TOLD_FIELD_NUMBER: _ClassVar[int]
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    FRAME_SCORES_FIELD_NUMBER: _ClassVar[int]
    FINISHED_FIELD_NUMBER: _ClassVar[int]
    started: Started
    told: Told
    progress: Progress
    frame_scores: FrameScores
    finished: Finished
    def __init__(self, started: _Optional[_Union[Started, _Mapping]] = ..., told: _Optional[_Union[Told, _Mapping]] = ..., progress: _Optional[_Union[Progress, _Mapping]] = ..., frame_scores: _Optional[_Union[FrameScores, _Mapping]] = ..., finished: _Optional[_Union[Finished, _Mapping]] = ...) -> None: ...

class Started(_message.Message):
    __slots__ = ("reference", "distorted", "pictures", "expected_frames", "threads")
    REFERENCE_FIELD_NUMBER: _ClassVar[int]
    DISTORTED_FIELD_NUMBER: _ClassVar[int]
    PICTURES_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_FRAMES_FIELD_NUMBER: _ClassVar[int]
    THREADS_FIELD_NUMBER: _ClassVar[int]
    reference: VideoInfo
    distorted: _containers.RepeatedCompositeFieldContainer[VideoInfo]
    pictures: _containers.RepeatedCompositeFieldContainer[PictureFormat]
    expected_frames: int
    threads: int
    def __init__(self, reference: _Optional[_Union[VideoInfo, _Mapping]] = ..., distorted: _Optional[_Iterable[_Union[VideoInfo, _Mapping]]] = ..., pictures: _Optional[_Iterable[_Union[PictureFormat, _Mapping]]] = ..., expected_frames: _Optional[int] = ..., threads: _Optional[int] = ...) -> None: ...

class Told(_message.Message):
    __slots__ = ("notice", "pair")
    NOTICE_FIELD_NUMBER: _ClassVar[int]
    PAIR_FIELD_NUMBER: _ClassVar[int]
    notice: Notice
    pair: int
    def __init__(self, notice: _Optional[_Union[Notice, _Mapping]] = ..., pair: _Optional[int] = ...) -> None: ...

class Progress(_message.Message):
    __slots__ = ("frames", "expected_frames", "fps", "seconds")
    FRAMES_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_FRAMES_FIELD_NUMBER: _ClassVar[int]
    FPS_FIELD_NUMBER: _ClassVar[int]
    SECONDS_FIELD_NUMBER: _ClassVar[int]
    frames: int
    expected_frames: int
    fps: float
    seconds: float
    def __init__(self, frames: _Optional[int] = ..., expected_frames: _Optional[int] = ..., fps: _Optional[float] = ..., seconds: _Optional[float] = ...) -> None: ...

class FrameScores(_message.Message):
    __slots__ = ("pair", "first", "times", "metrics")
    PAIR_FIELD_NUMBER: _ClassVar[int]
    FIRST_FIELD_NUMBER: _ClassVar[int]
    TIMES_FIELD_NUMBER: _ClassVar[int]
    METRICS_FIELD_NUMBER: _ClassVar[int]
    pair: int
    first: int
    times: _containers.RepeatedScalarFieldContainer[float]
    metrics: _containers.RepeatedCompositeFieldContainer[NamedScores]
    def __init__(self, pair: _Optional[int] = ..., first: _Optional[int] = ..., times: _Optional[_Iterable[float]] = ..., metrics: _Optional[_Iterable[_Union[NamedScores, _Mapping]]] = ...) -> None: ...

class NamedScores(_message.Message):
    __slots__ = ("name", "values")
    NAME_FIELD_NUMBER: _ClassVar[int]
    VALUES_FIELD_NUMBER: _ClassVar[int]
    name: str
    values: _containers.RepeatedScalarFieldContainer[float]
    def __init__(self, name: _Optional[str] = ..., values: _Optional[_Iterable[float]] = ...) -> None: ...

class Finished(_message.Message):
    __slots__ = ("result",)
    RESULT_FIELD_NUMBER: _ClassVar[int]
    result: ScoreResult
    def __init__(self, result: _Optional[_Union[ScoreResult, _Mapping]] = ...) -> None: ...

class ScoreResult(_message.Message):
    __slots__ = ("reference", "pairs", "versions", "threads", "notices", "seconds")
    REFERENCE_FIELD_NUMBER: _ClassVar[int]
    PAIRS_FIELD_NUMBER: _ClassVar[int]
    VERSIONS_FIELD_NUMBER: _ClassVar[int]
    THREADS_FIELD_NUMBER: _ClassVar[int]
    NOTICES_FIELD_NUMBER: _ClassVar[int]
    SECONDS_FIELD_NUMBER: _ClassVar[int]
    reference: VideoInfo
    pairs: _containers.RepeatedCompositeFieldContainer[PairResult]
    versions: Versions
    threads: int
    notices: _containers.RepeatedCompositeFieldContainer[Notice]
    seconds: float
    def __init__(self, reference: _Optional[_Union[VideoInfo, _Mapping]] = ..., pairs: _Optional[_Iterable[_Union[PairResult, _Mapping]]] = ..., versions: _Optional[_Union[Versions, _Mapping]] = ..., threads: _Optional[int] = ..., notices: _Optional[_Iterable[_Union[Notice, _Mapping]]] = ..., seconds: _Optional[float] = ...) -> None: ...

class PairResult(_message.Message):
    __slots__ = ("distorted", "picture", "reference_filters", "distorted_filters", "pairing", "offset", "offset_source", "models", "metrics", "times", "distorted_times", "frames", "worst", "notices", "seconds", "neural")
    DISTORTED_FIELD_NUMBER: _ClassVar[int]
    PICTURE_FIELD_NUMBER: _ClassVar[int]
    REFERENCE_FILTERS_FIELD_NUMBER: _ClassVar[int]
    DISTORTED_FILTERS_FIELD_NUMBER: _ClassVar[int]
    PAIRING_FIELD_NUMBER: _ClassVar[int]
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    OFFSET_SOURCE_FIELD_NUMBER: _ClassVar[int]
    MODELS_FIELD_NUMBER: _ClassVar[int]
    METRICS_FIELD_NUMBER: _ClassVar[int]
    TIMES_FIELD_NUMBER: _ClassVar[int]
    DISTORTED_TIMES_FIELD_NUMBER: _ClassVar[int]
    FRAMES_FIELD_NUMBER: _ClassVar[int]
    WORST_FIELD_NUMBER: _ClassVar[int]
    NOTICES_FIELD_NUMBER: _ClassVar[int]
    SECONDS_FIELD_NUMBER: _ClassVar[int]
    NEURAL_FIELD_NUMBER: _ClassVar[int]
    distorted: VideoInfo
    picture: PictureFormat
    reference_filters: str
    distorted_filters: str
    pairing: str
    offset: int
    offset_source: str
    models: _containers.RepeatedCompositeFieldContainer[ModelUse]
    metrics: _containers.RepeatedCompositeFieldContainer[Metric]
    times: _containers.RepeatedScalarFieldContainer[float]
    distorted_times: _containers.RepeatedScalarFieldContainer[float]
    frames: FrameAccount
    worst: _containers.RepeatedCompositeFieldContainer[WorstFrame]
    notices: _containers.RepeatedCompositeFieldContainer[Notice]
    seconds: float
    neural: _containers.RepeatedCompositeFieldContainer[NeuralUse]
    def __init__(self, distorted: _Optional[_Union[VideoInfo, _Mapping]] = ..., picture: _Optional[_Union[PictureFormat, _Mapping]] = ..., reference_filters: _Optional[str] = ..., distorted_filters: _Optional[str] = ..., pairing: _Optional[str] = ..., offset: _Optional[int] = ..., offset_source: _Optional[str] = ..., models: _Optional[_Iterable[_Union[ModelUse, _Mapping]]] = ..., metrics: _Optional[_Iterable[_Union[Metric, _Mapping]]] = ..., times: _Optional[_Iterable[float]] = ..., distorted_times: _Optional[_Iterable[float]] = ..., frames: _Optional[_Union[FrameAccount, _Mapping]] = ..., worst: _Optional[_Iterable[_Union[WorstFrame, _Mapping]]] = ..., notices: _Optional[_Iterable[_Union[Notice, _Mapping]]] = ..., seconds: _Optional[float] = ..., neural: _Optional[_Iterable[_Union[NeuralUse, _Mapping]]] = ...) -> None: ...

class NeuralUse(_message.Message):
    __slots__ = ("metric", "model", "role", "sha256", "provider", "device", "runtime", "precision")
    METRIC_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    SHA256_FIELD_NUMBER: _ClassVar[int]
    PROVIDER_FIELD_NUMBER: _ClassVar[int]
    DEVICE_FIELD_NUMBER: _ClassVar[int]
    RUNTIME_FIELD_NUMBER: _ClassVar[int]
    PRECISION_FIELD_NUMBER: _ClassVar[int]
    metric: str
    model: str
    role: str
    sha256: str
    provider: str
    device: str
    runtime: str
    precision: str
    def __init__(self, metric: _Optional[str] = ..., model: _Optional[str] = ..., role: _Optional[str] = ..., sha256: _Optional[str] = ..., provider: _Optional[str] = ..., device: _Optional[str] = ..., runtime: _Optional[str] = ..., precision: _Optional[str] = ...) -> None: ...

class Metric(_message.Message):
    __slots__ = ("name", "kind", "values", "pooled")
    NAME_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    VALUES_FIELD_NUMBER: _ClassVar[int]
    POOLED_FIELD_NUMBER: _ClassVar[int]
    name: str
    kind: str
    values: _containers.RepeatedScalarFieldContainer[float]
    pooled: Pooled
    def __init__(self, name: _Optional[str] = ..., kind: _Optional[str] = ..., values: _Optional[_Iterable[float]] = ..., pooled: _Optional[_Union[Pooled, _Mapping]] = ...) -> None: ...

class Pooled(_message.Message):
    __slots__ = ("mean", "harmonic_mean", "median", "min", "max", "stdev", "p1", "p5", "p10", "p90", "worst1", "worst5")
    MEAN_FIELD_NUMBER: _ClassVar[int]
    HARMONIC_MEAN_FIELD_NUMBER: _ClassVar[int]
    MEDIAN_FIELD_NUMBER: _ClassVar[int]
    MIN_FIELD_NUMBER: _ClassVar[int]
    MAX_FIELD_NUMBER: _ClassVar[int]
    STDEV_FIELD_NUMBER: _ClassVar[int]
    P1_FIELD_NUMBER: _ClassVar[int]
    P5_FIELD_NUMBER: _ClassVar[int]
    P10_FIELD_NUMBER: _ClassVar[int]
    P90_FIELD_NUMBER: _ClassVar[int]
    WORST1_FIELD_NUMBER: _ClassVar[int]
    WORST5_FIELD_NUMBER: _ClassVar[int]
    mean: float
    harmonic_mean: float
    median: float
    min: float
    max: float
    stdev: float
    p1: float
    p5: float
    p10: float
    p90: float
    worst1: float
    worst5: float
    def __init__(self, mean: _Optional[float] = ..., harmonic_mean: _Optional[float] = ..., median: _Optional[float] = ..., min: _Optional[float] = ..., max: _Optional[float] = ..., stdev: _Optional[float] = ..., p1: _Optional[float] = ..., p5: _Optional[float] = ..., p10: _Optional[float] = ..., p90: _Optional[float] = ..., worst1: _Optional[float] = ..., worst5: _Optional[float] = ...) -> None: ...

class ModelUse(_message.Message):
    __slots__ = ("metric", "version", "path", "flags", "overrides", "range")
    METRIC_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    PATH_FIELD_NUMBER: _ClassVar[int]
    FLAGS_FIELD_NUMBER: _ClassVar[int]
    OVERRIDES_FIELD_NUMBER: _ClassVar[int]
    RANGE_FIELD_NUMBER: _ClassVar[int]
    metric: str
    version: str
    path: str
    flags: _containers.RepeatedScalarFieldContainer[str]
    overrides: _containers.RepeatedCompositeFieldContainer[_task_pb2.Option]
    range: Range
    def __init__(self, metric: _Optional[str] = ..., version: _Optional[str] = ..., path: _Optional[str] = ..., flags: _Optional[_Iterable[str]] = ..., overrides: _Optional[_Iterable[_Union[_task_pb2.Option, _Mapping]]] = ..., range: _Optional[_Union[Range, _Mapping]] = ...) -> None: ...

class Range(_message.Message):
    __slots__ = ("low", "high")
    LOW_FIELD_NUMBER: _ClassVar[int]
    HIGH_FIELD_NUMBER: _ClassVar[int]
    low: float
    high: float
    def __init__(self, low: _Optional[float] = ..., high: _Optional[float] = ...) -> None: ...

class FrameAccount(_message.Message):
    __slots__ = ("reference_read", "distorted_read", "scored", "reference_left", "distorted_left", "counts_match")
    REFERENCE_READ_FIELD_NUMBER: _ClassVar[int]
    DISTORTED_READ_FIELD_NUMBER: _ClassVar[int]
    SCORED_FIELD_NUMBER: _ClassVar[int]
    REFERENCE_LEFT_FIELD_NUMBER: _ClassVar[int]
    DISTORTED_LEFT_FIELD_NUMBER: _ClassVar[int]
    COUNTS_MATCH_FIELD_NUMBER: _ClassVar[int]
    reference_read: int
    distorted_read: int
    scored: int
    reference_left: int
    distorted_left: int
    counts_match: bool
    def __init__(self, reference_read: _Optional[int] = ..., distorted_read: _Optional[int] = ..., scored: _Optional[int] = ..., reference_left: _Optional[int] = ..., distorted_left: _Optional[int] = ..., counts_match: _Optional[bool] = ...) -> None: ...

class WorstFrame(_message.Message):
    __slots__ = ("index", "time", "score")
    INDEX_FIELD_NUMBER: _ClassVar[int]
    TIME_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    index: int
    time: float
    score: float
    def __init__(self, index: _Optional[int] = ..., time: _Optional[float] = ..., score: _Optional[float] = ...) -> None: ...

class Notice(_message.Message):
    __slots__ = ("code", "text", "level")
    CODE_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    LEVEL_FIELD_NUMBER: _ClassVar[int]
    code: str
    text: str
    level: str
    def __init__(self, code: _Optional[str] = ..., text: _Optional[str] = ..., level: _Optional[str] = ...) -> None: ...

class Versions(_message.Message):
    __slots__ = ("vmafx", "libvmaf", "libvmaf_path", "ffmpeg", "pyav")
    VMAFX_FIELD_NUMBER: _ClassVar[int]
    LIBVMAF_FIELD_NUMBER: _ClassVar[int]
    LIBVMAF_PATH_FIELD_NUMBER: _ClassVar[int]
    FFMPEG_FIELD_NUMBER: _ClassVar[int]
    PYAV_FIELD_NUMBER: _ClassVar[int]
    vmafx: str
    libvmaf: str
    libvmaf_path: str
    ffmpeg: str
    pyav: str
    def __init__(self, vmafx: _Optional[str] = ..., libvmaf: _Optional[str] = ..., libvmaf_path: _Optional[str] = ..., ffmpeg: _Optional[str] = ..., pyav: _Optional[str] = ...) -> None: ...

class PictureFormat(_message.Message):
    __slots__ = ("width", "height", "chroma", "depth")
    WIDTH_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_FIELD_NUMBER: _ClassVar[int]
    CHROMA_FIELD_NUMBER: _ClassVar[int]
    DEPTH_FIELD_NUMBER: _ClassVar[int]
    width: int
    height: int
    chroma: str
    depth: int
    def __init__(self, width: _Optional[int] = ..., height: _Optional[int] = ..., chroma: _Optional[str] = ..., depth: _Optional[int] = ...) -> None: ...

class VideoInfo(_message.Message):
    __slots__ = ("location", "container", "codec", "width", "height", "coded_width", "coded_height", "pix_fmt", "chroma", "depth", "frame_rate", "variable_rate", "frame_count", "duration", "bit_rate", "color_range", "matrix", "primaries", "transfer", "rotation", "interlaced", "sample_aspect", "filters")
    LOCATION_FIELD_NUMBER: _ClassVar[int]
    CONTAINER_FIELD_NUMBER: _ClassVar[int]
    CODEC_FIELD_NUMBER: _ClassVar[int]
    WIDTH_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_FIELD_NUMBER: _ClassVar[int]
    CODED_WIDTH_FIELD_NUMBER: _ClassVar[int]
    CODED_HEIGHT_FIELD_NUMBER: _ClassVar[int]
    PIX_FMT_FIELD_NUMBER: _ClassVar[int]
    CHROMA_FIELD_NUMBER: _ClassVar[int]
    DEPTH_FIELD_NUMBER: _ClassVar[int]
    FRAME_RATE_FIELD_NUMBER: _ClassVar[int]
    VARIABLE_RATE_FIELD_NUMBER: _ClassVar[int]
    FRAME_COUNT_FIELD_NUMBER: _ClassVar[int]
    DURATION_FIELD_NUMBER: _ClassVar[int]
    BIT_RATE_FIELD_NUMBER: _ClassVar[int]
    COLOR_RANGE_FIELD_NUMBER: _ClassVar[int]
    MATRIX_FIELD_NUMBER: _ClassVar[int]
    PRIMARIES_FIELD_NUMBER: _ClassVar[int]
    TRANSFER_FIELD_NUMBER: _ClassVar[int]
    ROTATION_FIELD_NUMBER: _ClassVar[int]
    INTERLACED_FIELD_NUMBER: _ClassVar[int]
    SAMPLE_ASPECT_FIELD_NUMBER: _ClassVar[int]
    FILTERS_FIELD_NUMBER: _ClassVar[int]
    location: str
    container: str
    codec: str
    width: int
    height: int
    coded_width: int
    coded_height: int
    pix_fmt: str
    chroma: str
    depth: int
    frame_rate: _task_pb2.Rational
    variable_rate: bool
    frame_count: int
    duration: float
    bit_rate: int
    color_range: str
    matrix: str
    primaries: str
    transfer: str
    rotation: int
    interlaced: bool
    sample_aspect: _task_pb2.Rational
    filters: str
    def __init__(self, location: _Optional[str] = ..., container: _Optional[str] = ..., codec: _Optional[str] = ..., width: _Optional[int] = ..., height: _Optional[int] = ..., coded_width: _Optional[int] = ..., coded_height: _Optional[int] = ..., pix_fmt: _Optional[str] = ..., chroma: _Optional[str] = ..., depth: _Optional[int] = ..., frame_rate: _Optional[_Union[_task_pb2.Rational, _Mapping]] = ..., variable_rate: _Optional[bool] = ..., frame_count: _Optional[int] = ..., duration: _Optional[float] = ..., bit_rate: _Optional[int] = ..., color_range: _Optional[str] = ..., matrix: _Optional[str] = ..., primaries: _Optional[str] = ..., transfer: _Optional[str] = ..., rotation: _Optional[int] = ..., interlaced: _Optional[bool] = ..., sample_aspect: _Optional[_Union[_task_pb2.Rational, _Mapping]] = ..., filters: _Optional[str] = ...) -> None: ...

class Probe(_message.Message):
    __slots__ = ("info", "plan", "notices")
    INFO_FIELD_NUMBER: _ClassVar[int]
    PLAN_FIELD_NUMBER: _ClassVar[int]
    NOTICES_FIELD_NUMBER: _ClassVar[int]
    info: VideoInfo
    plan: ReferencePlan
    notices: _containers.RepeatedCompositeFieldContainer[Notice]
    def __init__(self, info: _Optional[_Union[VideoInfo, _Mapping]] = ..., plan: _Optional[_Union[ReferencePlan, _Mapping]] = ..., notices: _Optional[_Iterable[_Union[Notice, _Mapping]]] = ...) -> None: ...

class ReferencePlan(_message.Message):
    __slots__ = ("model", "picture", "filters", "deinterlaced", "frame_rate", "frames")
    MODEL_FIELD_NUMBER: _ClassVar[int]
    PICTURE_FIELD_NUMBER: _ClassVar[int]
    FILTERS_FIELD_NUMBER: _ClassVar[int]
    DEINTERLACED_FIELD_NUMBER: _ClassVar[int]
    FRAME_RATE_FIELD_NUMBER: _ClassVar[int]
    FRAMES_FIELD_NUMBER: _ClassVar[int]
    model: str
    picture: PictureFormat
    filters: str
    deinterlaced: bool
    frame_rate: _task_pb2.Rational
    frames: int
    def __init__(self, model: _Optional[str] = ..., picture: _Optional[_Union[PictureFormat, _Mapping]] = ..., filters: _Optional[str] = ..., deinterlaced: _Optional[bool] = ..., frame_rate: _Optional[_Union[_task_pb2.Rational, _Mapping]] = ..., frames: _Optional[int] = ...) -> None: ...
