"""Nothing that a source has besides its pictures is lost, where the file can hold it somehow."""

from pathlib import Path

import av
import pytest
from av.subtitles.subtitle import AssSubtitle

from support.in_step import FLASH, beep_of, late, sound_of, write_copy, write_flash
from vmafx_core.encoders.audio import parse_audio
from vmafx_core.media.types import InputSpec
from vmafx_core.notice import Notice
from vmafx_core.packaging.containers import container_of
from vmafx_core.packaging.remux import check_remux, remux

_WORDS = "1\n00:00:00,400 --> 00:00:01,000\nHello <i>there</i>\n\n"
_WORDS += "2\n00:00:01,600 --> 00:00:02,500\nSecond line\n"
_CHAPTERS = ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=1500\ntitle=One\n"
_CHAPTERS += "[CHAPTER]\nTIMEBASE=1/1000\nSTART=1500\nEND=3000\ntitle=Two\n"


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A flash and a beep, with AAC."""
    return write_flash(tmp_path_factory.mktemp("film") / "film.mp4", "-c:a", "aac")


@pytest.fixture(scope="module")
def pictures(film: Path) -> Path:
    """The pictures alone, which stand for an encode of them."""
    return write_copy(film.with_name("pictures.mp4"), "-i", film, "-an", "-c", "copy")


def _put(pictures: Path, source: Path, output: Path, audio: str = "copy") -> list[Notice]:
    with av.open(str(pictures)) as container:
        codec = container.streams.video[0].codec_context.codec.canonical_name
    spec, form = InputSpec(location=str(source)), container_of(output, codec)
    notices = check_remux(spec, form, parse_audio(audio))
    remux(pictures, spec, output, form, parse_audio(audio))
    return list(notices)


@pytest.fixture(scope="module")
def early(film: Path) -> Path:
    """Sound, subtitles and chapters that begin 0.52 s before the first picture."""
    words, chapters = film.with_name("words.srt"), film.with_name("chapters.txt")
    words.write_text(_WORDS)
    chapters.write_text(_CHAPTERS)
    inputs = ["-i", film, "-itsoffset", "0.52", "-i", film, "-i", words, "-i", chapters]
    mapped = ["-map", "1:v", "-map", "0:a", "-map", "2", "-map_chapters", "3", "-c", "copy"]
    return write_copy(film.with_name("early.mp4"), *inputs, *mapped, "-c:s", "mov_text")


@pytest.mark.parametrize("name", ["out.mp4", "out.mov", "out.mkv"])
def test_sound_before_the_first_picture_is_kept_and_all_moves_together(
    pictures: Path, early: Path, tmp_path: Path, name: str
) -> None:
    output = tmp_path / name

    _put(pictures, early, output)

    assert late(output) == pytest.approx(-0.52, abs=0.005)
    assert sound_of(output) == pytest.approx(3, abs=0.03)
    with av.open(str(output)) as container:
        edges = [c["start"] * c["time_base"] for c in container.chapters()]
        assert list(map(float, edges)) == pytest.approx([0, 1.5], abs=0.002)
    assert _said(output)[0][0] == pytest.approx(0.4, abs=0.002)


def test_chapters_move_with_pictures_that_begin_late(pictures: Path, tmp_path: Path) -> None:
    chapters, source = tmp_path / "chapters.txt", tmp_path / "late.mkv"
    chapters.write_text(_CHAPTERS)
    film = pictures.with_name("film.mp4")
    write_copy(
        source,
        *("-itsoffset", "0.5", "-i", film, "-i", chapters, "-map", "0", "-map_chapters", "1"),
        *("-c", "copy"),
    )

    _put(pictures, source, tmp_path / "out.mkv")

    assert late(tmp_path / "out.mkv") == pytest.approx(0, abs=0.005)
    with av.open(str(tmp_path / "out.mkv")) as container:
        edges = [c["start"] * c["time_base"] for c in container.chapters()]
    assert list(map(float, edges)) == pytest.approx([0, 1.0], abs=0.002)


@pytest.mark.parametrize(
    ("codec", "name", "more"),
    [
        ("wmav2", "source.wmv", ()),
        ("pcm_mulaw", "source.mov", ("-ar", "8000", "-ac", "1")),
        ("pcm_alaw", "source.mov", ("-ar", "8000", "-ac", "1")),
        ("libopencore_amrnb", "source.mov", ("-ar", "8000", "-ac", "1")),
        ("adpcm_ms", "source.mov", ()),
        ("adpcm_ima_wav", "source.avi", ()),
        ("g726", "source.mkv", ("-ar", "8000", "-ac", "1")),
        ("libmp3lame", "source.avi", ()),
    ],
)
def test_matroska_gets_all_sound_that_it_holds(
    pictures: Path, tmp_path: Path, codec: str, name: str, more: tuple[str, ...]
) -> None:
    source, output = tmp_path / name, tmp_path / "with 'quotes' | \\ and bars.mkv"
    film = pictures.with_name("film.mp4")
    write_copy(source, "-i", film, "-c:v", "copy", "-c:a", codec, *more)

    notices = _put(pictures, source, output)

    assert notices == []
    with av.open(str(output)) as ours, av.open(str(source)) as theirs:
        expected = theirs.streams.audio[0].codec_context.codec.canonical_name
        assert ours.streams.audio[0].codec_context.codec.canonical_name == expected
        assert ours.streams.video[0].codec_context.name == "h264"
    assert beep_of(output) == pytest.approx(FLASH, abs=0.05)


def test_chapters_that_are_lost_beside_such_sound_are_told(pictures: Path, tmp_path: Path) -> None:
    chapters, source = tmp_path / "chapters.txt", tmp_path / "source.mov"
    chapters.write_text(_CHAPTERS)
    film = pictures.with_name("film.mp4")
    inputs = ["-i", film, "-i", chapters, "-map", "0", "-map_chapters", "1"]
    write_copy(source, *inputs, "-c:v", "copy", "-c:a", "adpcm_ms")

    (notice,) = _put(pictures, source, tmp_path / "out.mkv")

    assert notice.code == "chapters-left-out"


@pytest.mark.parametrize(
    ("codec", "output", "becomes"),
    [
        ("srt", "out.mp4", "mov_text"),
        ("srt", "out.mov", "mov_text"),
        ("ass", "out.mp4", "mov_text"),
        ("webvtt", "out.mp4", "mov_text"),
        ("mov_text", "out.mkv", "subrip"),
        ("srt", "out.webm", "webvtt"),
        ("ass", "out.webm", "webvtt"),
        ("mov_text", "out.webm", "webvtt"),
    ],
)
def test_text_of_subtitles_is_converted(
    pictures: Path, tmp_path: Path, codec: str, output: str, becomes: str
) -> None:
    source = "source.mp4" if codec == "mov_text" else "source.mkv"
    words = tmp_path / "words.srt"
    words.write_text(_WORDS)
    film = pictures.with_name("film.mp4")
    inputs = ["-i", film, "-i", words, "-map", "0", "-map", "1", "-metadata:s:s:0", "language=eng"]
    write_copy(tmp_path / source, *inputs, "-c", "copy", "-c:s", codec)
    encoded = pictures
    if output.endswith("webm"):
        encoded = tmp_path / "pictures.webm"
        write_copy(encoded, "-i", pictures, "-c:v", "libvpx-vp9", "-cpu-used", "8")

    notices = _put(encoded, tmp_path / source, tmp_path / output, "none")

    assert [n.code for n in notices] == ["converted"]
    assert becomes in notices[0].text
    with av.open(str(tmp_path / output)) as container:
        (stream,) = container.streams.subtitles
        assert stream.codec_context.codec.canonical_name == becomes
        assert stream.language == "eng"
    said = _said(tmp_path / output)
    assert [text for _, text in said] == ["Hello there", "Second line"]
    assert [at for at, _ in said] == pytest.approx([0.4, 1.6], abs=0.002)


@pytest.mark.parametrize(
    ("layout", "encoder", "becomes"),
    [
        ("7.1", "eac3", "5.1(side)"),
        ("7.1", "ac3", "5.1(side)"),
        ("6.1", "eac3", "5.1(side)"),
        ("7.1", "libopus", "7.1"),
        ("5.1", "libmp3lame", "stereo"),
    ],
)
def test_channels_become_the_most_that_the_encoder_takes(
    pictures: Path, tmp_path: Path, layout: str, encoder: str, becomes: str
) -> None:
    film = pictures.with_name("film.mp4")
    source = tmp_path / "source.mkv"
    write_copy(source, "-i", film, "-af", f"aformat=cl={layout}", "-c:v", "copy", "-c:a", "flac")

    notices = _put(pictures, source, tmp_path / "out.mkv", encoder)

    with av.open(str(tmp_path / "out.mkv")) as container:
        assert container.streams.audio[0].codec_context.layout.name == becomes
    assert [n.code for n in notices] == ([] if becomes == layout else ["channels"])
    assert all(f"({layout}) become" in n.text for n in notices)


@pytest.mark.parametrize(("codec", "samples"), [("aac", 1024), ("ac3", 1536), ("libopus", 960)])
@pytest.mark.parametrize("audio", ["copy", "aac"])
def test_sound_from_matroska_keeps_whole_packets(
    pictures: Path, tmp_path: Path, codec: str, samples: int, audio: str
) -> None:
    film = pictures.with_name("film.mp4")
    source = write_copy(tmp_path / "a.mkv", "-i", film, "-c:v", "copy", "-c:a", codec)

    _put(pictures, source, tmp_path / "out.mp4", audio)

    with av.open(str(tmp_path / "out.mp4")) as container:
        lasts = [p.duration for p in container.demux(audio=0) if p.size]
    assert set(lasts[:-1]) == {samples if audio == "copy" else 1024}


def _said(path: Path) -> list[tuple[float, str]]:
    """What subtitles say, and when."""
    said = []
    with av.open(str(path)) as container:
        for packet in container.demux(subtitles=0):
            events = packet.decode() if packet.size else []
            for event in events:
                if isinstance(event, AssSubtitle) and (text := event.dialogue.decode()):
                    plain = text.replace("{\\i1}", "").replace("{\\i0}", "")
                    said.append((float((packet.pts or 0) * packet.time_base), plain))
    return said
