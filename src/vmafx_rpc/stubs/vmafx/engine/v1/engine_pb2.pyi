from vmafx_rpc.stubs.vmafx.controller.v1 import controller_pb2 as _controller_pb2
from vmafx_rpc.stubs.vmafx.v1 import encode_pb2 as _encode_pb2
from vmafx_rpc.stubs.vmafx.v1 import result_pb2 as _result_pb2
from vmafx_rpc.stubs.vmafx.v1 import scoring_pb2 as _scoring_pb2
from vmafx_rpc.stubs.vmafx.v1 import task_pb2 as _task_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class WorkerRequest(_message.Message):
    __slots__ = ("run", "open_stream", "open_upload", "filled", "chunk", "finish", "probe")
    RUN_FIELD_NUMBER: _ClassVar[int]
    OPEN_STREAM_FIELD_NUMBER: _ClassVar[int]
    OPEN_UPLOAD_FIELD_NUMBER: _ClassVar[int]
    FILLED_FIELD_NUMBER: _ClassVar[int]
    CHUNK_FIELD_NUMBER: _ClassVar[int]
    FINISH_FIELD_NUMBER: _ClassVar[int]
    PROBE_FIELD_NUMBER: _ClassVar[int]
    run: Run
    open_stream: OpenStream
    open_upload: OpenUpload
    filled: Filled
    chunk: _scoring_pb2.Chunk
    finish: Finish
    probe: Probe
    def __init__(self, run: _Optional[_Union[Run, _Mapping]] = ..., open_stream: _Optional[_Union[OpenStream, _Mapping]] = ..., open_upload: _Optional[_Union[OpenUpload, _Mapping]] = ..., filled: _Optional[_Union[Filled, _Mapping]] = ..., chunk: _Optional[_Union[_scoring_pb2.Chunk, _Mapping]] = ..., finish: _Optional[_Union[Finish, _Mapping]] = ..., probe: _Optional[_Union[Probe, _Mapping]] = ...) -> None: ...

class Run(_message.Message):
    __slots__ = ("spec",)
    SPEC_FIELD_NUMBER: _ClassVar[int]
    spec: _controller_pb2.JobSpec
    def __init__(self, spec: _Optional[_Union[_controller_pb2.JobSpec, _Mapping]] = ...) -> None: ...

class Probe(_message.Message):
    __slots__ = ("input",)
    INPUT_FIELD_NUMBER: _ClassVar[int]
    input: _task_pb2.Input
    def __init__(self, input: _Optional[_Union[_task_pb2.Input, _Mapping]] = ...) -> None: ...

class OpenStream(_message.Message):
    __slots__ = ("config", "slots", "memory")
    CONFIG_FIELD_NUMBER: _ClassVar[int]
    SLOTS_FIELD_NUMBER: _ClassVar[int]
    MEMORY_FIELD_NUMBER: _ClassVar[int]
    config: _scoring_pb2.StreamConfig
    slots: int
    memory: str
    def __init__(self, config: _Optional[_Union[_scoring_pb2.StreamConfig, _Mapping]] = ..., slots: _Optional[int] = ..., memory: _Optional[str] = ...) -> None: ...

class OpenUpload(_message.Message):
    __slots__ = ("task",)
    TASK_FIELD_NUMBER: _ClassVar[int]
    task: _task_pb2.ScoreTask
    def __init__(self, task: _Optional[_Union[_task_pb2.ScoreTask, _Mapping]] = ...) -> None: ...

class Filled(_message.Message):
    __slots__ = ("slots",)
    SLOTS_FIELD_NUMBER: _ClassVar[int]
    slots: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, slots: _Optional[_Iterable[int]] = ...) -> None: ...

class Finish(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class WorkerResponse(_message.Message):
    __slots__ = ("ready", "score", "encode", "error", "emptied", "read", "probe")
    READY_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    ENCODE_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    EMPTIED_FIELD_NUMBER: _ClassVar[int]
    READ_FIELD_NUMBER: _ClassVar[int]
    PROBE_FIELD_NUMBER: _ClassVar[int]
    ready: Ready
    score: _result_pb2.ScoreEvent
    encode: _encode_pb2.EncodeEvent
    error: _controller_pb2.JobError
    emptied: Emptied
    read: _scoring_pb2.Read
    probe: _result_pb2.Probe
    def __init__(self, ready: _Optional[_Union[Ready, _Mapping]] = ..., score: _Optional[_Union[_result_pb2.ScoreEvent, _Mapping]] = ..., encode: _Optional[_Union[_encode_pb2.EncodeEvent, _Mapping]] = ..., error: _Optional[_Union[_controller_pb2.JobError, _Mapping]] = ..., emptied: _Optional[_Union[Emptied, _Mapping]] = ..., read: _Optional[_Union[_scoring_pb2.Read, _Mapping]] = ..., probe: _Optional[_Union[_result_pb2.Probe, _Mapping]] = ...) -> None: ...

class Ready(_message.Message):
    __slots__ = ("versions",)
    VERSIONS_FIELD_NUMBER: _ClassVar[int]
    versions: _result_pb2.Versions
    def __init__(self, versions: _Optional[_Union[_result_pb2.Versions, _Mapping]] = ...) -> None: ...

class Emptied(_message.Message):
    __slots__ = ("slots",)
    SLOTS_FIELD_NUMBER: _ClassVar[int]
    slots: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, slots: _Optional[_Iterable[int]] = ...) -> None: ...
