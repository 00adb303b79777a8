import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from vmafx_core.errors import RemoteError
from vmafx_core.media import opening
from vmafx_core.media.source import VideoSource
from vmafx_core.media.types import InputSpec
from vmafx_core.testing import write_clip

FRAMES = 25


class Server(ThreadingHTTPServer):
    """Serves one clip, well or badly, by the path that is asked for."""

    daemon_threads = True

    def __init__(self, clip: bytes) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.clip = clip
        self.release = threading.Event()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_port}/{path}"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        data = self.server.clip
        way = self.path.strip("/").split(".")[0]
        if way == "missing":
            self.send_error(404)
            return
        if way == "silent":
            self.server.release.wait(30)
            return
        first = int(self.headers.get("Range", "bytes=0-")[len("bytes=") :].split("-")[0])
        if way == "flaky" and first:
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {first}-{len(data) - 1}/{len(data)}")
            data = data[first:]
        else:
            self.send_response(200)
        if way == "flaky":
            self.send_header("Accept-Ranges", "bytes")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        breaks = way in {"cut", "stalling"} or (way == "flaky" and not first)
        self.wfile.write(data[: len(data) * 2 // 3] if breaks else data)
        if way == "stalling":
            self.wfile.flush()
            self.server.release.wait(30)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Keep the test's output clean."""


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("http") / "clip.mp4"
    options = {"movflags": "faststart"}
    return write_clip(path, frames=FRAMES, container_options=options).read_bytes()


@pytest.fixture
def server(clip: bytes) -> Iterator[Server]:
    with Server(clip) as serving:
        thread = threading.Thread(target=serving.serve_forever, args=(0.05,))
        thread.start()
        yield serving
        serving.release.set()
        serving.shutdown()
        thread.join()


def read(url: str) -> int:
    with VideoSource(InputSpec(location=url)) as source:
        return len(list(source.frames()))


def test_a_video_is_read_from_a_server(server: Server) -> None:
    assert read(server.url("whole.mp4")) == FRAMES


def test_a_connection_that_breaks_is_taken_up_again(server: Server) -> None:
    assert read(server.url("flaky.mp4")) == FRAMES


def test_an_index_at_the_end_needs_a_server_that_sends_parts(
    server: Server, tmp_path: Path
) -> None:
    lossless = {"crf": "0", "preset": "ultrafast"}
    path = write_clip(tmp_path / "late.mp4", width=1280, height=720, options=lossless)
    server.clip = path.read_bytes()
    with pytest.raises(RemoteError, match="range requests") as caught:
        read(server.url("whole.mp4"))
    assert "faststart" in caught.value.hint


def test_a_missing_video_says_what_the_server_said(server: Server) -> None:
    with pytest.raises(RemoteError, match="404"):
        read(server.url("missing.mp4"))


def test_a_server_that_is_not_there_is_an_error() -> None:
    with pytest.raises(RemoteError, match="refused"):
        read("http://127.0.0.1:1/clip.mp4")


def test_a_server_that_never_answers_is_given_up(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "_CONNECT_SECONDS", 1.0)
    with pytest.raises(RemoteError, match="does not answer"):
        read(server.url("silent.mp4"))


@pytest.mark.parametrize("way", ["cut", "stalling"])
def test_a_body_that_ends_early_is_an_error(
    server: Server, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    monkeypatch.setattr(opening, "_READ_SECONDS", 1.0)
    with pytest.raises(RemoteError, match="server stopped"):
        read(server.url(f"{way}.mp4"))
