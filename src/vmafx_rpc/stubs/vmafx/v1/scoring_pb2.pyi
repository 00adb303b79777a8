from vmafx_rpc.stubs.vmafx.v1 import result_pb2 as _result_pb2
from vmafx_rpc.stubs.vmafx.v1 import task_pb2 as _task_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class PixelFormat(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PIXEL_FORMAT_UNSPECIFIED: _ClassVar[PixelFormat]
    PIXEL_FORMAT_YUV420P: _ClassVar[PixelFormat]
    PIXEL_FORMAT_YUV422P: _ClassVar[PixelFormat]
    PIXEL_FORMAT_YUV444P: _ClassVar[PixelFormat]
    PIXEL_FORMAT_YUV420P10LE: _ClassVar[PixelFormat]
    PIXEL_FORMAT_YUV422P10LE: _ClassVar[PixelFormat]
    PIXEL_FORMAT_YUV444P10LE: _ClassVar[PixelFormat]
    PIXEL_FORMAT_YUV420P12LE: _ClassVar[PixelFormat]
    PIXEL_FORMAT_YUV422P12LE: _ClassVar[PixelFormat]
    PIXEL_FORMAT_YUV444P12LE: _ClassVar[PixelFormat]
    PIXEL_FORMAT_YUV420P16LE: _ClassVar[PixelFormat]
    PIXEL_FORMAT_YUV422P16LE: _ClassVar[PixelFormat]
    PIXEL_FORMAT_YUV444P16LE: _ClassVar[PixelFormat]
    PIXEL_FORMAT_GRAY: _ClassVar[PixelFormat]
    PIXEL_FORMAT_GRAY10LE: _ClassVar[PixelFormat]
    PIXEL_FORMAT_GRAY12LE: _ClassVar[PixelFormat]
    PIXEL_FORMAT_GRAY16LE: _ClassVar[PixelFormat]
PIXEL_FORMAT_UNSPECIFIED: PixelFormat
PIXEL_FORMAT_YUV420P: PixelFormat
PIXEL_FORMAT_YUV422P: PixelFormat
PIXEL_FORMAT_YUV444P: PixelFormat
PIXEL_FORMAT_YUV420P10LE: PixelFormat
PIXEL_FORMAT_YUV422P10LE: PixelFormat
PIXEL_FORMAT_YUV444P10LE: PixelFormat
PIXEL_FORMAT_YUV420P12LE: PixelFormat
PIXEL_FORMAT_YUV422P12LE: PixelFormat
PIXEL_FORMAT_YUV444P12LE: PixelFormat
PIXEL_FORMAT_YUV420P16LE: PixelFormat
PIXEL_FORMAT_YUV422P16LE: PixelFormat
PIXEL_FORMAT_YUV444P16LE: PixelFormat
PIXEL_FORMAT_GRAY: PixelFormat
PIXEL_FORMAT_GRAY10LE: PixelFormat
PIXEL_FORMAT_GRAY12LE: PixelFormat
PIXEL_FORMAT_GRAY16LE: PixelFormat

class ScoreRequest(_message.Message):
    __slots__ = ("reference", "distorted", "model", "options")
    REFERENCE_FIELD_NUMBER: _ClassVar[int]
    DISTORTED_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    reference: str
    distorted: str
    model: str
    options: ScoreOptions
    def __init__(self, reference: _Optional[str] = ..., distorted: _Optional[str] = ..., model: _Optional[str] = ..., options: _Optional[_Union[ScoreOptions, _Mapping]] = ...) -> None: ...

class ScoreOptions(_message.Message):
    __slots__ = ("width", "height", "pixel_format", "bitdepth", "disable_clip", "enable_transform", "threads", "subsample", "frame_cnt", "frame_skip_ref", "frame_skip_dist", "no_prediction", "feature", "no_cache")
    WIDTH_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_FIELD_NUMBER: _ClassVar[int]
    PIXEL_FORMAT_FIELD_NUMBER: _ClassVar[int]
    BITDEPTH_FIELD_NUMBER: _ClassVar[int]
    DISABLE_CLIP_FIELD_NUMBER: _ClassVar[int]
    ENABLE_TRANSFORM_FIELD_NUMBER: _ClassVar[int]
    THREADS_FIELD_NUMBER: _ClassVar[int]
    SUBSAMPLE_FIELD_NUMBER: _ClassVar[int]
    FRAME_CNT_FIELD_NUMBER: _ClassVar[int]
    FRAME_SKIP_REF_FIELD_NUMBER: _ClassVar[int]
    FRAME_SKIP_DIST_FIELD_NUMBER: _ClassVar[int]
    NO_PREDICTION_FIELD_NUMBER: _ClassVar[int]
    FEATURE_FIELD_NUMBER: _ClassVar[int]
    NO_CACHE_FIELD_NUMBER: _ClassVar[int]
    width: int
    height: int
    pixel_format: PixelFormat
    bitdepth: int
    disable_clip: bool
    enable_transform: bool
    threads: int
    subsample: int
    frame_cnt: int
    frame_skip_ref: int
    frame_skip_dist: int
    no_prediction: bool
    feature: _containers.RepeatedScalarFieldContainer[str]
    no_cache: bool
    def __init__(self, width: _Optional[int] = ..., height: _Optional[int] = ..., pixel_format: _Optional[_Union[PixelFormat, str]] = ..., bitdepth: _Optional[int] = ..., disable_clip: _Optional[bool] = ..., enable_transform: _Optional[bool] = ..., threads: _Optional[int] = ..., subsample: _Optional[int] = ..., frame_cnt: _Optional[int] = ..., frame_skip_ref: _Optional[int] = ..., frame_skip_dist: _Optional[int] = ..., no_prediction: _Optional[bool] = ..., feature: _Optional[_Iterable[str]] = ..., no_cache: _Optional[bool] = ...) -> None: ...

class ScoreResponse(_message.Message):
    __slots__ = ("score", "features", "provenance")
    class FeaturesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: float
        def __init__(self, key: _Optional[str] = ..., value: _Optional[float] = ...) -> None: ...
    SCORE_FIELD_NUMBER: _ClassVar[int]
    FEATURES_FIELD_NUMBER: _ClassVar[int]
    PROVENANCE_FIELD_NUMBER: _ClassVar[int]
    score: float
    features: _containers.ScalarMap[str, float]
    provenance: ScoreProvenance
    def __init__(self, score: _Optional[float] = ..., features: _Optional[_Mapping[str, float]] = ..., provenance: _Optional[_Union[ScoreProvenance, _Mapping]] = ...) -> None: ...

class ScoreProvenance(_message.Message):
    __slots__ = ("model", "vmafx_version", "libvmaf_version", "ffmpeg_version", "frames", "job_id", "cached", "notices")
    MODEL_FIELD_NUMBER: _ClassVar[int]
    VMAFX_VERSION_FIELD_NUMBER: _ClassVar[int]
    LIBVMAF_VERSION_FIELD_NUMBER: _ClassVar[int]
    FFMPEG_VERSION_FIELD_NUMBER: _ClassVar[int]
    FRAMES_FIELD_NUMBER: _ClassVar[int]
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    CACHED_FIELD_NUMBER: _ClassVar[int]
    NOTICES_FIELD_NUMBER: _ClassVar[int]
    model: str
    vmafx_version: str
    libvmaf_version: str
    ffmpeg_version: str
    frames: int
    job_id: str
    cached: bool
    notices: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, model: _Optional[str] = ..., vmafx_version: _Optional[str] = ..., libvmaf_version: _Optional[str] = ..., ffmpeg_version: _Optional[str] = ..., frames: _Optional[int] = ..., job_id: _Optional[str] = ..., cached: _Optional[bool] = ..., notices: _Optional[_Iterable[str]] = ...) -> None: ...

