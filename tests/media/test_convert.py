import subprocess
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.filter import Graph

from support.data import ffmpeg, shared
from support.results import video
from vmafx_core.errors import InputError
from vmafx_core.media.convert import Converter
from vmafx_core.media.match import match
from vmafx_core.media.source import VideoSource
from vmafx_core.media.sync import thumbnail
from vmafx_core.media.types import Chroma, Crop, Deinterlace, InputSpec, PictureFormat
from vmafx_core.testing import frame, picture, write_clip


def planes(shown: av.VideoFrame, picture: PictureFormat) -> bytes:
    """The samples that are handed to libvmaf, without padding."""
    wide = 1 if picture.depth == 8 else 2
    rows = []
    for plane in shown.planes[: 1 if picture.chroma is Chroma.GRAY else 3]:
        grid = np.frombuffer(plane, np.uint8).reshape(plane.height, -1)
        rows.append(grid[:, : plane.width * wide].tobytes())
    return b"".join(rows)


def converted(spec: InputSpec, filters: str, picture: PictureFormat) -> list[bytes]:
    with VideoSource(spec) as source:
        converter = Converter(source.info, filters, picture)
        pictures = [p for f in source.frames() for p in converter.push(f)]
        pictures += converter.flush()
        return [planes(p, picture) for p in pictures]


def by_command(path: Path, filters: str, pix_fmt: str) -> bytes:
    """What the ffmpeg command makes of it."""
    command = [ffmpeg(), "-v", "error", "-i", str(path)]
    command += ["-vf", filters] if filters else []
    command += ["-pix_fmt", pix_fmt, "-fps_mode", "passthrough", "-f", "rawvideo", "-"]
    return subprocess.run(command, check=True, capture_output=True).stdout


def check_like_command(reference: Path, distorted: Path, filters: str, **options: int) -> None:
    """Check that both ways make the same samples of the distorted video."""
    with (
        VideoSource(InputSpec(location=str(reference))) as ours,
        VideoSource(InputSpec(location=str(distorted))) as theirs,
    ):
        found = match(ours.info, theirs.info, **options)  # type: ignore[arg-type]
    made = converted(InputSpec(location=str(distorted)), found.distorted_filters, found.picture)
    assert b"".join(made) == by_command(distorted, filters, found.picture.pix_fmt)


@pytest.mark.parametrize(
    ("reference", "distorted", "filters"),
    [
        ("320x240 yuv420p", "160x120 yuv420p", "scale=320:240:flags=bicubic"),
        ("160x120 yuv420p", "320x240 yuv420p", "scale=160:120:flags=bicubic"),
        ("161x121 yuv444p", "96x80 yuv444p", "scale=161:121:flags=bicubic"),
        ("160x120 yuv420p10le", "160x120 yuv420p", ""),
        ("160x120 yuv420p10le", "96x80 yuv420p", "scale=160:120:flags=bicubic"),
        ("160x120 yuv420p", "96x80 yuv444p10le", "scale=160:120:flags=bicubic"),
        ("160x120 yuv422p", "160x120 yuv420p", ""),
        ("160x120 yuv444p12le", "160x120 yuv422p10le", ""),
        ("160x120 yuv420p16le", "160x120 yuv420p10le", ""),
        ("160x120 yuv420p", "160x120 yuv440p", ""),
        ("160x120 yuv420p", "160x120 yuva420p", ""),
    ],
)
def test_pictures_are_converted_as_the_ffmpeg_command_does(
    tmp_path: Path, reference: str, distorted: str, filters: str
) -> None:
    paths = []
    for number, form in enumerate((reference, distorted)):
        size, pix_fmt = form.split()
        width, height = (int(n) for n in size.split("x"))
        paths.append(
            write_clip(
                tmp_path / f"{number}.mkv",
                frames=2,
                width=width,
                height=height,
                codec="ffv1",
                pix_fmt=pix_fmt,
            )
        )
    check_like_command(paths[0], paths[1], filters + ("," if filters else "") + "copy")


@pytest.mark.parametrize(
    ("reference", "distorted", "filters"),
    [
        ("color_range=tv", "color_range=pc", "scale=in_range=full:out_range=limited"),
        ("color_range=pc", "color_range=tv", "scale=in_range=limited:out_range=full"),
        (
            "colorspace=bt709",
            "colorspace=smpte170m",
            "scale=in_color_matrix=bt601:out_color_matrix=bt709",
        ),
    ],
)
def test_colours_are_converted_as_the_ffmpeg_command_does(
    tmp_path: Path, reference: str, distorted: str, filters: str
) -> None:
    paths = [
        write_clip(tmp_path / f"{i}.mkv", frames=2, options=dict([tag.split("=")]))
        for i, tag in enumerate((reference, distorted))
    ]
    check_like_command(paths[0], paths[1], filters)


