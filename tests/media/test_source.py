from fractions import Fraction
from functools import cache
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import pytest

from support.data import shared
from vmafx_core.errors import InputError, MismatchError, UsageError
from vmafx_core.media.source import VideoSource
from vmafx_core.media.types import Chroma, Crop, InputSpec
from vmafx_core.testing import frame, picture, write_clip

FRAMES, WIDTH, HEIGHT = 30, 128, 96


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """30 frames at 25 a second, with B-frames, and a key frame every 12."""
    path = tmp_path_factory.mktemp("source") / "clip.mp4"
    options = {"crf": "10", "x264-params": "keyint=12:bframes=3:scenecut=0"}
    return write_clip(path, frames=FRAMES, width=WIDTH, height=HEIGHT, options=options)


def indices(path: Path, **options: float) -> list[int]:
    """Which of the clip's pictures come, by what they show."""
    with VideoSource(InputSpec(location=str(path), **options)) as source:  # type: ignore[arg-type]
        return [nearest(f) for f in source.frames()]


def nearest(shown: av.VideoFrame) -> int:
    luma = shown.to_ndarray(format="gray").astype(np.int16)
    return int(np.abs(made(shown.width, shown.height) - luma).mean(axis=(1, 2)).argmin())


@cache
def made(width: int, height: int) -> npt.NDArray[np.int16]:
    """The pictures that went into the clips, shape (frames, height, width)."""
    return np.stack([picture(i, width, height) for i in range(FRAMES)]).astype(np.int16)


def test_every_picture_comes_once_in_order(clip: Path) -> None:
    assert indices(clip) == list(range(FRAMES))


@pytest.mark.parametrize("threads", [0, 1, 3])
def test_threads_do_not_change_what_comes(clip: Path, threads: int) -> None:
    with VideoSource(InputSpec(location=str(clip)), threads=threads) as source:
        assert [nearest(f) for f in source.frames()] == list(range(FRAMES))


def test_times_begin_at_zero_wherever_the_container_begins(tmp_path: Path) -> None:
    for ending in ("ts", "mkv", "mp4"):
        path = tmp_path / f"late.{ending}"
        with av.open(str(path), "w") as container:
            stream = container.add_stream("libx264", rate=25)
            stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
            for i in range(5):
                late = frame(i, 64, 48)
                late.pts, late.time_base = 20 + i * 40, Fraction(1, 1000)
                container.mux(stream.encode(late))
            container.mux(stream.encode(None))
        with VideoSource(InputSpec(location=str(path))) as source:
            times = [f.time for f in source.frames()]
        assert times == pytest.approx([0, 0.04, 0.08, 0.12, 0.16], abs=1e-3)


def test_start_begins_at_that_time_and_duration_ends_after_it(clip: Path) -> None:
    assert indices(clip, start=0.6) == list(range(15, FRAMES))
    assert indices(clip, start=0.6, duration=0.2) == list(range(15, 20))
    assert indices(clip, duration=0.4) == list(range(10))


def test_a_start_between_two_frames_begins_with_the_later_one(clip: Path) -> None:
    assert indices(clip, start=0.61, duration=0.04) == [16]


def test_skip_drops_frames_after_the_start(clip: Path) -> None:
    assert indices(clip, skip=4, duration=0.08) == [4, 5]
    assert indices(clip, start=0.4, skip=3, duration=0.08) == [13, 14]


def test_times_keep_counting_from_the_streams_first_picture(clip: Path) -> None:
    with VideoSource(InputSpec(location=str(clip), start=0.4, skip=3)) as source:
        assert next(source.frames()).time == pytest.approx(0.52)


@pytest.mark.parametrize("wanted", [{"start": 60}, {"skip": 1000}])
def test_a_start_after_the_end_is_refused(clip: Path, wanted: dict[str, int]) -> None:
    with pytest.raises(MismatchError, match=r"ends at .* s, before what is wanted"):
        indices(clip, **wanted)


@pytest.mark.parametrize("ending", ["mkv", "ts", "avi", "h264", "y4m"])
def test_start_works_with_and_without_an_index(tmp_path: Path, ending: str) -> None:
    codec = {"y4m": "rawvideo", "avi": "mpeg4"}.get(ending, "libx264")
    path = write_clip(
        tmp_path / f"clip.{ending}", frames=FRAMES, width=WIDTH, height=HEIGHT, codec=codec
    )
    assert indices(path, start=0.6, duration=0.2) == list(range(15, 20))