class ScoreStreamRequest(_message.Message):
    __slots__ = ("config", "frame_pair", "task", "chunk", "filled")
    CONFIG_FIELD_NUMBER: _ClassVar[int]
    FRAME_PAIR_FIELD_NUMBER: _ClassVar[int]
    TASK_FIELD_NUMBER: _ClassVar[int]
    CHUNK_FIELD_NUMBER: _ClassVar[int]
    FILLED_FIELD_NUMBER: _ClassVar[int]
    config: StreamConfig
    frame_pair: FramePair
    task: _task_pb2.ScoreTask
    chunk: Chunk
    filled: FilledSlots
    def __init__(self, config: _Optional[_Union[StreamConfig, _Mapping]] = ..., frame_pair: _Optional[_Union[FramePair, _Mapping]] = ..., task: _Optional[_Union[_task_pb2.ScoreTask, _Mapping]] = ..., chunk: _Optional[_Union[Chunk, _Mapping]] = ..., filled: _Optional[_Union[FilledSlots, _Mapping]] = ...) -> None: ...

class StreamConfig(_message.Message):
    __slots__ = ("width", "height", "pixel_format", "model", "frame_count_hint", "options", "frame_rate", "shared_memory", "scores_in_runs")
    WIDTH_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_FIELD_NUMBER: _ClassVar[int]
    PIXEL_FORMAT_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    FRAME_COUNT_HINT_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    FRAME_RATE_FIELD_NUMBER: _ClassVar[int]
    SHARED_MEMORY_FIELD_NUMBER: _ClassVar[int]
    SCORES_IN_RUNS_FIELD_NUMBER: _ClassVar[int]
    width: int
    height: int
    pixel_format: PixelFormat
    model: str
    frame_count_hint: int
    options: ScoreOptions
    frame_rate: _task_pb2.Rational
    shared_memory: bool
    scores_in_runs: bool
    def __init__(self, width: _Optional[int] = ..., height: _Optional[int] = ..., pixel_format: _Optional[_Union[PixelFormat, str]] = ..., model: _Optional[str] = ..., frame_count_hint: _Optional[int] = ..., options: _Optional[_Union[ScoreOptions, _Mapping]] = ..., frame_rate: _Optional[_Union[_task_pb2.Rational, _Mapping]] = ..., shared_memory: _Optional[bool] = ..., scores_in_runs: _Optional[bool] = ...) -> None: ...

