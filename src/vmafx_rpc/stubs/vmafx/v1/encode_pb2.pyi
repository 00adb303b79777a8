from vmafx_rpc.stubs.vmafx.v1 import result_pb2 as _result_pb2
from vmafx_rpc.stubs.vmafx.v1 import task_pb2 as _task_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class EncodeTask(_message.Message):
    __slots__ = ("source", "setting", "measuring", "windows")
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    SETTING_FIELD_NUMBER: _ClassVar[int]
    MEASURING_FIELD_NUMBER: _ClassVar[int]
    WINDOWS_FIELD_NUMBER: _ClassVar[int]
    source: _task_pb2.Input
    setting: EncodeSetting
    measuring: Measuring
    windows: _containers.RepeatedCompositeFieldContainer[Window]
    def __init__(self, source: _Optional[_Union[_task_pb2.Input, _Mapping]] = ..., setting: _Optional[_Union[EncodeSetting, _Mapping]] = ..., measuring: _Optional[_Union[Measuring, _Mapping]] = ..., windows: _Optional[_Iterable[_Union[Window, _Mapping]]] = ...) -> None: ...

class EncodeSetting(_message.Message):
    __slots__ = ("encoder", "quality", "preset", "options", "pix_fmt", "size", "keyframe_interval")
    ENCODER_FIELD_NUMBER: _ClassVar[int]
    QUALITY_FIELD_NUMBER: _ClassVar[int]
    PRESET_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    PIX_FMT_FIELD_NUMBER: _ClassVar[int]
    SIZE_FIELD_NUMBER: _ClassVar[int]
    KEYFRAME_INTERVAL_FIELD_NUMBER: _ClassVar[int]
    encoder: str
    quality: float
    preset: str
    options: _containers.RepeatedCompositeFieldContainer[_task_pb2.Option]
    pix_fmt: str
    size: _task_pb2.Size
    keyframe_interval: int
    def __init__(self, encoder: _Optional[str] = ..., quality: _Optional[float] = ..., preset: _Optional[str] = ..., options: _Optional[_Iterable[_Union[_task_pb2.Option, _Mapping]]] = ..., pix_fmt: _Optional[str] = ..., size: _Optional[_Union[_task_pb2.Size, _Mapping]] = ..., keyframe_interval: _Optional[int] = ...) -> None: ...

class Measuring(_message.Message):
    __slots__ = ("models", "features", "sampling", "display", "threads", "cache")
    MODELS_FIELD_NUMBER: _ClassVar[int]
    FEATURES_FIELD_NUMBER: _ClassVar[int]
    SAMPLING_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_FIELD_NUMBER: _ClassVar[int]
    THREADS_FIELD_NUMBER: _ClassVar[int]
    CACHE_FIELD_NUMBER: _ClassVar[int]
    models: _containers.RepeatedCompositeFieldContainer[_task_pb2.ModelSpec]
    features: _containers.RepeatedCompositeFieldContainer[_task_pb2.FeatureSpec]
    sampling: Sampling
    display: _task_pb2.Size
    threads: int
    cache: bool
    def __init__(self, models: _Optional[_Iterable[_Union[_task_pb2.ModelSpec, _Mapping]]] = ..., features: _Optional[_Iterable[_Union[_task_pb2.FeatureSpec, _Mapping]]] = ..., sampling: _Optional[_Union[Sampling, _Mapping]] = ..., display: _Optional[_Union[_task_pb2.Size, _Mapping]] = ..., threads: _Optional[int] = ..., cache: _Optional[bool] = ...) -> None: ...

class Sampling(_message.Message):
    __slots__ = ("windows", "seconds", "whole")
    WINDOWS_FIELD_NUMBER: _ClassVar[int]
    SECONDS_FIELD_NUMBER: _ClassVar[int]
    WHOLE_FIELD_NUMBER: _ClassVar[int]
    windows: int
    seconds: float
    whole: bool
    def __init__(self, windows: _Optional[int] = ..., seconds: _Optional[float] = ..., whole: _Optional[bool] = ...) -> None: ...

class Window(_message.Message):
    __slots__ = ("start", "duration")
    START_FIELD_NUMBER: _ClassVar[int]
    DURATION_FIELD_NUMBER: _ClassVar[int]
    start: float
    duration: float
    def __init__(self, start: _Optional[float] = ..., duration: _Optional[float] = ...) -> None: ...

