"""Manifests say what the encodes are, in the words of their standards."""

import math
import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from vmafx_core.packaging.dash import Planned, description
from vmafx_core.packaging.hls import master_playlist, media_playlist
from vmafx_core.packaging.presentation import Presentation
from vmafx_core.packaging.tracks import AudioTrack, Segment, VideoTrack

_NAMES = {"": "urn:mpeg:dash:schema:mpd:2011"}
_VIDEO = VideoTrack(
    name="1-360p",
    codecs="avc1.64001E",
    timescale=90000,
    start=0,
    # Four seconds each, then one.
    segments=(
        Segment("00001.m4s", 360360, 500_000),
        Segment("00002.m4s", 360360, 900_000),
        Segment("00003.m4s", 90090, 100_000),
    ),
    width=640,
    height=360,
    frame_rate=Fraction(30000, 1001),
    sample_aspect=Fraction(1),
    transfer="bt709",
)
_LARGE = replace(_VIDEO, name="2-720p", width=1280, height=720, codecs="avc1.64001F")
_AUDIO = AudioTrack(
    name="audio-1",
    codecs="mp4a.40.2",
    timescale=48000,
    start=0,
    segments=(Segment("00001.m4s", 192000, 64_000), Segment("00002.m4s", 96000, 32_000)),
    channels=2,
    sample_rate=48000,
    language="eng",
    title='The "main" mix',
)


def test_bandwidth_is_that_of_the_segment_with_the_most_bits() -> None:
    assert _VIDEO.peak_bit_rate == math.ceil(900_000 * 8 / 4.004)


