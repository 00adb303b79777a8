from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ScoreTask(_message.Message):
    __slots__ = ("reference", "distorted", "models", "features", "size", "frames", "pairing", "sync", "threads", "segment_frames", "latency", "neural", "device")
    REFERENCE_FIELD_NUMBER: _ClassVar[int]
    DISTORTED_FIELD_NUMBER: _ClassVar[int]
    MODELS_FIELD_NUMBER: _ClassVar[int]
    FEATURES_FIELD_NUMBER: _ClassVar[int]
    SIZE_FIELD_NUMBER: _ClassVar[int]
    FRAMES_FIELD_NUMBER: _ClassVar[int]
    PAIRING_FIELD_NUMBER: _ClassVar[int]
    SYNC_FIELD_NUMBER: _ClassVar[int]
    THREADS_FIELD_NUMBER: _ClassVar[int]
    SEGMENT_FRAMES_FIELD_NUMBER: _ClassVar[int]
    LATENCY_FIELD_NUMBER: _ClassVar[int]
    NEURAL_FIELD_NUMBER: _ClassVar[int]
    DEVICE_FIELD_NUMBER: _ClassVar[int]
    reference: Input
    distorted: _containers.RepeatedCompositeFieldContainer[Input]
    models: _containers.RepeatedCompositeFieldContainer[ModelSpec]
    features: _containers.RepeatedCompositeFieldContainer[FeatureSpec]
    size: Size
    frames: int
    pairing: str
    sync: Sync
    threads: int
    segment_frames: int
    latency: float
    neural: _containers.RepeatedCompositeFieldContainer[NeuralSpec]
    device: Device
    def __init__(self, reference: _Optional[_Union[Input, _Mapping]] = ..., distorted: _Optional[_Iterable[_Union[Input, _Mapping]]] = ..., models: _Optional[_Iterable[_Union[ModelSpec, _Mapping]]] = ..., features: _Optional[_Iterable[_Union[FeatureSpec, _Mapping]]] = ..., size: _Optional[_Union[Size, _Mapping]] = ..., frames: _Optional[int] = ..., pairing: _Optional[str] = ..., sync: _Optional[_Union[Sync, _Mapping]] = ..., threads: _Optional[int] = ..., segment_frames: _Optional[int] = ..., latency: _Optional[float] = ..., neural: _Optional[_Iterable[_Union[NeuralSpec, _Mapping]]] = ..., device: _Optional[_Union[Device, _Mapping]] = ...) -> None: ...

class NeuralSpec(_message.Message):
    __slots__ = ("model", "name", "int8", "encoder", "preset", "crf", "fp16")
    MODEL_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    INT8_FIELD_NUMBER: _ClassVar[int]
    ENCODER_FIELD_NUMBER: _ClassVar[int]
    PRESET_FIELD_NUMBER: _ClassVar[int]
    CRF_FIELD_NUMBER: _ClassVar[int]
    FP16_FIELD_NUMBER: _ClassVar[int]
    model: str
    name: str
    int8: bool
    encoder: str
    preset: float
    crf: float
    fp16: bool
    def __init__(self, model: _Optional[str] = ..., name: _Optional[str] = ..., int8: _Optional[bool] = ..., encoder: _Optional[str] = ..., preset: _Optional[float] = ..., crf: _Optional[float] = ..., fp16: _Optional[bool] = ...) -> None: ...

class Device(_message.Message):
    __slots__ = ("device", "which")
    DEVICE_FIELD_NUMBER: _ClassVar[int]
    WHICH_FIELD_NUMBER: _ClassVar[int]
    device: str
    which: str
    def __init__(self, device: _Optional[str] = ..., which: _Optional[str] = ...) -> None: ...