class FramePair(_message.Message):
    __slots__ = ("frame_index", "raw_reference", "raw_distorted")
    FRAME_INDEX_FIELD_NUMBER: _ClassVar[int]
    RAW_REFERENCE_FIELD_NUMBER: _ClassVar[int]
    RAW_DISTORTED_FIELD_NUMBER: _ClassVar[int]
    frame_index: int
    raw_reference: bytes
    raw_distorted: bytes
    def __init__(self, frame_index: _Optional[int] = ..., raw_reference: _Optional[bytes] = ..., raw_distorted: _Optional[bytes] = ...) -> None: ...

class FilledSlots(_message.Message):
    __slots__ = ("first_index", "slots")
    FIRST_INDEX_FIELD_NUMBER: _ClassVar[int]
    SLOTS_FIELD_NUMBER: _ClassVar[int]
    first_index: int
    slots: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, first_index: _Optional[int] = ..., slots: _Optional[_Iterable[int]] = ...) -> None: ...

class Chunk(_message.Message):
    __slots__ = ("input", "offset", "data", "error", "size")
    INPUT_FIELD_NUMBER: _ClassVar[int]
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    SIZE_FIELD_NUMBER: _ClassVar[int]
    input: int
    offset: int
    data: bytes
    error: str
    size: int
    def __init__(self, input: _Optional[int] = ..., offset: _Optional[int] = ..., data: _Optional[bytes] = ..., error: _Optional[str] = ..., size: _Optional[int] = ...) -> None: ...

