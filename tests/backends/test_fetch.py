"""Models from servers: resumed, bounded, and never from anywhere but the web."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

from support.onnx_models import entry, regressor, write_registry
from vmafx_core.backends import fetch
from vmafx_core.backends.install import install
from vmafx_core.backends.installed import installed
from vmafx_core.backends.registry import Kind
from vmafx_core.errors import InputError, RemoteError


class Handler(BaseHTTPRequestHandler):
    """Serves a folder, with the faults that a test asks for."""

    folder: ClassVar[Path]
    break_after: ClassVar[int | None] = None
    breaks: ClassVar[int] = 0
    ranges: ClassVar[list[str]] = []
    asked: ClassVar[list[str]] = []
    failing: ClassVar[str] = ""

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        self.asked.append(self.path)
        if self.path == self.failing:
            self.send_error(503)
            return
        if self.path == "/away.onnx":
            self.send_response(302)
            self.send_header("Location", "file:///etc/passwd")
            self.end_headers()
            return
        path = self.folder / self.path.lstrip("/")
        if not path.is_file():
            self.send_error(404)
            return
        data = path.read_bytes()
        wanted = self.headers.get("Range", "")
        first = int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted else 0
        if wanted:
            self.ranges.append(wanted)
        self.send_response(206 if wanted else 200)
        self.send_header("Content-Length", str(len(data) - first))
        self.end_headers()
        cls = type(self)
        if cls.break_after is not None and cls.breaks and path.suffix == ".onnx":
            cls.breaks -= 1
            self.wfile.write(data[first : first + cls.break_after])
            self.close_connection = True
            return
        self.wfile.write(data[first:])


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, type[Handler]]]:
    """A server of a folder with a registry of one model: its address, and its handler."""
    folder = tmp_path / "served"
    folder.mkdir()
    model = entry(regressor(folder / "m.onnx"), "fr")
    write_registry(folder / "registry.json", model)
    monkeypatch.setattr(fetch, "_PAUSE", 0.01)
    handler = type(
        "Serving", (Handler,), {"folder": folder, "ranges": [], "asked": [], "breaks": 0}
    )
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", handler
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_registry_on_a_server_is_installed(served: tuple[str, type[Handler]]) -> None:
    install(f"{served[0]}/registry.json")
    assert list(installed()) == ["m"]


def test_a_model_that_comes_alone_is_fetched_once(served: tuple[str, type[Handler]]) -> None:
    address, handler = served
    install(f"{address}/m.onnx", kind=Kind.FULL_REFERENCE)
    assert handler.asked == ["/m.onnx", "/m.json"]
    assert list(installed()) == ["m"]


def test_a_description_that_cannot_be_had_is_not_left_out(
    served: tuple[str, type[Handler]], models: Path
) -> None:
    address, handler = served
    handler.failing = "/m.json"
    with pytest.raises(RemoteError, match=r"m\.json: the server says 503"):
        install(f"{address}/registry.json")
    assert list(models.iterdir()) == []


def test_a_download_that_breaks_off_goes_on_where_it_was(
    served: tuple[str, type[Handler]],
) -> None:
    address, handler = served
    handler.break_after, handler.breaks = 50, 2
    told: list[tuple[str, int, int | None]] = []
    install(f"{address}/registry.json", progress=lambda *step: told.append(step))
    assert handler.ranges == ["bytes=50-", "bytes=100-"]
    assert list(installed()) == ["m"]
    assert told[-1][1] == told[-1][2]


def test_a_server_that_keeps_stopping_is_given_up(
    served: tuple[str, type[Handler]], models: Path
) -> None:
    address, handler = served
    handler.break_after, handler.breaks = 0, 99
    with pytest.raises(RemoteError, match="cannot be fetched"):
        install(f"{address}/registry.json")
    assert list(models.iterdir()) == []


def test_a_server_that_leads_elsewhere_is_not_followed(
    served: tuple[str, type[Handler]], models: Path
) -> None:
    model = entry(served[1].folder / "m.onnx", "fr") | {"id": "away", "onnx": "away.onnx"}
    write_registry(served[1].folder / "registry.json", model)
    with pytest.raises(InputError, match="no web address"):
        install(f"{served[0]}/registry.json")
    assert list(models.iterdir()) == []


def test_what_is_not_on_the_server_is_told(served: tuple[str, type[Handler]]) -> None:
    with pytest.raises(RemoteError, match="says 404"):
        install(f"{served[0]}/missing.json")
    with pytest.raises(RemoteError, match="cannot be fetched"):
        install("http://127.0.0.1:9/registry.json")
    with pytest.raises(InputError, match="ftp: cannot be fetched"):
        install("ftp://127.0.0.1/registry.json")


def test_a_download_that_is_too_long_is_refused(
    served: tuple[str, type[Handler]], models: Path
) -> None:
    with pytest.raises(InputError, match="--max-size"):
        install(f"{served[0]}/registry.json", most_bytes=64)
    assert list(models.iterdir()) == []
