"""What goes over the wire comes back as it was."""

import dataclasses
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from support.findings import point
from support.results import pair, result
from vmafx_core.encoders.contract import EncodeSetting
from vmafx_core.errors import UsageError
from vmafx_core.libvmaf.specs import parse_feature, parse_model
from vmafx_core.media.types import Chroma, Crop, InputSpec, PictureFormat
from vmafx_core.notice import info, warning
from vmafx_core.probing.events import Advanced, Sampled
from vmafx_core.probing.points import Point
from vmafx_core.scoring.probe import Probe, ReferencePlan
from vmafx_core.scoring.request import DEFAULT_SEGMENT_FRAMES, ScoreRequest, Sync
from vmafx_core.scoring.result import ScoreResult
from vmafx_rpc import messages
from vmafx_rpc.convert import from_message, to_message


def assert_same(a: Any, b: Any) -> None:
    assert type(a) is type(b)
    if dataclasses.is_dataclass(a):
        for field in dataclasses.fields(a):
            assert_same(getattr(a, field.name), getattr(b, field.name))
    elif isinstance(a, np.ndarray):
        np.testing.assert_array_equal(a, b)
    elif isinstance(a, dict):
        assert list(a) == list(b)
        for key, value in a.items():
            assert_same(value, b[key])
    elif isinstance(a, tuple):
        assert len(a) == len(b)
        for one, other in zip(a, b, strict=True):
            assert_same(one, other)
    else:
        assert a == b


def there_and_back(value: Any, message: Any) -> Any:
    sent = to_message(value, message).SerializeToString()
    return from_message(message.FromString(sent), type(value))


@pytest.mark.parametrize(
    "request_",
    [
        ScoreRequest(reference=InputSpec(location="a"), distorted=(InputSpec(location="b"),)),
        ScoreRequest(
            reference=InputSpec(
                location="a.yuv",
                width=64,
                height=48,
                pix_fmt="yuv420p",
                frame_rate=Fraction(30000, 1001),
                start=1.5,
                duration=0.0,
                skip=2,
                crop=Crop(1, 2, 3, 4),
            ),
            distorted=(InputSpec(location="b", stream=0), InputSpec(location="c")),
            models=(parse_model("vmaf_v0.6.1:disable_clip:adm.adm_enhn_gain_limit=1.2"),),
            features=(parse_feature("psnr=enable_mse=true"), parse_feature("ms_ssim")),
            size=(640, 360),
            frames=1,
            sync=Sync(auto=True, offset=-3, window=1.0),
            threads=2,
            segment_frames=7,
        ),
        ScoreRequest(
            reference=InputSpec(location="a"),
            distorted=(),
            models=(),
            features=(parse_feature("psnr"),),
        ),
    ],
)
def test_a_request_comes_back_as_it_was(request_: ScoreRequest) -> None:
    assert_same(there_and_back(request_, messages.task.ScoreTask), request_)


def test_a_result_comes_back_as_it_was() -> None:
    sent = result(pair(), pair())
    back: ScoreResult = there_and_back(sent, messages.result.ScoreResult)
    assert_same(back, sent)


def test_a_point_comes_back_as_it_was() -> None:
    sent = dataclasses.replace(
        point(23),
        setting=EncodeSetting(
            encoder="libx264", quality=23.5, options=(("g", "250"), ("tune", "grain")), size=(2, 4)
        ),
    )
    back: Point = there_and_back(sent, messages.encode.Point)
    assert_same(back, sent)


def test_a_probe_comes_back_as_it_was() -> None:
    picture = PictureFormat(240, 320, Chroma.C420, 10)
    plan = ReferencePlan(
        model="vmaf_v1.0.16_3d0h",
        picture=picture,
        filters="transpose=clock",
        deinterlaced=True,
        frame_rate=Fraction(30000, 1001),
        frames=None,
    )
    notices = (info("rotated", "turned"), warning("read-once", "gone"))
    sent = Probe(result().reference, plan, notices)
    assert_same(there_and_back(sent, messages.result.Probe), sent)


@pytest.mark.parametrize(
    ("event", "message"),
    [(Advanced, messages.encode.Advanced), (Sampled, messages.encode.Sampled)],
)
def test_nothing_that_is_told_of_a_search_is_lost(event: Any, message: Any) -> None:
    told = {field.name for field in dataclasses.fields(event)}
    assert told <= set(message.DESCRIPTOR.fields_by_name)


def test_what_is_not_set_is_the_default() -> None:
    sparse = messages.task.ScoreTask(reference=messages.task.Input(location="a"))
    back = from_message(sparse, ScoreRequest)
    assert back.sync == Sync()
    assert back.segment_frames == DEFAULT_SEGMENT_FRAMES
    assert back.pairing.value == "auto"
    assert back.models == ()


def test_a_value_that_is_not_allowed_is_an_error() -> None:
    sparse = messages.task.ScoreTask(pairing="diagonal")
    with pytest.raises(UsageError, match="'diagonal' is no pairing"):
        from_message(sparse, ScoreRequest)


def test_text_that_is_not_utf_8_is_an_error() -> None:
    spec = InputSpec(location=b"\xff.mp4".decode("utf-8", "surrogateescape"))
    with pytest.raises(UsageError, match="cannot be sent"):
        to_message(spec, messages.task.Input)


def test_a_number_that_is_too_large_is_an_error() -> None:
    with pytest.raises(UsageError, match="cannot be sent"):
        to_message(InputSpec(location="a", skip=1 << 70), messages.task.Input)