def test_open_gops_lose_nothing_after_a_start(tmp_path: Path) -> None:
    params = "keyint=10:bframes=3:open-gop=1:scenecut=0"
    for codec, key in (("libx264", "x264-params"), ("libx265", "x265-params")):
        quiet = ":log-level=none" if codec == "libx265" else ""
        path = write_clip(
            tmp_path / f"{codec}.mp4",
            frames=FRAMES,
            width=WIDTH,
            height=HEIGHT,
            codec=codec,
            options={key: params + quiet},
        )
        assert indices(path) == list(range(FRAMES))
        with VideoSource(InputSpec(location=str(path), start=0.72)) as source:
            assert [nearest(f) for f in source.frames()] == list(range(18, FRAMES))
            assert not source.notices


def test_an_edit_list_hides_the_frames_it_cuts(tmp_path: Path, clip: Path) -> None:
    path = tmp_path / "edited.mp4"
    with av.open(str(clip)) as source, av.open(str(path), "w") as target:
        stream = source.streams.video[0]
        copy = target.add_stream_from_template(stream)
        for packet in source.demux(stream):
            if packet.dts is None or packet.pts is None:
                continue
            shift = int(5 / 25 / stream.time_base)
            packet.pts, packet.dts, packet.stream = packet.pts - shift, packet.dts - shift, copy
            target.mux(packet)
    with VideoSource(InputSpec(location=str(path))) as opened:
        shown = [(nearest(f), f.time) for f in opened.frames()]
    assert [i for i, _ in shown] == list(range(5, FRAMES))
    assert shown[0][1] == 0


def test_a_longer_sound_track_does_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "sound.mkv"
    with av.open(str(path), "w") as container:
        video = container.add_stream("libx264", rate=25)
        video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        sound = container.add_stream("pcm_s16le", rate=8000, layout="mono")
        for i in range(5):
            shown = frame(i, 64, 48)
            shown.pts = i
            container.mux(video.encode(shown))
        container.mux(video.encode(None))
        samples = av.AudioFrame.from_ndarray(np.zeros((1, 16000), np.int16), "s16", "mono")
        samples.rate = 8000
        container.mux(sound.encode(samples))
        container.mux(sound.encode(None))
    with VideoSource(InputSpec(location=str(path))) as source:
        assert len(list(source.frames())) == 5


