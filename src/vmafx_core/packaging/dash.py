"""A DASH media presentation description (ISO/IEC 23009-1), static, with segment timelines."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from xml.etree import ElementTree as ET

from vmafx_core.packaging.tracks import INIT, AudioTrack, Track, VideoTrack

_NAMESPACE = "urn:mpeg:dash:schema:mpd:2011"
_PROFILE = "urn:mpeg:dash:profile:isoff-live:2011"
_CHANNELS = "urn:mpeg:dash:23003:3:audio_channel_configuration:2011"
_TRANSFER = "urn:mpeg:mpegB:cicp:TransferCharacteristics"
# Code points of ITU-T H.273.
_TRANSFERS = {"smpte2084": "16", "arib-std-b67": "18"}


@dataclass(frozen=True, slots=True)
class Planned:
    """Media that are not there yet.

    Attributes:
        duration: Seconds of all of it.
        segment: Seconds of each segment but the last.
    """

    duration: Fraction
    segment: Fraction


def description(
    videos: Sequence[VideoTrack], audios: Sequence[AudioTrack], planned: Planned | None = None
) -> str:
    """The description of all tracks: one adaptation set of videos, and one for each audio.

    Args:
        videos: The videos.
        audios: The audio.
        planned: How the media will be cut, where the tracks are only a sample of them.
    """
    tracks: list[Track] = [*videos, *audios]
    duration = planned.duration if planned else max(t.end for t in tracks)
    longest = planned.segment if planned else max(t.longest for t in tracks)
    root = ET.Element(
        "MPD",
        {
            "xmlns": _NAMESPACE,
            "profiles": _PROFILE,
            "type": "static",
            "mediaPresentationDuration": _duration(duration),
            "minBufferTime": _duration(longest),
        },
    )
    period = ET.SubElement(root, "Period", {"id": "0", "start": "PT0S"})
    _add_videos(period, videos, planned)
    for number, audio in enumerate(audios, 1):
        _add_audio(period, audio, number, planned)
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _add_videos(period: ET.Element, videos: Sequence[VideoTrack], planned: Planned | None) -> None:
    largest = max(videos, key=lambda v: v.width * v.height)
    aspect = Fraction(largest.width, largest.height) * largest.sample_aspect
    attributes = {"id": "0", "contentType": "video", "mimeType": "video/mp4"}
    attributes |= {"segmentAlignment": "true", "startWithSAP": "1", "par": _ratio(aspect)}
    adaptation = ET.SubElement(period, "AdaptationSet", attributes)
    if transfer := _TRANSFERS.get(largest.transfer or ""):
        # Players that know nothing of it would show wrong colours: essential.
        named = {"schemeIdUri": _TRANSFER, "value": transfer}
        ET.SubElement(adaptation, "EssentialProperty", named)
    for video in videos:
        described = {
            "width": str(video.width),
            "height": str(video.height),
            "frameRate": _rate(video.frame_rate),
            "sar": _ratio(video.sample_aspect),
        }
        _add_representation(adaptation, video, described, planned)


def _add_audio(period: ET.Element, audio: AudioTrack, number: int, planned: Planned | None) -> None:
    attributes = {"id": str(number), "contentType": "audio", "mimeType": "audio/mp4"}
    attributes |= {"segmentAlignment": "true", "startWithSAP": "1"}
    if audio.language:
        attributes["lang"] = audio.language
    adaptation = ET.SubElement(period, "AdaptationSet", attributes)
    if audio.title:
        ET.SubElement(adaptation, "Label").text = audio.title
    described = {"audioSamplingRate": str(audio.sample_rate)}
    representation = _add_representation(adaptation, audio, described, planned)
    channels = {"schemeIdUri": _CHANNELS, "value": str(audio.channels)}
    representation.insert(0, ET.Element("AudioChannelConfiguration", channels))


def _add_representation(
    adaptation: ET.Element, track: Track, described: dict[str, str], planned: Planned | None
) -> ET.Element:
    attributes = {"id": track.name, "codecs": track.codecs, "bandwidth": str(track.peak_bit_rate)}
    representation = ET.SubElement(adaptation, "Representation", attributes | described)
    cut = {
        "timescale": str(track.timescale),
        "startNumber": "1",
        "initialization": f"$RepresentationID$/{INIT}",
        "media": "$RepresentationID$/$Number%05d$.m4s",
    }
    if planned:
        cut["duration"] = str(round(planned.segment * track.timescale))
    template = ET.SubElement(representation, "SegmentTemplate", cut)
    if planned is None:
        _add_timeline(template, track)
    return representation


def _add_timeline(template: ET.Element, track: Track) -> None:
    timeline = ET.SubElement(template, "SegmentTimeline")
    start: int | None = track.start
    for duration, equal in groupby(s.duration for s in track.segments):
        attributes = {} if start is None else {"t": str(start)}
        attributes["d"] = str(duration)
        if repeated := len(list(equal)) - 1:
            attributes["r"] = str(repeated)
        ET.SubElement(timeline, "S", attributes)
        start = None


def _duration(seconds: Fraction) -> str:
    """An XML duration, rounded up to the millisecond."""
    return f"PT{math.ceil(seconds * 1000) / 1000:.3f}S"


def _rate(rate: Fraction) -> str:
    return str(rate.numerator) if rate.denominator == 1 else f"{rate.numerator}/{rate.denominator}"


def _ratio(ratio: Fraction) -> str:
    return f"{ratio.numerator}:{ratio.denominator}"