def test_rgb_becomes_yuv_as_the_ffmpeg_command_does(tmp_path: Path) -> None:
    yuv = write_clip(tmp_path / "yuv.mkv", frames=2, codec="ffv1")
    rgb = write_clip(tmp_path / "rgb.mkv", frames=2, codec="ffv1", pix_fmt="bgr0")
    check_like_command(yuv, rgb, "")


def test_the_golden_pair_is_scaled_as_the_ffmpeg_command_does() -> None:
    reference = shared("golden/Seeking_30_480_1050.mp4")
    distorted = shared("golden/Seeking_10_288_375.mp4")
    check_like_command(reference, distorted, "scale=720:480:flags=bicubic")


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
@pytest.mark.parametrize("mirrored", [False, True])
def test_turned_and_mirrored_pictures_are_shown_as_the_ffmpeg_command_does(
    tmp_path: Path, degrees: int, *, mirrored: bool
) -> None:
    path = tmp_path / "turned.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 128, 64, "yuv420p"
        stream.set_display_rotation(degrees, hflip=mirrored)
        for i in range(2):
            shown = frame(i, 128, 64)
            shown.pts = i
            container.mux(stream.encode(shown))
        container.mux(stream.encode(None))
    with VideoSource(InputSpec(location=str(path))) as source:
        info = source.info
        found = match(info, info)
    sideways = degrees in {90, 270}
    assert (info.width, info.height) == ((64, 128) if sideways else (128, 64))
    assert (info.coded_width, info.coded_height) == (128, 64)
    made = converted(InputSpec(location=str(path)), found.distorted_filters, found.picture)
    assert b"".join(made) == by_command(path, "", "yuv420p")