def test_pictures_before_the_first_key_frame_are_left_out_with_a_notice(tmp_path: Path) -> None:
    for codec in ("libx264", "libx265", "mpeg2video"):
        key = {"libx264": "x264-params", "libx265": "x265-params"}.get(codec)
        params = "keyint=10:bframes=0:scenecut=0:log-level=none"
        whole = write_clip(
            tmp_path / f"{codec}.ts",
            frames=FRAMES,
            width=WIDTH,
            height=HEIGHT,
            codec=codec,
            options={key: params} if key else {"g": "10"},
        )
        data = whole.read_bytes()
        path = tmp_path / f"cut-{codec}.ts"
        path.write_bytes(data[len(data) // 8 // 188 * 188 :])
        with VideoSource(InputSpec(location=str(path))) as source:
            assert [nearest(f) for f in source.frames()] == list(range(10, FRAMES))
            assert [n.code for n in source.notices] == ["leading"]


def test_a_frame_rate_that_is_given_replaces_the_containers(clip: Path) -> None:
    with VideoSource(InputSpec(location=str(clip), frame_rate=Fraction(50))) as source:
        assert source.info.frame_rate == 50
        assert [f.time for f in source.frames()] == pytest.approx([i / 50 for i in range(FRAMES)])


def test_uneven_timestamps_are_kept_and_noticed(tmp_path: Path) -> None:
    ticks = [0, 40, 80, 200, 240, 400, 440, 480]
    path = tmp_path / "uneven.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        stream.codec_context.time_base = Fraction(1, 1000)
        for i, tick in enumerate(ticks):
            shown = frame(i, 64, 48)
            shown.pts, shown.time_base = tick, Fraction(1, 1000)
            container.mux(stream.encode(shown))
        container.mux(stream.encode(None))
    with VideoSource(InputSpec(location=str(path))) as source:
        assert source.info.variable_rate
        assert [f.time for f in source.frames()] == pytest.approx([t / 1000 for t in ticks])


def test_even_rates_are_not_taken_for_variable_ones(tmp_path: Path, clip: Path) -> None:
    with VideoSource(InputSpec(location=str(clip))) as source:
        assert not source.info.variable_rate
    for ending in ("mkv", "mp4", "ts"):
        path = write_clip(tmp_path / f"ntsc.{ending}", frames=40, rate=Fraction(30000, 1001))
        with VideoSource(InputSpec(location=str(path))) as source:
            assert not source.info.variable_rate
            assert float(source.info.frame_rate or 0) == pytest.approx(29.97, abs=0.01)


def test_what_a_container_says_is_in_the_info(clip: Path) -> None:
    with VideoSource(InputSpec(location=str(clip))) as source:
        info = source.info
    assert (info.codec, info.width, info.height, info.depth) == ("h264", WIDTH, HEIGHT, 8)
    assert (info.chroma, info.pix_fmt) == (Chroma.C420, "yuv420p")
    assert (info.frame_count, info.duration) == (FRAMES, FRAMES / 25)
    assert info.frame_rate == 25
    assert info.bit_rate
    assert info.bit_rate == pytest.approx(clip.stat().st_size * 8 / (FRAMES / 25), rel=0.1)
    assert (info.color_range, info.matrix, info.filters) == (None, None, "")


def test_colour_tags_are_read(tmp_path: Path) -> None:
    tags = "colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc:range=tv"
    path = write_clip(tmp_path / "hdr.mp4", frames=2, options={"x264-params": tags})
    with VideoSource(InputSpec(location=str(path))) as source:
        info = source.info
    assert (info.primaries, info.transfer, info.matrix, info.color_range) == (
        "bt2020",
        "smpte2084",
        "bt2020nc",
        "limited",
    )


def test_a_crop_must_lie_inside_the_pictures(clip: Path) -> None:
    with VideoSource(InputSpec(location=str(clip), crop=Crop(100, 60, 10, 20))) as source:
        assert (source.info.width, source.info.height) == (100, 60)
        assert (source.info.coded_width, source.info.coded_height) == (WIDTH, HEIGHT)
    with pytest.raises(UsageError, match="128x90 at 1,6 does not lie inside 128x96"):
        VideoSource(InputSpec(location=str(clip), crop=Crop(128, 90, 1, 6)))


def test_interlaced_pictures_are_recognised(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "fields.mkv", frames=4, options={"x264-params": "tff=1"})
    with VideoSource(InputSpec(location=str(path))) as source:
        assert source.info.interlaced
        assert source.info.filters == "bwdif=mode=send_frame:deint=interlaced"


def test_a_source_closes_its_file_after_a_failure(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mp4", frames=2)
    with pytest.raises(UsageError):
        VideoSource(InputSpec(location=str(path), crop=Crop(1000, 1000, 0, 0)))
    path.unlink()
    with pytest.raises(InputError):
        VideoSource(InputSpec(location=str(path)))


@pytest.mark.parametrize(
    ("name", "frames"),
    [("bigbuckbunny.mp4", 132), ("bikes.mp4", 250), ("carphone_distorted.mp4", 120)],
)
def test_real_films_are_read_whole(name: str, frames: int) -> None:
    with VideoSource(InputSpec(location=str(shared(f"media/{name}")))) as source:
        assert source.info.frame_count == frames
        assert sum(1 for _ in source.frames()) == frames


def test_b_frames_in_avi_come_in_order_at_even_times(tmp_path: Path) -> None:
    params = {"crf": "10", "x264-params": "keyint=12:bframes=3:scenecut=0"}
    path = write_clip(
        tmp_path / "clip.avi", frames=FRAMES, width=WIDTH, height=HEIGHT, options=params
    )
    with VideoSource(InputSpec(location=str(path))) as source:
        shown = [(nearest(f), f.time) for f in source.frames()]
        assert source.notices == ()
    assert [i for i, _ in shown] == list(range(FRAMES))
    assert [t for _, t in shown] == pytest.approx([i / 25 for i in range(FRAMES)])
    assert indices(path, start=0.6, duration=0.2) == list(range(15, 20))


def test_h264_copied_into_avi_with_fine_ticks_keeps_its_rate(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.ts", frames=FRAMES, width=WIDTH, height=HEIGHT)
    copied = tmp_path / "copied.avi"
    with av.open(str(clip)) as container, av.open(str(copied), "w") as target:
        stream = container.streams.video[0]
        copy = target.add_stream_from_template(stream)
        copy.time_base = Fraction(1, 600)
        for packet in container.demux(stream):
            if packet.pts is None or packet.dts is None:
                continue
            start = stream.start_time or 0
            packet.pts, packet.dts, packet.stream = packet.pts - start, packet.dts - start, copy
            target.mux(packet)
    with av.open(str(copied)) as container:
        assert container.streams.video[0].average_rate == 600
    with VideoSource(InputSpec(location=str(copied))) as source:
        assert source.info.frame_rate == 25
        assert not source.info.variable_rate
        assert source.info.frame_count is None
        assert [nearest(f) for f in source.frames()] == list(range(FRAMES))
        assert source.notices == ()
