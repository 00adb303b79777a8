"""All tracks of one title, and the manifests by which players find them."""

from dataclasses import dataclass
from pathlib import Path

from vmafx_core.packaging import dash, hls
from vmafx_core.packaging.tracks import AudioTrack, VideoTrack

MASTER = "master.m3u8"
DESCRIPTION = "manifest.mpd"


@dataclass(frozen=True, slots=True)
class Presentation:
    """The tracks of one title.

    Attributes:
        videos: Its videos, in order of rate.
        audios: Its audio, the default first.
    """

    videos: tuple[VideoTrack, ...]
    audios: tuple[AudioTrack, ...]

    def write_hls(self, folder: Path, *, media: bool) -> None:
        """Write the master playlist, and each track's own where its media are there too."""
        (folder / MASTER).write_text(hls.master_playlist(self.videos, self.audios), "utf-8")
        tracks = (*self.videos, *self.audios)
        target = hls.target_duration(tracks)
        for track in tracks if media else ():
            text = hls.media_playlist(track, target)
            (folder / track.name / hls.PLAYLIST).write_text(text, "utf-8")

    def write_dash(self, folder: Path, planned: dash.Planned | None = None) -> None:
        """Write the media presentation description; of planned media where these are a sample."""
        text = dash.description(self.videos, self.audios, planned)
        (folder / DESCRIPTION).write_text(text, "utf-8")