def test_a_crop_keeps_the_samples_that_were_there(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mkv", frames=2, width=128, height=96, codec="ffv1")
    spec = InputSpec(location=str(path), crop=Crop(64, 40, 32, 56))
    with VideoSource(spec) as source:
        found = match(source.info, source.info)
    assert found.picture == PictureFormat(64, 40, Chroma.C420, 8)
    made = converted(spec, found.distorted_filters, found.picture)
    assert b"".join(made) == by_command(path, "crop=64:40:32:56", "yuv420p")


def test_interlaced_pictures_are_deinterlaced_one_for_one(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "fields.mkv", frames=5, options={"x264-params": "tff=1"})
    with VideoSource(InputSpec(location=str(path))) as source:
        found = match(source.info, source.info)
    made = converted(InputSpec(location=str(path)), found.distorted_filters, found.picture)
    assert len(made) == 5
    assert b"".join(made) == by_command(path, "bwdif=mode=send_frame:deint=interlaced", "yuv420p")


def test_deinterlacing_can_be_left_off(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "fields.mkv", frames=2, options={"x264-params": "tff=1"})
    spec = InputSpec(location=str(path), deinterlace=Deinterlace.OFF)
    with VideoSource(spec) as source:
        assert source.info.interlaced
        assert source.info.filters == ""


def test_pictures_pass_untouched_where_nothing_is_to_do() -> None:
    picture = PictureFormat(64, 48, Chroma.C420, 8)
    converter = Converter(video("v.mp4", width=64, height=48), "", picture)
    shown = frame(0, 64, 48)
    (passed,) = converter.push(shown)
    assert passed is shown
    assert converter.flush() == []


def test_luma_is_handed_on_as_it_is(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mkv", frames=1, width=64, height=48, codec="ffv1")
    small = replace(video("v"), width=64, height=48)
    grey = replace(small, chroma=Chroma.GRAY, pix_fmt="gray")
    found = match(small, grey)
    (luma,) = converted(InputSpec(location=str(path)), found.reference_filters, found.picture)
    assert luma == by_command(path, "", "yuv420p")[: 64 * 48]


GREY = [
    ("gray.mkv", ["-c:v", "ffv1", "-pix_fmt", "gray"]),
    ("gray10.mkv", ["-c:v", "ffv1", "-pix_fmt", "gray10le"]),
    ("gray12.mkv", ["-c:v", "ffv1", "-pix_fmt", "gray12le"]),
    ("gray16.nut", ["-c:v", "rawvideo", "-pix_fmt", "gray16be"]),
    ("ya8.mov", ["-c:v", "png", "-pix_fmt", "ya8"]),
    ("ya16.mov", ["-c:v", "png", "-pix_fmt", "ya16be"]),
    ("gray16.png", ["-pix_fmt", "gray16be"]),
    ("mono.y4m", ["-pix_fmt", "gray"]),
    ("clip_64x48_gray.yuv", ["-f", "rawvideo", "-pix_fmt", "gray"]),
    ("limited.mkv", ["-vf", "extractplanes=y", "-c:v", "ffv1", "-pix_fmt", "gray"]),
]


@pytest.mark.parametrize("size", ["64x48", "48x40"])
@pytest.mark.parametrize(("name", "options"), GREY)
def test_grey_has_the_luma_that_it_was_made_of(
    tmp_path: Path, name: str, options: list[str], size: str
) -> None:
    clip = write_clip(tmp_path / "clip.mkv", frames=1, width=64, height=48, codec="ffv1")
    grey = tmp_path / name
    command = [ffmpeg(), "-v", "error", "-i", str(clip), *options, str(grey)]
    subprocess.run(command, check=True)
    width, height = map(int, size.split("x"))
    with (
        VideoSource(InputSpec(location=str(clip))) as ours,
        VideoSource(InputSpec(location=str(grey))) as theirs,
    ):
        depth = theirs.info.depth
        for reference, distorted in ((ours.info, theirs.info), (theirs.info, ours.info)):
            found = match(reference, distorted, size=(width, height))
            luma = []
            for info in (reference, distorted):
                filters = found.reference_filters if info is reference else found.distorted_filters
                spec = InputSpec(location=info.location)
                (made,) = converted(spec, filters, found.picture)
                kind = np.uint8 if found.picture.depth == 8 else np.uint16
                luma.append(np.frombuffer(made, kind).astype(int))
            # Rounding loses a step of 8 bits, or as good as nothing of more.
            levels = 1 << found.picture.depth
            step = max(1, levels // (256 if depth == 8 else 4096))
            assert abs(luma[0] - luma[1]).max() <= step


@pytest.mark.parametrize("filters", ["", "scale=64:48:flags=bicubic,format=yuv420p"])
def test_pictures_that_change_on_the_way_keep_their_form_with_a_notice(filters: str) -> None:
    picture = PictureFormat(64, 48, Chroma.C420, 8)
    converter = Converter(video("v.mp4"), filters, picture)
    forms = [(64, 48, "yuv420p"), (96, 64, "yuv420p"), (96, 64, "yuv420p10le"), (64, 48, "yuv420p")]
    made = []
    for index, (width, height, pix_fmt) in enumerate(forms):
        shown = frame(index, width, height, pix_fmt)
        shown.pts = index
        shown.time_base = Fraction(1)
        made += converter.push(shown)
    made += converter.flush()
    assert [p.pts for p in made] == [0, 1, 2, 3]
    assert {(p.width, p.height, p.format.name) for p in made} == {(64, 48, "yuv420p")}
    assert [n.text for n in converter.notices] == [
        "v.mp4: its pictures become 96x64 yuv420p at 1.00 s"
    ]


def test_pictures_that_outgrow_their_filters_are_an_error() -> None:
    picture = PictureFormat(64, 48, Chroma.C420, 8)
    converter = Converter(video("v.mp4"), "crop=64:48:16:16:exact=1,copy", picture)
    shown = frame(0, 96, 64)
    shown.time_base = Fraction(1, 25)
    assert len(converter.push(shown)) == 1
    shown = frame(1, 32, 32)
    shown.time_base = Fraction(1, 25)
    with pytest.raises(InputError, match=r"v\.mp4: pictures of 32x32 yuv420p cannot"):
        converter.push(shown)


def test_pictures_whose_rows_lie_upside_down_in_memory_come_upright(tmp_path: Path) -> None:
    path = tmp_path / "down.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("rawvideo", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "gray"
        stream.codec_context.extradata = b"BottomUp\0"
        rows = picture(3, 64, 48)[::-1].copy()
        shown = av.VideoFrame.from_ndarray(rows, format="gray")
        shown.pts = 0
        container.mux(stream.encode(shown))
    form = PictureFormat(64, 48, Chroma.GRAY, 8)
    upright = frame(3, 64, 48, "gray")
    with VideoSource(InputSpec(location=str(path))) as source:
        (lying,) = source.frames()
        assert lying.planes[0].line_size < 0
        assert (thumbnail(lying) == thumbnail(upright)).all()
    assert converted(InputSpec(location=str(path)), "", form) == [planes(upright, form)]


def flagged_interlaced(shown: av.VideoFrame) -> av.VideoFrame:
    graph = Graph()
    source = graph.add_buffer(
        width=shown.width,
        height=shown.height,
        format=shown.format,
        time_base=Fraction(1, 25),
    )
    graph.link_nodes(source, graph.add("setfield", "tff"), graph.add("buffersink")).configure()
    graph.vpush(shown)
    return graph.vpull()


def test_interlacing_that_begins_later_is_told_once() -> None:
    converter = Converter(video("v.mp4"), "", PictureFormat(64, 48, Chroma.C420, 8))
    for i in range(4):
        shown = frame(i, 64, 48)
        shown.pts, shown.time_base = i, Fraction(1, 25)
        converter.push(flagged_interlaced(shown) if i >= 2 else shown)
    assert [n.text for n in converter.notices] == [
        "v.mp4: its pictures become interlaced at 0.08 s; they are not deinterlaced"
    ]