class Input(_message.Message):
    __slots__ = ("location", "width", "height", "pix_fmt", "frame_rate", "stream", "start", "duration", "skip", "crop", "deinterlace", "confined")
    LOCATION_FIELD_NUMBER: _ClassVar[int]
    WIDTH_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_FIELD_NUMBER: _ClassVar[int]
    PIX_FMT_FIELD_NUMBER: _ClassVar[int]
    FRAME_RATE_FIELD_NUMBER: _ClassVar[int]
    STREAM_FIELD_NUMBER: _ClassVar[int]
    START_FIELD_NUMBER: _ClassVar[int]
    DURATION_FIELD_NUMBER: _ClassVar[int]
    SKIP_FIELD_NUMBER: _ClassVar[int]
    CROP_FIELD_NUMBER: _ClassVar[int]
    DEINTERLACE_FIELD_NUMBER: _ClassVar[int]
    CONFINED_FIELD_NUMBER: _ClassVar[int]
    location: str
    width: int
    height: int
    pix_fmt: str
    frame_rate: Rational
    stream: int
    start: float
    duration: float
    skip: int
    crop: Crop
    deinterlace: str
    confined: bool
    def __init__(self, location: _Optional[str] = ..., width: _Optional[int] = ..., height: _Optional[int] = ..., pix_fmt: _Optional[str] = ..., frame_rate: _Optional[_Union[Rational, _Mapping]] = ..., stream: _Optional[int] = ..., start: _Optional[float] = ..., duration: _Optional[float] = ..., skip: _Optional[int] = ..., crop: _Optional[_Union[Crop, _Mapping]] = ..., deinterlace: _Optional[str] = ..., confined: _Optional[bool] = ...) -> None: ...

class ModelSpec(_message.Message):
    __slots__ = ("version", "path", "name", "disable_clip", "enable_transform", "overrides")
    VERSION_FIELD_NUMBER: _ClassVar[int]
    PATH_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    DISABLE_CLIP_FIELD_NUMBER: _ClassVar[int]
    ENABLE_TRANSFORM_FIELD_NUMBER: _ClassVar[int]
    OVERRIDES_FIELD_NUMBER: _ClassVar[int]
    version: str
    path: str
    name: str
    disable_clip: bool
    enable_transform: bool
    overrides: _containers.RepeatedCompositeFieldContainer[FeatureOverride]
    def __init__(self, version: _Optional[str] = ..., path: _Optional[str] = ..., name: _Optional[str] = ..., disable_clip: _Optional[bool] = ..., enable_transform: _Optional[bool] = ..., overrides: _Optional[_Iterable[_Union[FeatureOverride, _Mapping]]] = ...) -> None: ...

class FeatureSpec(_message.Message):
    __slots__ = ("name", "options")
    NAME_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    name: str
    options: _containers.RepeatedCompositeFieldContainer[Option]
    def __init__(self, name: _Optional[str] = ..., options: _Optional[_Iterable[_Union[Option, _Mapping]]] = ...) -> None: ...

class FeatureOverride(_message.Message):
    __slots__ = ("feature", "option", "value")
    FEATURE_FIELD_NUMBER: _ClassVar[int]
    OPTION_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    feature: str
    option: str
    value: str
    def __init__(self, feature: _Optional[str] = ..., option: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...

class Option(_message.Message):
    __slots__ = ("name", "value")
    NAME_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    name: str
    value: str
    def __init__(self, name: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...

class Sync(_message.Message):
    __slots__ = ("auto", "offset", "window")
    AUTO_FIELD_NUMBER: _ClassVar[int]
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    WINDOW_FIELD_NUMBER: _ClassVar[int]
    auto: bool
    offset: int
    window: float
    def __init__(self, auto: _Optional[bool] = ..., offset: _Optional[int] = ..., window: _Optional[float] = ...) -> None: ...

class Crop(_message.Message):
    __slots__ = ("width", "height", "x", "y")
    WIDTH_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_FIELD_NUMBER: _ClassVar[int]
    X_FIELD_NUMBER: _ClassVar[int]
    Y_FIELD_NUMBER: _ClassVar[int]
    width: int
    height: int
    x: int
    y: int
    def __init__(self, width: _Optional[int] = ..., height: _Optional[int] = ..., x: _Optional[int] = ..., y: _Optional[int] = ...) -> None: ...

class Size(_message.Message):
    __slots__ = ("width", "height")
    WIDTH_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_FIELD_NUMBER: _ClassVar[int]
    width: int
    height: int
    def __init__(self, width: _Optional[int] = ..., height: _Optional[int] = ...) -> None: ...

class Rational(_message.Message):
    __slots__ = ("numerator", "denominator")
    NUMERATOR_FIELD_NUMBER: _ClassVar[int]
    DENOMINATOR_FIELD_NUMBER: _ClassVar[int]
    numerator: int
    denominator: int
    def __init__(self, numerator: _Optional[int] = ..., denominator: _Optional[int] = ...) -> None: ...
