"""What an encode carries over from its source, whatever the encoder."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.sidedata.sidedata import Type
from av.video.reformatter import ChromaLocation

from vmafx_core.encoders import to_file
from vmafx_core.encoders.catalogue import find_encoder
from vmafx_core.encoders.contract import EncodeSetting
from vmafx_core.encoders.to_file import encode_file
from vmafx_core.encoders.writing import Written
from vmafx_core.errors import UnknownNameError, UsageError, WorkError
from vmafx_core.media.source import VideoSource
from vmafx_core.media.types import InputSpec
from vmafx_core.testing import frame, write_clip

IN_PROCESS = {
    "libx264": "ultrafast",
    "libx265": "ultrafast",
    "libsvtav1": "12",
    "libvpx-vp9": "8",
}
HDR = "G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,1)"


def encoded(source: Path, target: Path, encoder: str, **setting: object) -> Written:
    wanted = EncodeSetting(encoder=encoder, quality=30, preset=IN_PROCESS[encoder], **setting)  # type: ignore[arg-type]
    with VideoSource(InputSpec(location=str(source))) as opened:
        return encode_file(opened.frames(), opened.info, wanted, target, threads=1)


def read(path: Path) -> tuple[VideoSource, list[av.VideoFrame]]:
    with VideoSource(InputSpec(location=str(path))) as opened:
        return opened, list(opened.frames())


@pytest.fixture(scope="module")
def hdr(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An HDR10 clip with all its tags and metadata, of anamorphic pictures."""
    path = tmp_path_factory.mktemp("hdr") / "hdr.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx265", rate=Fraction(24000, 1001))
        stream.width, stream.height, stream.pix_fmt = 128, 96, "yuv420p10le"
        context = stream.codec_context
        context.sample_aspect_ratio = Fraction(4, 3)
        context.color_primaries, context.color_trc, context.colorspace = 9, 16, 9
        context.color_range = 1
        params = f"log-level=none:master-display={HDR}:max-cll=1000,400:hdr10=1:chromaloc=2"
        context.options = {"x265-params": params, "preset": "ultrafast"}
        for i in range(10):
            picture = frame(i, 128, 96, "yuv420p10le")
            picture.pts, picture.time_base = i, Fraction(1001, 24000)
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))
    return path


@pytest.mark.parametrize("encoder", IN_PROCESS)
def test_colours_rate_and_aspect_survive(hdr: Path, tmp_path: Path, encoder: str) -> None:
    written = encoded(hdr, tmp_path / "out.mp4", encoder)
    source, before = read(hdr)
    result, after = read(tmp_path / "out.mp4")
    assert written.frames == len(after) == len(before) == 10
    for field in ("matrix", "primaries", "transfer", "color_range", "sample_aspect", "frame_rate"):
        assert getattr(result.info, field) == getattr(source.info, field) is not None, field
    assert result.info.depth == (8 if encoder == "libvpx-vp9" else 10)


@pytest.mark.parametrize("encoder", ["libx264", "libx265", "libsvtav1"])
def test_hdr10_metadata_survive(hdr: Path, tmp_path: Path, encoder: str) -> None:
    encoded(hdr, tmp_path / "out.mp4", encoder)
    (_, before), (_, after) = read(hdr), read(tmp_path / "out.mp4")

    def values(frames: list[av.VideoFrame], kind: Type) -> bytes:
        return next(bytes(side) for side in frames[0].side_data.values() if side.type is kind)

    assert values(after, Type.CONTENT_LIGHT_LEVEL) == values(before, Type.CONTENT_LIGHT_LEVEL)
    assert Type.MASTERING_DISPLAY_METADATA in {s.type for s in after[0].side_data.values()}
    assert after[0].chroma_location == before[0].chroma_location == ChromaLocation.TOPLEFT


def test_hdr10_metadata_that_an_encoder_does_not_take_is_told(hdr: Path, tmp_path: Path) -> None:
    (notice,) = encoded(hdr, tmp_path / "vp9.mp4", "libvpx-vp9").notices
    assert notice.code == "hdr10-not-passed-on"
    assert "hdr.mkv" in notice.text
    assert encoded(hdr, tmp_path / "av1.mp4", "libsvtav1").notices == ()


