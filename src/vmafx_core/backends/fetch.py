"""Bringing a file of a model here: from a folder, or from a server."""

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urljoin, urlsplit

from vmafx_core.errors import InputError, RemoteError
from vmafx_core.extras import require

_ATTEMPTS = 5
_SECONDS = 30.0
# Some servers forbid what they do not have.
_ABSENT = (403, 404, 410)
# Before the second attempt; twice as long before each further one.
_PAUSE = 0.2

Progress = Callable[[str, int, int | None], None]
"""Called with a file's name, the bytes that are here, and how many there will be."""


class _BrokenOffError(Exception):
    """A server stopped in the middle."""


class _AbsentError(RemoteError):
    """A server says that there is no such file."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a model or a registry comes from.

    Attributes:
        location: A path or an http(s) URL.
        most_bytes: The longest file that is taken.
        progress: Told how far a download is.
    """

    location: str
    most_bytes: int
    progress: Progress

    @property
    def is_remote(self) -> bool:
        """Whether it is a URL."""
        return "://" in self.location

    @property
    def name(self) -> str:
        """The file's name."""
        path = urlsplit(self.location).path if self.is_remote else self.location
        return PurePosixPath(path).name if self.is_remote else Path(path).name

    def beside(self, path: str) -> "Origin":
        """Another file, by its path from this one's folder."""
        if self.is_remote:
            return Origin(urljoin(self.location, path), self.most_bytes, self.progress)
        near = Path(self.location).parent / path
        return Origin(str(near), self.most_bytes, self.progress)

    def fetch(self, target: Path) -> None:
        """Write the file to `target`.

        Raises:
            InputError: It is not there, no plain file, or too long.
            RemoteError: The server cannot be reached, refuses, or keeps stopping half-way.
            ComponentError: The package for downloads is missing.
        """
        if self.is_remote:
            self._download(target)
        else:
            self._copy(target)

    def fetch_if_there(self, target: Path) -> bool:
        """Write the file to `target`, if there is such a file; returns whether there is.

        Raises:
            InputError: It is no plain file, or too long.
            RemoteError: The server cannot be reached, fails, or keeps stopping half-way.
            ComponentError: The package for downloads is missing.
        """
        if not self.is_remote and not Path(self.location).exists():
            return False
        try:
            self.fetch(target)
        except _AbsentError:
            return False
        return True

    def _copy(self, target: Path) -> None:
        source = Path(self.location)
        if source.is_symlink():
            raise InputError(f"{self.location}: is a symbolic link", "Name the file itself.")
        if not source.is_file():
            raise InputError(f"{self.location}: no such file", "Check the path.")
        self._check_length(source.stat().st_size)
        try:
            file = source.open("rb")
        except OSError as error:
            raise InputError(f"{self.location}: {error.strerror}", "Check the file.") from error
        with file, target.open("wb") as copy:
            shutil.copyfileobj(file, copy)

    def _check_length(self, length: int) -> None:
        if length > self.most_bytes:
            raise InputError(
                f"{self.location}: has {length:,} bytes or more",
                f"At most {self.most_bytes:,} are taken; --max-size allows more.",
            )

    def _download(self, target: Path) -> None:
        scheme = urlsplit(self.location).scheme
        if scheme not in {"http", "https"}:
            raise InputError(f"{self.location}: {scheme}: cannot be fetched", "Use https.")
        httpx = _httpx()
        with httpx.Client(follow_redirects=True, timeout=_SECONDS) as client:
            for attempt in range(_ATTEMPTS):
                try:
                    self._receive(client, target)
                except httpx.UnsupportedProtocol as error:
                    raise InputError(f"{self.location}: leads to what is no web address") from error
                except (httpx.TransportError, _BrokenOffError) as error:
                    if attempt + 1 == _ATTEMPTS:
                        raise _unreachable(self.location, error) from error
                    time.sleep(_PAUSE * 2**attempt)
                else:
                    return

    def _receive(self, client: Any, target: Path) -> None:
        """Download from where the file ends so far."""
        here = target.stat().st_size if target.exists() else 0
        wanted = {"Range": f"bytes={here}-"} if here else {}
        # Compressed, the length would not be that of the file.
        with client.stream(
            "GET", self.location, headers=wanted | {"Accept-Encoding": "identity"}
        ) as answer:
            if answer.status_code >= 400:
                error = _AbsentError if answer.status_code in _ABSENT else RemoteError
                raise error(
                    f"{self.location}: the server says {answer.status_code}", "Check the address."
                )
            here = here if answer.status_code == 206 else 0
            told = answer.headers.get("Content-Length", "")
            total = here + int(told) if told.isdigit() else None
            self._check_length(total or 0)
            with target.open("ab" if here else "wb") as file:
                for block in answer.iter_raw():
                    here += len(block)
                    self._check_length(here)
                    file.write(block)
                    self.progress(self.name, here, total)
        if total is not None and here < total:
            raise _BrokenOffError(f"{here} of {total} bytes came")


def _httpx() -> Any:
    require("onnx", "downloading a model", "httpx")
    import httpx  # wanted for downloads only

    return httpx


def _unreachable(location: str, error: Exception) -> RemoteError:
    return RemoteError(f"{location}: cannot be fetched: {error}", "Try again later.")
