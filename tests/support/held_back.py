"""Videos of which a part comes only when it is told to: jobs of them end no sooner."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from support.submissions import score_of
from vmafx_core.testing import write_clip
from vmafx_rpc.messages import controller

# What comes at once, and how much of the rest every few seconds, lest the server is given up as one
# that does not answer. All would have come after more than a test may take.
_FIRST, _MORE, _PAUSE = 1 / 2, 1 / 80, 10.0


@contextmanager
def held_back(video: Path) -> Iterator[tuple[str, Callable[[], None]]]:
    """The URL of a video of which half is sent, and what has the rest sent as well."""
    data, rest = video.read_bytes(), threading.Event()
    first, more = round(len(data) * _FIRST), round(len(data) * _MORE)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            with suppress(ConnectionError):  # whoever asked was killed
                self.send_response(200)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data[:first])
                at = first
                while not rest.wait(_PAUSE) and at < len(data):
                    self.wfile.write(data[at : at + more])
                    at += more
                self.wfile.write(data[at:])

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
            """Keep the test's output clean."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/{video.name}", rest.set
        finally:
            rest.set()
            server.shutdown()
            thread.join()


@dataclass(frozen=True)
class HeldPair:
    """A pair of videos of which the first frames come at once, and the rest when it is told to.

    Attributes:
        reference: The URL of the one.
        distorted: The file of the other.
        release: Has the rest come.
    """

    reference: str
    distorted: Path
    release: Callable[[], None]

    def request(self, **more: Any) -> controller.SubmitJobRequest:
        """A request to score them, in so short segments that the first ones can be told."""
        return score_of(self.reference, self.distorted, segment_frames=5, **more)


@contextmanager
def held_pair(folder: Path) -> Iterator[HeldPair]:
    """A new pair in this folder."""
    raw = write_clip(folder / "held.y4m", frames=80, width=64, height=64, codec="rawvideo")
    with held_back(raw) as (url, release):
        yield HeldPair(url, raw, release)
