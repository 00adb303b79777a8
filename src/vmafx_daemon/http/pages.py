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
    ".svg": "image/svg+xml",
}
_PLACES = {"index.html": "/", "docs.html": "/docs"}


def pages(folder: Traversable | None = None) -> Sequence[Operation]:
    """What browsers can ask for; anybody may, as nothing is in it that not everybody may know.

    Args:
        folder: The files; those of this package without.
    """
    return [_page(*each) for each in _all(folder or files(__package__) / "static", "")]


def _all(folder: Traversable, path: str) -> Sequence[tuple[str, bytes]]:
    """The files of a folder and those below it, with their paths."""
    found: list[tuple[str, bytes]] = []
    for each in folder.iterdir() if folder.is_dir() else ():
        name = path + each.name
        if each.is_dir():
            found += _all(each, f"{name}/")
        elif PurePosixPath(name).suffix in _TYPES:
            found.append((name, each.read_bytes()))
    return found


def _page(name: str, content: bytes) -> Operation:
    media = _TYPES[PurePosixPath(name).suffix]
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
