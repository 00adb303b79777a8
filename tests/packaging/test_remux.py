"""An encoded video is put together with what else its source holds, in step with it."""

import subprocess
from pathlib import Path

import av
import pytest
from av.stream import Disposition

from support.data import ffmpeg
from vmafx_core.encoders.audio import parse_audio
from vmafx_core.errors import UsageError, WorkError
from vmafx_core.media.types import InputSpec
from vmafx_core.notice import Notice
from vmafx_core.packaging.containers import container_of
from vmafx_core.packaging.remux import check_remux, remux
from vmafx_core.testing import write_clip

_SUBTITLES = "1\n00:00:00,200 --> 00:00:01,000\nhello\n"
_CHAPTERS = ";FFMETADATA1\ntitle=A film\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=1000\ntitle=One\n"


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds of pictures with a tone, subtitles, a chapter, a title and an attached file."""
    folder = tmp_path_factory.mktemp("source")
    write_clip(folder / "pictures.mp4", frames=50, width=160, height=120)
    (folder / "words.srt").write_text(_SUBTITLES)
    (folder / "chapters.txt").write_text(_CHAPTERS)
    inputs = ["-i", "pictures.mp4", "-f", "lavfi", "-i", "sine=d=2:f=440", "-i", "words.srt"]
    inputs += [
        "-i",
        "chapters.txt",
        "-map",
        "0:v",
        "-map",
        "1:a",
        "-map",
        "2",
        "-map_metadata",
        "3",
    ]
    codecs = ["-c:v", "copy", "-c:a", "aac", "-c:s", "srt", "-metadata:s:a:0", "language=deu"]
    codecs += ["-metadata:s:v:0", "title=Directors", "-metadata:s:v:0", "BPS=1"]
    attached = ["-attach", "words.srt", "-metadata:s:t", "mimetype=text/plain"]
    command = [ffmpeg(), "-v", "error", "-nostdin", *inputs, *codecs, *attached, "source.mkv"]
    subprocess.run(command, check=True, cwd=folder)
    return folder / "source.mkv"


def _video(folder: Path, frames: int = 50, codec: str = "libx264") -> Path:
    return write_clip(folder / "video.mp4", frames=frames, width=160, height=120, codec=codec)


def _remux(video: Path, source: Path, output: Path, audio: str = "copy") -> tuple[Notice, ...]:
    spec, form = InputSpec(location=str(source)), container_of(output, "h264")
    notices = check_remux(spec, form, parse_audio(audio))
    remux(video, spec, output, form, parse_audio(audio))
    return notices


def _kinds(path: Path) -> list[str]:
    with av.open(str(path)) as container:
        return [stream.type for stream in container.streams]


def _audio(path: Path) -> tuple[float, float, int]:
    """When the first packet begins and the last one ends, in seconds; and how many there are."""
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        base = float(stream.time_base or 1)
        times = [
            ((p.pts or 0) * base, ((p.pts or 0) + (p.duration or 0)) * base)
            for p in container.demux(stream)
            if p.size
        ]
    return times[0][0], times[-1][1], len(times)


def test_matroska_gets_all_that_there_is(tmp_path: Path, source: Path) -> None:
    output = tmp_path / "out.mkv"
    assert _remux(_video(tmp_path), source, output) == ()
    assert _kinds(output) == ["video", "audio", "subtitle", "attachment"]
    with av.open(str(output)) as container:
        assert container.metadata["title"] == "A film"
        assert container.streams.audio[0].metadata["language"] == "deu"
        assert container.streams.video[0].metadata["title"] == "Directors"
        assert "BPS" not in container.streams.video[0].metadata
        assert [chapter["metadata"]["title"] for chapter in container.chapters()] == ["One"]
        assert sum(1 for _ in container.decode(video=0)) == 50


def test_copied_audio_is_what_it_was(tmp_path: Path, source: Path) -> None:
    output = tmp_path / "out.mkv"
    _remux(_video(tmp_path), source, output)
    assert _audio(output) == pytest.approx(_audio(source), abs=0.002)


def test_what_a_container_cannot_hold_is_left_out_and_told(tmp_path: Path, source: Path) -> None:
    output = tmp_path / "out.mp4"
    notices = _remux(_video(tmp_path), source, output)
    assert _kinds(output)[:3] == ["video", "audio", "subtitle"]
    assert [notice.code for notice in notices] == ["converted", "stream-left-out"]
    assert "subtitle stream 2" in notices[0].text
    assert "attachment stream 3" in notices[1].text


def test_audio_of_a_part_begins_with_that_part(tmp_path: Path, source: Path) -> None:
    output = tmp_path / "out.mkv"
    spec = InputSpec(location=str(source), start=0.8, duration=0.6)
    remux(_video(tmp_path, 15), spec, output, "matroska")
    begins, ends, _ = _audio(output)
    assert 0 <= begins < 0.03
    assert 0.58 < ends < 0.65
    with av.open(str(output)) as container:
        assert container.chapters() == []


def test_hevc_has_the_name_that_all_players_take(tmp_path: Path, source: Path) -> None:
    output = tmp_path / "out.mp4"
    _remux(_video(tmp_path, codec="libx265"), source, output)
    with av.open(str(output)) as container:
        assert container.streams.video[0].codec_context.codec_tag == "hvc1"


def test_a_source_of_pictures_alone_needs_no_more(tmp_path: Path) -> None:
    video = _video(tmp_path)
    output = tmp_path / "out.mkv"
    assert _remux(video, video, output) == ()
    assert _kinds(output) == ["video"]


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    video = _video(tmp_path)
    with pytest.raises(WorkError, match=r"cannot write out\.mkv"):
        _remux(video, video, tmp_path / "absent" / "out.mkv")


@pytest.mark.parametrize(("wish", "codec"), [("opus:64k", "opus"), ("aac", "aac")])
def test_audio_is_encoded_anew_in_step_with_the_pictures(
    tmp_path: Path, source: Path, wish: str, codec: str
) -> None:
    output = tmp_path / "out.mkv"
    _remux(_video(tmp_path), source, output, wish)
    with av.open(str(output)) as container:
        stream = container.streams.audio[0]
        assert (stream.codec_context.name, stream.metadata["language"]) == (codec, "deu")
    begin, end, _ = _audio(output)
    assert begin == pytest.approx(0, abs=0.05)
    assert end == pytest.approx(2, abs=0.08)


def test_audio_is_left_out_where_none_is_wanted(tmp_path: Path, source: Path) -> None:
    output = tmp_path / "out.mkv"
    _remux(_video(tmp_path), source, output, "none")
    assert _kinds(output) == ["video", "subtitle", "attachment"]


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        ("aacc", "Did you mean 'aac'"),
        ("libx264", "does not encode audio"),
        ("aac:loud", "cannot read the audio option 'aac:loud'"),
        ("copy:128k", "only what is encoded has a bit rate"),
    ],
)
def test_an_audio_option_that_means_nothing_is_refused(wish: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        parse_audio(wish)


@pytest.fixture(scope="module")
def surround(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pictures with six channels of sound that few encoders take as they are, and a cover."""
    folder = tmp_path_factory.mktemp("surround")
    write_clip(folder / "pictures.mp4", frames=10, width=64, height=64)
    write_clip(
        folder / "cover.mkv",
        frames=1,
        width=64,
        height=64,
        codec="mjpeg",
        pix_fmt="yuvj420p",
        options={},
    )
    sound = ["-f", "lavfi", "-i", "anullsrc=cl=5.1(side):d=0.4"]
    inputs = ["-i", "pictures.mp4", *sound, "-i", "cover.mkv"]
    mapped = ["-map", "0", "-map", "1", "-map", "2", "-disposition:v:1", "attached_pic"]
    command = [ffmpeg(), "-v", "error", "-nostdin", *inputs, *mapped]
    command += ["-c:v", "copy", "-c:a", "flac", "-t", "0.4", "-strict", "-2", "source.mp4"]
    subprocess.run(command, check=True, cwd=folder)
    return folder / "source.mp4"


@pytest.mark.parametrize(("wish", "channels"), [("opus", 6), ("mp3", 2), ("ac3", 6)])
def test_channels_become_the_nearest_that_the_encoder_takes(
    tmp_path: Path, surround: Path, wish: str, channels: int
) -> None:
    output = tmp_path / "out.mkv"
    _remux(_video(tmp_path, 10), surround, output, wish)
    with av.open(str(output)) as container:
        assert container.streams.audio[0].channels == channels


@pytest.mark.parametrize("name", ["out.mp4", "out.mkv"])
def test_covers_are_copied(tmp_path: Path, surround: Path, name: str) -> None:
    assert _remux(_video(tmp_path, 10), surround, tmp_path / name, "none") == ()
    with av.open(str(tmp_path / name)) as container:
        assert [s.codec_context.name for s in container.streams.video] == ["h264", "mjpeg"]
        assert container.streams.video[1].disposition & Disposition.attached_pic
        assert sum(1 for _ in container.decode(video=0)) == 10