def test_a_short_last_segment_has_no_bandwidth_of_its_own() -> None:
    tick = _VIDEO.timescale
    whole, short = Segment("00001.m4s", 4 * tick, 400_000), Segment("00002.m4s", tick // 25, 50_000)
    track = replace(_VIDEO, segments=(whole, short))
    assert track.peak_bit_rate == math.ceil(450_000 * 8 / 4.04)
    assert _VIDEO.average_bit_rate == round(1_500_000 * 8 / 9.009)


def test_the_master_playlist_says_what_each_rung_needs() -> None:
    lines = master_playlist([_VIDEO, _LARGE], []).splitlines()

    assert lines[0] == "#EXTM3U"
    assert lines[-1] == "2-720p/playlist.m3u8"
    assert lines[-2] == (
        "#EXT-X-STREAM-INF:BANDWIDTH=1798202,AVERAGE-BANDWIDTH=1332001,"
        'CODECS="avc1.64001F",RESOLUTION=1280x720,FRAME-RATE=29.970,VIDEO-RANGE=SDR'
    )
    assert lines.index("1-360p/playlist.m3u8") < len(lines) - 1


def test_audio_is_a_rendition_of_its_own_and_counted_in() -> None:
    text = master_playlist([_VIDEO], [_AUDIO])

    assert (
        '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",LANGUAGE="eng",'
        "NAME=\"The 'main' mix\",DEFAULT=YES,AUTOSELECT=YES,"
        'CHANNELS="2",URI="audio-1/playlist.m3u8"'
    ) in text
    assert f"BANDWIDTH={1798202 + 128000},AVERAGE-BANDWIDTH={1332001 + 128000}," in text
    assert 'CODECS="avc1.64001E,mp4a.40.2"' in text
    assert text.splitlines()[-2].endswith(',AUDIO="audio"')


@pytest.mark.parametrize(
    ("transfer", "expected"),
    [("smpte2084", "PQ"), ("arib-std-b67", "HLG"), ("bt709", "SDR"), (None, "SDR")],
)
def test_the_video_range_is_that_of_the_transfer_function(
    transfer: str | None, expected: str
) -> None:
    assert f"VIDEO-RANGE={expected}" in master_playlist([replace(_VIDEO, transfer=transfer)], [])


def test_a_media_playlist_lists_every_segment_with_its_length() -> None:
    assert media_playlist(_VIDEO, 5).splitlines() == [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        "#EXT-X-TARGETDURATION:5",
        "#EXT-X-MEDIA-SEQUENCE:1",
        "#EXT-X-PLAYLIST-TYPE:VOD",
        "#EXT-X-INDEPENDENT-SEGMENTS",
        '#EXT-X-MAP:URI="init.mp4"',
        "#EXTINF:4.004000,",
        "00001.m4s",
        "#EXTINF:4.004000,",
        "00002.m4s",
        "#EXTINF:1.001000,",
        "00003.m4s",
        "#EXT-X-ENDLIST",
    ]


def test_all_playlists_say_the_same_target_duration(tmp_path: Path) -> None:
    longer = replace(_AUDIO, segments=(Segment("00001.m4s", 288480, 64_000),))
    for track in (_VIDEO, longer):
        (tmp_path / track.name).mkdir()
    Presentation((_VIDEO,), (longer,)).write_hls(tmp_path, media=True)
    playlists = [path.read_text("utf-8") for path in tmp_path.glob("*/playlist.m3u8")]
    assert [re.findall(r"TARGETDURATION:(\d+)", text) for text in playlists] == [["7"], ["7"]]


def _one(root: ET.Element, path: str) -> ET.Element:
    found = root.find(path, _NAMES)
    assert found is not None, path
    return found


def test_the_dash_description_says_the_same() -> None:
    root = ET.fromstring(description([_VIDEO, _LARGE], [_AUDIO]))

    assert root.get("mediaPresentationDuration") == "PT9.009S"
    assert root.get("type") == "static"
    video, audio = root.findall("Period/AdaptationSet", _NAMES)
    assert video.get("par") == "16:9"
    assert [r.get("id") for r in video.findall("Representation", _NAMES)] == ["1-360p", "2-720p"]
    first = _one(video, "Representation")
    assert first.get("codecs") == "avc1.64001E"
    assert first.get("bandwidth") == "1798202"
    assert first.get("frameRate") == "30000/1001"
    assert (first.get("width"), first.get("height")) == ("640", "360")
    steps = first.findall("SegmentTemplate/SegmentTimeline/S", _NAMES)
    assert [s.attrib for s in steps] == [{"t": "0", "d": "360360", "r": "1"}, {"d": "90090"}]
    assert audio.get("lang") == "eng"
    assert _one(audio, "Label").text == 'The "main" mix'
    assert _one(audio, "Representation/AudioChannelConfiguration").get("value") == "2"


def test_dash_players_must_know_the_transfer_function_of_hdr() -> None:
    root = ET.fromstring(description([replace(_VIDEO, transfer="smpte2084")], []))

    essential = _one(root, "Period/AdaptationSet/EssentialProperty")
    assert essential.get("schemeIdUri") == "urn:mpeg:mpegB:cicp:TransferCharacteristics"
    assert essential.get("value") == "16"


def test_pixels_that_are_not_square_are_told() -> None:
    root = ET.fromstring(description([replace(_VIDEO, sample_aspect=Fraction(4, 3))], []))

    assert _one(root, "Period/AdaptationSet").get("par") == "64:27"
    assert _one(root, "Period/AdaptationSet/Representation").get("sar") == "4:3"


def test_of_media_that_are_not_there_yet_the_length_of_segments_is_told() -> None:
    planned = Planned(Fraction(100), Fraction(4))
    root = ET.fromstring(description([_VIDEO], [_AUDIO], planned))

    assert root.get("mediaPresentationDuration") == "PT100.000S"
    assert root.get("minBufferTime") == "PT4.000S"
    video, audio = root.findall("Period/AdaptationSet/Representation/SegmentTemplate", _NAMES)
    assert (video.get("duration"), audio.get("duration")) == ("360000", "192000")
    assert len(video) == len(audio) == 0
    first = _one(root, "Period/AdaptationSet/Representation")
    assert first.get("bandwidth") == str(_VIDEO.peak_bit_rate)