class ScoreStreamResponse(_message.Message):
    __slots__ = ("frame_score", "aggregate", "read", "event", "memory", "free_slots", "frame_scores")
    FRAME_SCORE_FIELD_NUMBER: _ClassVar[int]
    AGGREGATE_FIELD_NUMBER: _ClassVar[int]
    READ_FIELD_NUMBER: _ClassVar[int]
    EVENT_FIELD_NUMBER: _ClassVar[int]
    MEMORY_FIELD_NUMBER: _ClassVar[int]
    FREE_SLOTS_FIELD_NUMBER: _ClassVar[int]
    FRAME_SCORES_FIELD_NUMBER: _ClassVar[int]
    frame_score: FrameScore
    aggregate: AggregateScore
    read: Read
    event: _result_pb2.ScoreEvent
    memory: SharedMemory
    free_slots: FreeSlots
    frame_scores: _result_pb2.FrameScores
    def __init__(self, frame_score: _Optional[_Union[FrameScore, _Mapping]] = ..., aggregate: _Optional[_Union[AggregateScore, _Mapping]] = ..., read: _Optional[_Union[Read, _Mapping]] = ..., event: _Optional[_Union[_result_pb2.ScoreEvent, _Mapping]] = ..., memory: _Optional[_Union[SharedMemory, _Mapping]] = ..., free_slots: _Optional[_Union[FreeSlots, _Mapping]] = ..., frame_scores: _Optional[_Union[_result_pb2.FrameScores, _Mapping]] = ...) -> None: ...

class SharedMemory(_message.Message):
    __slots__ = ("path", "name", "slots", "frame_bytes")
    PATH_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    SLOTS_FIELD_NUMBER: _ClassVar[int]
    FRAME_BYTES_FIELD_NUMBER: _ClassVar[int]
    path: str
    name: str
    slots: int
    frame_bytes: int
    def __init__(self, path: _Optional[str] = ..., name: _Optional[str] = ..., slots: _Optional[int] = ..., frame_bytes: _Optional[int] = ...) -> None: ...

class FreeSlots(_message.Message):
    __slots__ = ("slots",)
    SLOTS_FIELD_NUMBER: _ClassVar[int]
    slots: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, slots: _Optional[_Iterable[int]] = ...) -> None: ...

class FrameScore(_message.Message):
    __slots__ = ("frame_index", "score", "features")
    class FeaturesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: float
        def __init__(self, key: _Optional[str] = ..., value: _Optional[float] = ...) -> None: ...
    FRAME_INDEX_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    FEATURES_FIELD_NUMBER: _ClassVar[int]
    frame_index: int
    score: float
    features: _containers.ScalarMap[str, float]
    def __init__(self, frame_index: _Optional[int] = ..., score: _Optional[float] = ..., features: _Optional[_Mapping[str, float]] = ...) -> None: ...

class AggregateScore(_message.Message):
    __slots__ = ("frames_processed", "score", "features", "elapsed_ms", "provenance")
    class FeaturesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: float
        def __init__(self, key: _Optional[str] = ..., value: _Optional[float] = ...) -> None: ...
    FRAMES_PROCESSED_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    FEATURES_FIELD_NUMBER: _ClassVar[int]
    ELAPSED_MS_FIELD_NUMBER: _ClassVar[int]
    PROVENANCE_FIELD_NUMBER: _ClassVar[int]
    frames_processed: int
    score: float
    features: _containers.ScalarMap[str, float]
    elapsed_ms: int
    provenance: ScoreProvenance
    def __init__(self, frames_processed: _Optional[int] = ..., score: _Optional[float] = ..., features: _Optional[_Mapping[str, float]] = ..., elapsed_ms: _Optional[int] = ..., provenance: _Optional[_Union[ScoreProvenance, _Mapping]] = ...) -> None: ...

class Read(_message.Message):
    __slots__ = ("input", "offset", "length")
    INPUT_FIELD_NUMBER: _ClassVar[int]
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    LENGTH_FIELD_NUMBER: _ClassVar[int]
    input: int
    offset: int
    length: int
    def __init__(self, input: _Optional[int] = ..., offset: _Optional[int] = ..., length: _Optional[int] = ...) -> None: ...

class HealthRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class HealthResponse(_message.Message):
    __slots__ = ("ok", "message", "vmafx_version", "libvmaf_version")
    OK_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    VMAFX_VERSION_FIELD_NUMBER: _ClassVar[int]
    LIBVMAF_VERSION_FIELD_NUMBER: _ClassVar[int]
    ok: bool
    message: str
    vmafx_version: str
    libvmaf_version: str
    def __init__(self, ok: _Optional[bool] = ..., message: _Optional[str] = ..., vmafx_version: _Optional[str] = ..., libvmaf_version: _Optional[str] = ...) -> None: ...
