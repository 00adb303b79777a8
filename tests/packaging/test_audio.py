"""The sound of a source is copied where players take it, or else encoded, in step with it."""

from fractions import Fraction
from pathlib import Path
from typing import cast

import av
import numpy as np
import pytest
from av.audio.stream import AudioStream

from vmafx_core.encoders.audio import COPIED, Audio
from vmafx_core.errors import UsageError
from vmafx_core.media.types import InputSpec
from vmafx_core.packaging.audio import check_packaged, cut_audio
from vmafx_core.packaging.tracks import INIT, AudioTrack
from vmafx_core.testing import frame

_SECONDS = 3
_RATE = 48_000


@pytest.fixture
def write_film(tmp_path: Path) -> "WriteFilm":
    return WriteFilm(tmp_path)


class WriteFilm:
    """Writes a clip of three seconds with a tone in several codecs."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __call__(self, *codecs: str, name: str = "film.mkv") -> InputSpec:
        path = self._folder / name
        tone = np.sin(np.arange(1024) * 2 * np.pi / 64).astype(np.float32) / 4
        with av.open(str(path), "w") as container:
            video = container.add_stream("libx264", rate=25)
            video.width, video.height, video.pix_fmt = 64, 64, "yuv420p"
            sounds = []
            for number, codec in enumerate(codecs):
                sound = cast(AudioStream, container.add_stream(codec, rate=_RATE))
                sound.layout = "stereo"
                sound.metadata.update(language=("eng", "fra")[number], title=f"Mix {number + 1}")
                sounds.append(sound)
            for index in range(25 * _SECONDS):
                picture = frame(index, 64, 64)
                picture.pts, picture.time_base = index, Fraction(1, 25)
                container.mux(video.encode(picture))
            container.mux(video.encode(None))
            for sound in sounds:
                for index in range(_RATE * _SECONDS // 1024):
                    part = av.AudioFrame.from_ndarray(np.stack([tone, tone]), "fltp", "stereo")
                    part.sample_rate, part.pts = _RATE, index * 1024
                    part.time_base = Fraction(1, _RATE)
                    container.mux(sound.encode(part))
                container.mux(sound.encode(None))
        return InputSpec(location=str(path))


def _cut(spec: InputSpec, folder: Path, choice: Audio = COPIED) -> list[AudioTrack]:
    return list(cut_audio(spec, folder, 1.0, choice))


def _heard(folder: Path, track: AudioTrack) -> tuple[float, float, str]:
    """When the segments begin and end, in seconds, and their codec."""
    whole = folder / "whole.mp4"
    parts = [INIT, *(s.name for s in track.segments)]
    whole.write_bytes(b"".join((folder / track.name / name).read_bytes() for name in parts))
    with av.open(str(whole)) as container:
        frames = list(container.decode(audio=0))
        codec = container.streams.audio[0].codec_context.name
    whole.unlink()
    last = frames[-1]
    assert frames[0].time is not None
    assert last.time is not None
    return frames[0].time, last.time + last.samples / last.sample_rate, codec


def test_what_players_take_is_copied(write_film: WriteFilm, tmp_path: Path) -> None:
    (track,) = _cut(write_film("aac"), tmp_path)

    assert track.codecs == "mp4a.40.2"
    assert (track.channels, track.sample_rate) == (2, _RATE)
    assert (track.language, track.title) == ("eng", "Mix 1")
    assert len(track.segments) == 3
    assert float(track.duration) == pytest.approx(_SECONDS, abs=0.05)
    begin, end, codec = _heard(tmp_path, track)
    assert begin == pytest.approx(0, abs=0.025)
    assert end == pytest.approx(_SECONDS, abs=0.05)
    assert codec == "aac"


def test_what_is_left_at_the_end_is_no_segment_of_its_own(
    write_film: WriteFilm, tmp_path: Path
) -> None:
    (track,) = cut_audio(write_film("aac"), tmp_path, 2.9, COPIED)

    (segment,) = track.segments
    assert segment.duration / track.timescale == pytest.approx(_SECONDS, abs=0.05)
    _, end, _ = _heard(tmp_path, track)
    assert end == pytest.approx(_SECONDS, abs=0.05)


def test_what_players_do_not_take_becomes_aac(write_film: WriteFilm, tmp_path: Path) -> None:
    (track,) = _cut(write_film("pcm_s16le"), tmp_path)

    assert track.codecs == "mp4a.40.2"
    assert float(track.duration) == pytest.approx(_SECONDS, abs=0.05)


def test_a_codec_can_be_asked_for_with_its_bit_rate(write_film: WriteFilm, tmp_path: Path) -> None:
    (track,) = _cut(write_film("aac"), tmp_path, Audio("libopus", 40_000))

    assert track.codecs == "Opus"
    assert track.average_bit_rate < 80_000


def test_every_stream_becomes_a_track_of_its_own(write_film: WriteFilm, tmp_path: Path) -> None:
    tracks = _cut(write_film("aac", "libopus"), tmp_path)

    assert [(t.name, t.codecs, t.language) for t in tracks] == [
        ("audio-1", "mp4a.40.2", "eng"),
        ("audio-2", "Opus", "fra"),
    ]


@pytest.mark.parametrize("choice", [COPIED, Audio("aac")])
def test_sound_is_cut_where_the_pictures_are(
    write_film: WriteFilm, tmp_path: Path, choice: Audio
) -> None:
    spec = write_film("aac")
    part = InputSpec(location=spec.location, start=1.0, duration=1.5)

    (track,) = _cut(part, tmp_path, choice)

    begin, end, _ = _heard(tmp_path, track)
    assert begin == pytest.approx(0, abs=0.025)
    assert end == pytest.approx(1.5, abs=0.05)


def test_no_sound_is_no_track(write_film: WriteFilm, tmp_path: Path) -> None:
    assert _cut(write_film(), tmp_path) == []


def test_sound_can_be_left_out(write_film: WriteFilm, tmp_path: Path) -> None:
    assert _cut(write_film("aac"), tmp_path, Audio("none")) == []


def test_nothing_but_tracks_is_left(write_film: WriteFilm, tmp_path: Path) -> None:
    _cut(write_film("pcm_s16le"), tmp_path)

    assert sorted(p.name for p in tmp_path.iterdir()) == ["audio-1", "film.mkv"]


def test_a_codec_that_is_not_played_from_segments_is_refused() -> None:
    with pytest.raises(UsageError, match="libmp3lame writes nothing"):
        check_packaged(Audio("libmp3lame"))
