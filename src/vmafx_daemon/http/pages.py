"""Pages for browsers: files of our own, which are few and stay in memory."""

from collections.abc import Awaitable, Callable, Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import PurePosixPath

from starlette.responses import Response

from vmafx_daemon.http.operations import Call, Operation

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
}
_PLACES = {"index.html": "/", "docs.html": "/docs"}
# What the pages of reports have too.
_SHARED = ("page.css", "theme.js", "numbers.js", "plotting.js", "frame_chart.js")


def pages() -> Sequence[Operation]:
    """What browsers can ask for; anybody may, as nothing is in it that not everybody may know."""
    reports = files("vmafx_core.report") / "page"
    shared = [reports / name for name in _SHARED]
    own = (files(__package__) / "static").iterdir()
    return [_page(each, media) for each in (*own, *shared) if (media := _type(each.name))]


def _type(name: str) -> str | None:
    return _TYPES.get(PurePosixPath(name).suffix)


def _page(file: Traversable, media: str) -> Operation:
    name, content = file.name, file.read_bytes()
    return Operation(
        method="GET",
        path=_PLACES.get(name, f"/static/{name}"),
        name=name,
        summary="A page.",
        handler=_showing(content, media),
        role=None,
        media=media,
    )


def _showing(content: bytes, media: str) -> Callable[[Call], Awaitable[Response]]:
    async def show(_: Call) -> Response:
        return Response(content, media_type=media)

    return show
