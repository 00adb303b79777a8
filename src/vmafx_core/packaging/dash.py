"""A DASH media presentation description (ISO/IEC 23009-1), static, with segment timelines."""

import math
from collections.abc import Sequence
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


def description(videos: Sequence[VideoTrack], audios: Sequence[AudioTrack]) -> str:
    """The description of all tracks: one adaptation set of videos, and one for each audio."""
    tracks: list[Track] = [*videos, *audios]
    root = ET.Element(
        "MPD",
        {
            "xmlns": _NAMESPACE,
            "profiles": _PROFILE,
            "type": "static",
            "mediaPresentationDuration": _duration(max(t.duration for t in tracks)),
            "minBufferTime": _duration(max(t.longest for t in tracks)),
        },
    )
    period = ET.SubElement(root, "Period", {"id": "0", "start": "PT0S"})
    _add_videos(period, videos)
    for number, audio in enumerate(audios, 1):
        _add_audio(period, audio, number)
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _add_videos(period: ET.Element, videos: Sequence[VideoTrack]) -> None:
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
        _add_representation(adaptation, video, described)


def _add_audio(period: ET.Element, audio: AudioTrack, number: int) -> None:
    attributes = {"id": str(number), "contentType": "audio", "mimeType": "audio/mp4"}
    attributes |= {"segmentAlignment": "true", "startWithSAP": "1"}
    if audio.language:
        attributes["lang"] = audio.language
    adaptation = ET.SubElement(period, "AdaptationSet", attributes)
    if audio.title:
        ET.SubElement(adaptation, "Label").text = audio.title
    described = {"audioSamplingRate": str(audio.sample_rate)}
    representation = _add_representation(adaptation, audio, described)
    channels = {"schemeIdUri": _CHANNELS, "value": str(audio.channels)}
    representation.insert(0, ET.Element("AudioChannelConfiguration", channels))


def _add_representation(
    adaptation: ET.Element, track: Track, described: dict[str, str]
) -> ET.Element:
    attributes = {"id": track.name, "codecs": track.codecs, "bandwidth": str(track.peak_bit_rate)}
    representation = ET.SubElement(adaptation, "Representation", attributes | described)
    template = ET.SubElement(
        representation,
        "SegmentTemplate",
        {
            "timescale": str(track.timescale),
            "startNumber": "1",
            "initialization": f"$RepresentationID$/{INIT}",
            "media": "$RepresentationID$/$Number%05d$.m4s",
        },
    )
    timeline = ET.SubElement(template, "SegmentTimeline")
    start: int | None = track.start
    for duration, equal in groupby(s.duration for s in track.segments):
        attributes = {} if start is None else {"t": str(start)}
        attributes["d"] = str(duration)
        if repeated := len(list(equal)) - 1:
            attributes["r"] = str(repeated)
        ET.SubElement(timeline, "S", attributes)
        start = None
    return representation


def _duration(seconds: Fraction) -> str:
    """An XML duration, rounded up to the millisecond."""
    return f"PT{math.ceil(seconds * 1000) / 1000:.3f}S"


def _rate(rate: Fraction) -> str:
    return str(rate.numerator) if rate.denominator == 1 else f"{rate.numerator}/{rate.denominator}"


def _ratio(ratio: Fraction) -> str:
    return f"{ratio.numerator}:{ratio.denominator}"
