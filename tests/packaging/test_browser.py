"""What is packaged plays in a browser, through Media Source Extensions."""

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from support.browser import Browser, chromium
from support.tracks import FRAMES, RATE, make_track
from vmafx_core.packaging.presentation import Presentation
from vmafx_core.packaging.tracks import INIT

_PAGE = "<!doctype html><title>Player</title><video muted></video>"
# Feeds the segments of one track after the other into one buffer, as players do that switch
# between rungs, and plays what comes out.
_PLAY = """
const [tracks, done] = arguments;
const video = document.querySelector("video");
const failed = (what) => done({ failed: String(what) });
(async () => {
  const source = new MediaSource();
  video.src = URL.createObjectURL(source);
  await new Promise((ready) => source.addEventListener("sourceopen", ready));
  const buffer = source.addSourceBuffer(`video/mp4; codecs="${tracks[0].codecs}"`);
  const append = async (path) => {
    const answer = await fetch(path);
    if (!answer.ok) throw new Error(path);
    buffer.appendBuffer(await answer.arrayBuffer());
    await new Promise((fed, broken) => {
      buffer.addEventListener("updateend", fed, { once: true });
      buffer.addEventListener("error", () => broken(new Error(path)), { once: true });
    });
  };
  for (const track of tracks) {
    buffer.changeType(`video/mp4; codecs="${track.codecs}"`);
    for (const path of track.paths) await append(path);
  }
  source.endOfStream();
  const ranges = [];
  for (let i = 0; i < buffer.buffered.length; i++)
    ranges.push([buffer.buffered.start(i), buffer.buffered.end(i)]);
  const sizes = [];
  for (const time of [0.1, 1.2]) {
    const there = new Promise((seeked) => video.addEventListener("seeked", seeked, { once: true }));
    video.currentTime = time;
    await there;
    sizes.push([video.videoWidth, video.videoHeight]);
  }
  video.currentTime = 0;
  const ended = new Promise((end) => video.addEventListener("ended", end));
  await video.play();
  await ended;
  const { totalVideoFrames, corruptedVideoFrames } = video.getVideoPlaybackQuality();
  done({ ranges, sizes, time: video.currentTime, frames: totalVideoFrames,
         corrupted: corruptedVideoFrames });
})().catch(failed);
video.addEventListener("error", () => failed(video.error.message));
"""


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with chromium(tmp_path_factory.mktemp("profile")) as window:
        yield window


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """Where `tmp_path` is served."""
    (tmp_path / "player.html").write_text(_PAGE)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=tmp_path))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("encoder", ["libx264", "libvpx-vp9", "libsvtav1"])
def test_a_browser_plays_one_size_after_the_other(
    browser: Browser, address: str, tmp_path: Path, encoder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SVT_LOG", "1")
    small = make_track(tmp_path, encoder, 128, 72)
    large = make_track(tmp_path, encoder, 192, 108)
    Presentation((small, large), ()).write_hls(tmp_path, media=True)
    browser.visit(f"{address}/player.html")

    # The first two segments of the small one, then the rest of the large one.
    tracks = [
        {
            "codecs": track.codecs,
            "paths": [f"{track.name}/{name}" for name in (INIT, *(s.name for s in part))],
        }
        for track, part in ((small, small.segments[:2]), (large, large.segments[2:]))
    ]
    played = browser.run_async(_PLAY, tracks)

    seconds = FRAMES / float(RATE)
    assert "failed" not in played
    assert played["ranges"] == [[0, pytest.approx(seconds, abs=0.002)]]
    assert played["time"] == pytest.approx(seconds, abs=0.002)
    assert played["sizes"] == [[128, 72], [192, 108]]
    assert played["corrupted"] == 0
