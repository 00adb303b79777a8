"""The names and numbers that programs in the field rely on: they are never to change."""

import pytest
from google.protobuf.descriptor import Descriptor, FieldDescriptor

from vmafx_rpc import messages

_SCORING = messages.scoring.DESCRIPTOR
_CONTROLLER = messages.controller.DESCRIPTOR
_TYPES = {
    getattr(FieldDescriptor, name): name.removeprefix("TYPE_").lower()
    for name in vars(FieldDescriptor)
    if name.startswith("TYPE_")
}

_FIELDS = {
    "ScoreRequest": {
        1: "string reference",
        2: "string distorted",
        3: "string model",
        4: "ScoreOptions options",
    },
    "ScoreResponse": {
        1: "double score",
        2: "map<string, double> features",
        3: "ScoreProvenance provenance",
    },
    "ScoreOptions": {
        1: "optional int32 width",
        2: "optional int32 height",
        3: "optional PixelFormat pixel_format",
        4: "optional int32 bitdepth",
        10: "optional bool disable_clip",
        11: "optional bool enable_transform",
        14: "optional int32 threads",
        15: "optional int32 subsample",
        16: "optional int64 frame_cnt",
        17: "optional int64 frame_skip_ref",
        18: "optional int64 frame_skip_dist",
        19: "optional bool no_prediction",
        22: "repeated string feature",
    },
    "ScoreStreamRequest": {1: "StreamConfig config", 2: "FramePair frame_pair"},
    "StreamConfig": {
        1: "int32 width",
        2: "int32 height",
        3: "PixelFormat pixel_format",
        4: "string model",
        5: "int64 frame_count_hint",
    },
    "FramePair": {1: "int64 frame_index", 2: "bytes raw_reference", 3: "bytes raw_distorted"},
    "ScoreStreamResponse": {1: "FrameScore frame_score", 2: "AggregateScore aggregate"},
    "FrameScore": {
        1: "int64 frame_index",
        2: "double score",
        3: "map<string, double> features",
    },
    "AggregateScore": {
        1: "int64 frames_processed",
        2: "double score",
        3: "map<string, double> features",
        4: "int64 elapsed_ms",
        5: "ScoreProvenance provenance",
    },
    "HealthRequest": {},
    "HealthResponse": {1: "bool ok", 2: "string message"},
}
# What the field has in mind for numbers that are free here; whoever sends it means something else.
_TAKEN = {12, 13, 20, 21, 23, 24, *range(30, 41), *range(50, 53)}


def written(field: FieldDescriptor) -> str:
    """A field as a .proto file has it, without its number."""
    kind = _TYPES[field.type]
    if field.message_type:
        kind = field.message_type.name
        if field.message_type.GetOptions().map_entry:
            key, value = (_TYPES[f.type] for f in field.message_type.fields)
            return f"map<{key}, {value}> {field.name}"
    elif field.enum_type:
        kind = field.enum_type.name
    if field.is_repeated:
        return f"repeated {kind} {field.name}"
    in_own_oneof = field.containing_oneof and field.containing_oneof.name == f"_{field.name}"
    return f"optional {kind} {field.name}" if in_own_oneof else f"{kind} {field.name}"


def message(name: str) -> Descriptor:
    return _SCORING.message_types_by_name[name]


@pytest.mark.parametrize("name", _FIELDS)
def test_a_message_has_the_fields_of_the_field(name: str) -> None:
    found = {field.number: written(field) for field in message(name).fields}
    assert found.items() >= _FIELDS[name].items()


@pytest.mark.parametrize(
    ("name", "cases"),
    [
        ("ScoreStreamRequest", {"config", "frame_pair"}),
        ("ScoreStreamResponse", {"frame_score", "aggregate"}),
    ],
)
def test_what_streams_consist_of_is_one_of_these(name: str, cases: set[str]) -> None:
    oneof = message(name).oneofs_by_name["message"]
    assert cases <= {field.name for field in oneof.fields}


def test_no_option_has_a_number_that_means_something_else_elsewhere() -> None:
    assert not _TAKEN & {field.number for field in message("ScoreOptions").fields}


def test_pixel_formats_have_their_numbers() -> None:
    names = ["UNSPECIFIED", "YUV420P", "YUV422P", "YUV444P"]
    names += [f"{name}10LE" for name in names[1:]]
    values = _SCORING.enum_types_by_name["PixelFormat"].values_by_number
    assert [values[number].name for number in range(7)] == [f"PIXEL_FORMAT_{n}" for n in names]


def test_the_services_have_their_names_and_calls() -> None:
    scoring = _SCORING.services_by_name["VmafxScoring"]
    assert scoring.full_name == "vmafx.v1.VmafxScoring"
    calls = {
        m.name: (m.client_streaming, m.server_streaming, m.input_type.name, m.output_type.name)
        for m in scoring.methods
    }
    assert calls == {
        "Score": (False, False, "ScoreRequest", "ScoreResponse"),
        "ScoreStream": (True, True, "ScoreStreamRequest", "ScoreStreamResponse"),
        "Health": (False, False, "HealthRequest", "HealthResponse"),
    }
    controller = _CONTROLLER.services_by_name["VmafxController"]
    assert controller.full_name == "vmafx.controller.v1.VmafxController"
    jobs = {f"{verb}Job" for verb in ("Submit", "Get", "Cancel", "Retry", "Watch")}
    assert {m.name for m in controller.methods} >= jobs | {"ListJobs", "WatchJobs"}
    assert {m.name for m in controller.methods if m.server_streaming} == {"WatchJob", "WatchJobs"}


def test_jobs_have_the_states_of_the_field() -> None:
    states = _CONTROLLER.enum_types_by_name["JobState"].values
    names = [state.name.removeprefix("JOB_STATE_") for state in states[1:]]
    assert names == ["PENDING", "RUNNING", "COMPLETED", "FAILED", "CANCELLED"]
