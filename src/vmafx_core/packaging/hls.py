"""HLS playlists (RFC 8216, and its second edition for what concerns fragmented MP4)."""

import math
from collections.abc import Iterable, Sequence

from vmafx_core.packaging.tracks import INIT, AudioTrack, Track, VideoTrack

PLAYLIST = "playlist.m3u8"
_RANGES = {"smpte2084": "PQ", "arib-std-b67": "HLG"}
_GROUP = "audio"


def target_duration(tracks: Iterable[Track]) -> int:
    """Seconds that no segment of these tracks is longer than: all playlists have to say the same.

    Players reckon with it when they switch from one track to another.
    """
    return math.ceil(max(track.longest for track in tracks))


def media_playlist(track: Track, target: int) -> str:
    """The playlist of one track, all of it.

    Args:
        track: The track.
        target: The target duration of all tracks, in seconds.
    """
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        f"#EXT-X-TARGETDURATION:{target}",
        "#EXT-X-MEDIA-SEQUENCE:1",
        "#EXT-X-PLAYLIST-TYPE:VOD",
        "#EXT-X-INDEPENDENT-SEGMENTS",
        f'#EXT-X-MAP:URI="{INIT}"',
    ]
    for segment in track.segments:
        lines += [f"#EXTINF:{segment.duration / track.timescale:.6f},", segment.name]
    return "\n".join([*lines, "#EXT-X-ENDLIST", ""])


def master_playlist(videos: Sequence[VideoTrack], audios: Sequence[AudioTrack]) -> str:
    """The playlist of all tracks; the first video is the one that players begin with.

    Every number comes from the encodes: the bit rates are those of their segments, of the video
    and of the audio that is played with it.
    """
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-INDEPENDENT-SEGMENTS"]
    for number, audio in enumerate(audios):
        lines.append(f"#EXT-X-MEDIA:{_media(audio, number)}")
    for video in videos:
        lines += [f"#EXT-X-STREAM-INF:{_variant(video, audios)}", f"{video.name}/{PLAYLIST}"]
    return "\n".join([*lines, ""])


def _media(audio: AudioTrack, number: int) -> str:
    attributes = {"TYPE": "AUDIO", "GROUP-ID": _quoted(_GROUP)}
    if audio.language:
        attributes["LANGUAGE"] = _quoted(audio.language)
    attributes |= {
        "NAME": _quoted(audio.title or audio.name),
        "DEFAULT": "NO" if number else "YES",
        "AUTOSELECT": "YES",
        "CHANNELS": _quoted(str(audio.channels)),
        "URI": _quoted(f"{audio.name}/{PLAYLIST}"),
    }
    return _written(attributes)


def _variant(video: VideoTrack, audios: Sequence[AudioTrack]) -> str:
    codecs = dict.fromkeys([video.codecs, *(a.codecs for a in audios)])
    peak = max((a.peak_bit_rate for a in audios), default=0)
    average = max((a.average_bit_rate for a in audios), default=0)
    attributes = {
        "BANDWIDTH": str(video.peak_bit_rate + peak),
        "AVERAGE-BANDWIDTH": str(video.average_bit_rate + average),
        "CODECS": _quoted(",".join(codecs)),
        "RESOLUTION": f"{video.width}x{video.height}",
        "FRAME-RATE": f"{float(video.frame_rate):.3f}",
        "VIDEO-RANGE": _RANGES.get(video.transfer or "", "SDR"),
    }
    if audios:
        attributes["AUDIO"] = _quoted(_GROUP)
    return _written(attributes)


def _written(attributes: dict[str, str]) -> str:
    return ",".join(f"{name}={value}" for name, value in attributes.items())


def _quoted(text: str) -> str:
    """A quoted string: it has no way to write a quote or a line's end."""
    return '"' + text.replace('"', "'").replace("\n", " ").replace("\r", " ") + '"'
