from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from vmafx_core.errors import InputError, RemoteError
from vmafx_core.media.source import VideoSource
from vmafx_core.media.types import InputSpec
from vmafx_core.testing import frame, write_clip

PLAYLIST = "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nsecret.ts\n#EXT-X-ENDLIST\n"
LIST = "ffconcat version 1.0\nfile secret.ts\n"


class Server(ThreadingHTTPServer):
    """Serves a folder, and leads from /away.ts to /clip.ts."""

    daemon_threads = True

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.folder = folder
        self.asked: list[str] = []


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        if self.path == "/away.ts":
            self.send_response(302)
            self.send_header("Location", "/clip.ts")
            self.end_headers()
            return
        data = (self.server.folder / self.path.strip("/")).read_bytes()
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        pass


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Server]:
    with Server(tmp_path) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def pictures(location: object, data: bytes | None = None, *, confined: bool) -> int:
    spec = InputSpec(location=str(location), confined=confined)
    with VideoSource(spec, data=data) as source:
        return sum(1 for _ in source.frames())


@pytest.mark.parametrize(
    ("name", "text"),
    [("a.m3u8", PLAYLIST), ("a.ffconcat", LIST), ("a.mp4", LIST), ("a.ts", LIST)],
)
def test_lists_lead_to_other_files_unless_confined(tmp_path: Path, name: str, text: str) -> None:
    write_clip(tmp_path / "secret.ts", frames=5, width=160, height=120)
    listed = tmp_path / name
    listed.write_text(text)
    assert pictures(listed, confined=False) == 5
    with pytest.raises(InputError, match="list of other files"):
        pictures(listed, confined=True)


def test_a_list_in_memory_leads_nowhere_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_clip(tmp_path / "secret.ts", frames=5, width=160, height=120)
    monkeypatch.chdir(tmp_path)
    assert pictures("sent.ts", LIST.encode(), confined=False) == 5
    with pytest.raises(InputError, match="list of other files"):
        pictures("sent.ts", LIST.encode(), confined=True)


def test_numbered_pictures_are_not_gathered(tmp_path: Path) -> None:
    for index in range(3):
        frame(index, 64, 48).save(str(tmp_path / f"p{index}.png"))
    pattern = tmp_path / "p%d.png"
    assert pictures(pattern, confined=False) == 3
    with pytest.raises(InputError, match="no such file"):
        pictures(pattern, confined=True)


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.ts", "a.avi", "a.mov", "a.flv", "a.nut"])
def test_files_that_hold_their_pictures_are_read(tmp_path: Path, name: str) -> None:
    clip = write_clip(tmp_path / name, frames=5, width=160, height=120)
    assert pictures(clip, confined=True) == 5


def test_raw_video_is_read(tmp_path: Path) -> None:
    clip = tmp_path / "a_16x16.yuv"
    clip.write_bytes(bytes(16 * 16 * 3 // 2 * 3))
    assert pictures(clip, confined=True) == 3


def test_other_names_in_the_folder_are_not_told(tmp_path: Path) -> None:
    (tmp_path / "secret.mp4").touch()
    with pytest.raises(InputError) as caught:
        pictures(tmp_path / "secre.mp4", confined=True)
    assert "secret" not in str(caught.value)


def test_a_server_cannot_lead_elsewhere(tmp_path: Path, served: Server) -> None:
    write_clip(tmp_path / "clip.ts", frames=5, width=160, height=120)
    (tmp_path / "a.m3u8").write_text(PLAYLIST)
    url = f"http://127.0.0.1:{served.server_port}"
    assert pictures(f"{url}/clip.ts", confined=True) == 5
    assert pictures(f"{url}/away.ts", confined=False) == 5
    served.asked.clear()
    with pytest.raises(RemoteError):
        pictures(f"{url}/away.ts", confined=True)
    with pytest.raises(InputError):
        pictures(f"{url}/a.m3u8", confined=True)
    assert set(served.asked) == {"/away.ts", "/a.m3u8"}