class EncodeEvent(_message.Message):
    __slots__ = ("sampled", "notice", "advanced", "point")
    SAMPLED_FIELD_NUMBER: _ClassVar[int]
    NOTICE_FIELD_NUMBER: _ClassVar[int]
    ADVANCED_FIELD_NUMBER: _ClassVar[int]
    POINT_FIELD_NUMBER: _ClassVar[int]
    sampled: Sampled
    notice: _result_pb2.Notice
    advanced: Advanced
    point: Point
    def __init__(self, sampled: _Optional[_Union[Sampled, _Mapping]] = ..., notice: _Optional[_Union[_result_pb2.Notice, _Mapping]] = ..., advanced: _Optional[_Union[Advanced, _Mapping]] = ..., point: _Optional[_Union[Point, _Mapping]] = ...) -> None: ...

class Sampled(_message.Message):
    __slots__ = ("info", "windows", "whole", "frames", "duration", "digest")
    INFO_FIELD_NUMBER: _ClassVar[int]
    WINDOWS_FIELD_NUMBER: _ClassVar[int]
    WHOLE_FIELD_NUMBER: _ClassVar[int]
    FRAMES_FIELD_NUMBER: _ClassVar[int]
    DURATION_FIELD_NUMBER: _ClassVar[int]
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    info: _result_pb2.VideoInfo
    windows: _containers.RepeatedCompositeFieldContainer[Window]
    whole: bool
    frames: int
    duration: float
    digest: str
    def __init__(self, info: _Optional[_Union[_result_pb2.VideoInfo, _Mapping]] = ..., windows: _Optional[_Iterable[_Union[Window, _Mapping]]] = ..., whole: _Optional[bool] = ..., frames: _Optional[int] = ..., duration: _Optional[float] = ..., digest: _Optional[str] = ...) -> None: ...

class Advanced(_message.Message):
    __slots__ = ("phase", "done", "total", "seconds", "kept")
    PHASE_FIELD_NUMBER: _ClassVar[int]
    DONE_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    SECONDS_FIELD_NUMBER: _ClassVar[int]
    KEPT_FIELD_NUMBER: _ClassVar[int]
    phase: str
    done: int
    total: int
    seconds: float
    kept: int
    def __init__(self, phase: _Optional[str] = ..., done: _Optional[int] = ..., total: _Optional[int] = ..., seconds: _Optional[float] = ..., kept: _Optional[int] = ...) -> None: ...

class Point(_message.Message):
    __slots__ = ("setting", "pix_fmt", "metrics", "frames", "duration", "video_bytes", "encode_seconds", "score_seconds", "cached", "encoder_version")
    SETTING_FIELD_NUMBER: _ClassVar[int]
    PIX_FMT_FIELD_NUMBER: _ClassVar[int]
    METRICS_FIELD_NUMBER: _ClassVar[int]
    FRAMES_FIELD_NUMBER: _ClassVar[int]
    DURATION_FIELD_NUMBER: _ClassVar[int]
    VIDEO_BYTES_FIELD_NUMBER: _ClassVar[int]
    ENCODE_SECONDS_FIELD_NUMBER: _ClassVar[int]
    SCORE_SECONDS_FIELD_NUMBER: _ClassVar[int]
    CACHED_FIELD_NUMBER: _ClassVar[int]
    ENCODER_VERSION_FIELD_NUMBER: _ClassVar[int]
    setting: EncodeSetting
    pix_fmt: str
    metrics: _containers.RepeatedCompositeFieldContainer[_result_pb2.Metric]
    frames: int
    duration: float
    video_bytes: int
    encode_seconds: float
    score_seconds: float
    cached: bool
    encoder_version: str
    def __init__(self, setting: _Optional[_Union[EncodeSetting, _Mapping]] = ..., pix_fmt: _Optional[str] = ..., metrics: _Optional[_Iterable[_Union[_result_pb2.Metric, _Mapping]]] = ..., frames: _Optional[int] = ..., duration: _Optional[float] = ..., video_bytes: _Optional[int] = ..., encode_seconds: _Optional[float] = ..., score_seconds: _Optional[float] = ..., cached: _Optional[bool] = ..., encoder_version: _Optional[str] = ...) -> None: ...
