"""Memory for the packets of raw videos that are scored here."""

from collections.abc import Generator
from contextlib import closing

from vmafx_core.allocator import keep_packets
from vmafx_core.media.raw import frame_bytes
from vmafx_core.media.types import VideoInfo
from vmafx_core.scoring.events import Event, Started


def with_packets_kept(scoring: Generator[Event]) -> Generator[Event]:
    """The same events; memory is kept for the packets of raw videos, where all are raw."""
    with closing(scoring) as events:
        for event in events:
            if isinstance(event, Started):
                videos = event.reference, *event.distorted
                if all(video.codec == "rawvideo" for video in videos):
                    keep_packets(max(map(_picture_bytes, videos)))
            yield event


def _picture_bytes(video: VideoInfo) -> int:
    return frame_bytes(video.coded_width, video.coded_height, video.pix_fmt)