def test_shapes_that_are_nearly_square_survive_too(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mp4", frames=3, width=64, height=64)
    with VideoSource(InputSpec(location=str(path))) as opened:
        info = replace(opened.info, sample_aspect=Fraction(64, 63))
        setting = EncodeSetting(encoder="libx264", quality=30, preset="ultrafast")
        encode_file(opened.frames(), info, setting, tmp_path / "out.mp4")
    assert read(tmp_path / "out.mp4")[0].info.sample_aspect == Fraction(64, 63)


def test_times_begin_with_the_first_picture(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mp4", frames=20, width=64, height=64)
    with VideoSource(InputSpec(location=str(path), start=0.4)) as opened:
        setting = EncodeSetting(encoder="libx264", quality=30, preset="ultrafast")
        encode_file(opened.frames(), opened.info, setting, tmp_path / "out.mp4")
    with av.open(str(tmp_path / "out.mp4")) as container:
        assert container.start_time == 0
        assert container.duration == 400_000


@pytest.mark.parametrize("encoder", IN_PROCESS)
def test_uneven_times_survive(tmp_path: Path, encoder: str) -> None:
    timed = [0, 1, 3, 4, 8, 9, 10, 15, 16, 20, 21, 30]
    path = write_clip(
        tmp_path / "vfr.mp4", frames=len(timed), timed=timed, width=64, height=64, rate=30
    )
    encoded(path, tmp_path / "out.mp4", encoder)
    (_, before), (_, after) = read(path), read(tmp_path / "out.mp4")
    times = [float(f.time or 0) for f in after]
    assert times == pytest.approx([float(f.time or 0) for f in before], abs=1e-3)


@pytest.mark.parametrize("encoder", IN_PROCESS)
def test_a_key_frame_interval_makes_even_groups(tmp_path: Path, encoder: str) -> None:
    path = write_clip(tmp_path / "clip.mp4", frames=20, width=64, height=64)
    encoded(path, tmp_path / "out.mkv", encoder, keyframe_interval=5)
    _, frames = read(tmp_path / "out.mkv")
    assert [i for i, f in enumerate(frames) if f.key_frame] == [0, 5, 10, 15]


def test_pictures_are_scaled_and_keep_their_shape(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mp4", frames=3, width=320, height=240)
    encoded(path, tmp_path / "out.mp4", "libx264", size=(160, 120))
    result, _ = read(tmp_path / "out.mp4")
    assert (result.info.width, result.info.height) == (160, 120)
    assert result.info.sample_aspect == 1


@pytest.mark.parametrize(("laid_out", "plain"), [("nv12", "yuv420p"), ("nv16", "yuv422p")])
def test_pictures_are_laid_out_as_devices_want_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, laid_out: str, plain: str
) -> None:
    path = write_clip(tmp_path / "clip.mkv", frames=3, width=64, height=64, pix_fmt=plain)
    encoded(path, tmp_path / "plain.mkv", "libx264")
    device = replace(find_encoder("libx264"), pix_fmts=(laid_out,))
    monkeypatch.setattr(to_file, "find_encoder", lambda _: device)
    encoded(path, tmp_path / "device.mkv", "libx264")
    (_, before), (_, after) = read(tmp_path / "plain.mkv"), read(tmp_path / "device.mkv")
    for one, other in zip(before, after, strict=True):
        assert np.array_equal(one.to_ndarray(), other.to_ndarray())


def test_an_unknown_option_is_told_with_the_nearest(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mp4", frames=3, width=64, height=64)
    with pytest.raises(UnknownNameError, match=r"(?s)option of libx264 'crff'.*crf"):
        encoded(path, tmp_path / "out.mp4", "libx264", options=(("crff", "3"),))
    assert not (tmp_path / "out.mp4").exists()


@pytest.mark.parametrize(
    ("option", "says"),
    [
        (("crf", "20"), r"(?s)'crf' of libx264 is not free.*--min-quality"),
        (("preset", "slow"), r"(?s)'preset' of libx264 is not free.*--preset"),
        (("b", "1M"), "'b' of libx264 is not free"),
        (("nosuch", "1"), r"(?s)option of libx264 'nosuch'.*It has 8x8dct"),
        (("g", "abc"), r"(?s)cannot be opened.*g=abc"),
        (("x264-params", "aq-mode=3:crf=20"), "'crf' of libx264 is not free"),
        (("x264-params", "aq-mode=3:foo=1"), "x264-params=aq-mode=3:foo=1: .*'foo = 1'"),
    ],
)
def test_an_option_that_cannot_be_followed_is_wrong_usage(
    tmp_path: Path, option: tuple[str, str], says: str
) -> None:
    path = write_clip(tmp_path / "clip.mp4", frames=3, width=64, height=64)
    with pytest.raises(UsageError, match=says):
        encoded(path, tmp_path / "out.mp4", "libx264", options=(option,))


def test_nested_options_are_followed(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mp4", frames=20, width=64, height=64)
    encoded(path, tmp_path / "out.mp4", "libx264", options=(("x264-params", "keyint=5"),))
    assert [i for i, f in enumerate(read(tmp_path / "out.mp4")[1]) if f.key_frame] == [0, 5, 10, 15]


def test_odd_sizes_are_refused_where_chroma_is_halved(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mkv", frames=3, width=65, height=63, pix_fmt="yuv444p")
    with pytest.raises(UsageError, match=r"(?s)65x63 as yuv420p.*64x62"):
        encoded(path, tmp_path / "out.mp4", "libx264", pix_fmt="yuv420p")


def test_a_container_that_would_lose_the_shape_is_refused(hdr: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"(?s)4/3.*\.mp4"):
        encoded(hdr, tmp_path / "out.mkv", "libsvtav1")


def test_a_folder_that_is_missing_is_told_and_nothing_is_left(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mp4", frames=3, width=64, height=64)
    with pytest.raises(WorkError, match="cannot be written"):
        encoded(path, tmp_path / "missing" / "out.mp4", "libx264")
