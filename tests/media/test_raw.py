from fractions import Fraction
from pathlib import Path

import pytest

from vmafx_core.errors import InputError, UnknownNameError
from vmafx_core.media.raw import frame_bytes, geometry
from vmafx_core.media.source import VideoSource
from vmafx_core.media.types import InputSpec
from vmafx_core.testing import picture


@pytest.mark.parametrize(
    ("name", "width", "height", "pix_fmt", "rate"),
    [
        ("park_1920x1080_50fps_yuv420p10le.yuv", 1920, 1080, "yuv420p10le", Fraction(50)),
        ("src01_hrc00_576x324.yuv422p.yuv", 576, 324, "yuv422p", None),
        ("Clip_3840x2160_59.94Hz_10b_422.yuv", 3840, 2160, "yuv422p10le", Fraction(60000, 1001)),
        ("clip_640x360_23.976fps_8bit.yuv", 640, 360, "yuv420p", Fraction(24000, 1001)),
        ("foreman_cif_420.yuv", 352, 288, "yuv420p", None),
        ("a-720X576-i420-25fps.raw", 720, 576, "yuv420p", Fraction(25)),
        ("shot_64x48.nv12", 64, 48, "nv12", None),
        ("shot_64x48_444_12bit.yuv", 64, 48, "yuv444p12le", None),
    ],
)
def test_a_files_name_tells_its_geometry(
    name: str, width: int, height: int, pix_fmt: str, rate: Fraction | None
) -> None:
    shape = geometry(InputSpec(location=f"/films/{name}"))
    assert (shape.width, shape.height, shape.pix_fmt) == (width, height, pix_fmt)
    assert (shape.frame_rate if shape.rate_known else None) == rate


def test_options_come_before_the_name() -> None:
    spec = InputSpec(
        location="a_64x48_yuv420p_25fps.yuv",
        width=32,
        height=16,
        pix_fmt="gray",
        frame_rate=Fraction(50),
    )
    shape = geometry(spec)
    assert (shape.width, shape.height, shape.pix_fmt) == (32, 16, "gray")
    assert shape.frame_rate == 50


def test_an_assumed_pixel_format_is_told() -> None:
    assert [n.code for n in geometry(InputSpec(location="a_64x48.yuv")).notices] == ["raw-format"]
    assert not geometry(InputSpec(location="a_64x48_yuv420p.yuv")).notices


def test_a_size_that_nothing_says_is_an_error_with_a_remedy() -> None:
    with pytest.raises(InputError, match=r"clip\.yuv: raw video.*\n.*--width"):
        geometry(InputSpec(location="clip.yuv"))


def test_an_unknown_pixel_format_brings_the_nearest_name() -> None:
    with pytest.raises(UnknownNameError, match="'yuv420p10le'"):
        geometry(InputSpec(location="a_64x48.yuv", pix_fmt="yuv420p10l"))


@pytest.mark.parametrize(
    ("pix_fmt", "expected"),
    [
        ("yuv420p", 15 * 9 + 2 * 8 * 5),
        ("yuv422p10le", 2 * (15 * 9 + 2 * 8 * 9)),
        ("yuv444p16le", 2 * 3 * 15 * 9),
        ("gray", 15 * 9),
        ("nv12", 15 * 9 + 2 * 8 * 5),
        ("rgb24", 3 * 15 * 9),
        ("yuva420p", 2 * 15 * 9 + 2 * 8 * 5),
    ],
)
def test_frames_of_odd_size_have_as_many_bytes_as_their_planes(pix_fmt: str, expected: int) -> None:
    assert frame_bytes(15, 9, pix_fmt) == expected


@pytest.mark.parametrize("pix_fmt", ["yuv420p", "yuv422p10le", "gray", "nv12", "rgb24", "yuyv422"])
def test_raw_pictures_are_read_one_by_one(tmp_path: Path, pix_fmt: str) -> None:
    path = tmp_path / f"clip_16x10_{pix_fmt}.yuv"
    path.write_bytes(bytes(3 * frame_bytes(16, 10, pix_fmt)))
    with VideoSource(InputSpec(location=str(path))) as source:
        assert source.info.frame_count == 3
        assert source.info.pix_fmt == pix_fmt
        assert len(list(source.frames())) == 3


def test_the_samples_of_a_raw_file_arrive_unchanged(tmp_path: Path) -> None:
    path = tmp_path / "clip_32x16_gray.yuv"
    path.write_bytes(b"".join(picture(i, 32, 16).tobytes() for i in range(2)))
    with VideoSource(InputSpec(location=str(path))) as source:
        frames = [f.to_ndarray() for f in source.frames()]
    assert all((f == picture(i, 32, 16)).all() for i, f in enumerate(frames))


def test_a_rest_of_bytes_is_counted_and_a_format_that_fits_is_named(tmp_path: Path) -> None:
    path = tmp_path / "clip_16x10.yuv"
    path.write_bytes(bytes(frame_bytes(16, 10, "yuv422p")))
    with pytest.raises(InputError, match=r"80 bytes over\n.*--pix-fmt yuv422p would fit"):
        VideoSource(InputSpec(location=str(path)))


def test_a_raw_file_that_is_cut_short_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "clip_16x10_yuv420p.yuv"
    path.write_bytes(bytes(2 * frame_bytes(16, 10, "yuv420p") - 1))
    with pytest.raises(InputError, match=r"1 frame of 16x10 yuv420p .* 239 bytes over"):
        VideoSource(InputSpec(location=str(path)))


def test_raw_video_takes_the_other_sides_rate_and_admits_that_it_has_none(tmp_path: Path) -> None:
    path = tmp_path / "clip_16x10_yuv420p.yuv"
    path.write_bytes(bytes(2 * frame_bytes(16, 10, "yuv420p")))
    with VideoSource(InputSpec(location=str(path))) as source:
        assert source.info.frame_rate is None
    with VideoSource(InputSpec(location=str(path)), default_rate=lambda: Fraction(50)) as source:
        assert source.info.frame_rate == 50
        assert [f.time for f in source.frames()] == [0, 0.02]


def test_a_y4m_file_named_yuv_is_read_as_y4m(tmp_path: Path) -> None:
    path = tmp_path / "clip.yuv"
    path.write_bytes(b"YUV4MPEG2 W16 H8 F50:1 C420jpeg\n" + (b"FRAME\n" + bytes(192)) * 3)
    with VideoSource(InputSpec(location=str(path))) as source:
        assert source.info.container == "yuv4mpegpipe"
        assert len(list(source.frames())) == 3


@pytest.mark.parametrize("value", [b"G", b"G@"])
def test_raw_pictures_are_not_taken_for_a_transport_stream(tmp_path: Path, value: bytes) -> None:
    path = tmp_path / "flat_64x48.yuv"
    path.write_bytes(value * (2 * frame_bytes(64, 48, "yuv420p") // len(value)))
    with VideoSource(InputSpec(location=str(path))) as source:
        assert len(list(source.frames())) == 2
