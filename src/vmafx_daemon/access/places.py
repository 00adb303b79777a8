"""Which files and URLs requests may name.

A file is looked at here and opened later, by its name, in another process. What a name leads to can
change in between, if somebody else may write in a folder that is listed; so can the address of a
host. What is opened is at any rate read as video alone.
"""

import os
import re
import stat
from pathlib import Path

from vmafx_core.errors import InputError, UsageError
from vmafx_core.media.locations import masked
from vmafx_daemon.access.hosts import check_host
from vmafx_daemon.errors import DeniedError
from vmafx_daemon.settings import AccessSettings

_LONGEST = 4096
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
# Stricter than the standard, so that no two programs read it in two ways.
_URL = re.compile(
    r"[a-z][a-z0-9+.-]*://"
    r"(?:[A-Za-z0-9._~%!$&'()*+,;=:-]*@)?"
    r"(?P<host>[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?"
    r"(?:[/?][!-~]*)?"
)


class Places:
    """The files and URLs that may be named.

    Args:
        settings: The folders, schemes and hosts.
    """

    def __init__(self, settings: AccessSettings) -> None:
        self._settings = settings

    def check(self, location: str, *, anywhere: bool) -> None:
        """Refuse a place that a request may not name; may wait for a disk or a name server.

        Args:
            location: The path or URL.
            anywhere: Whether any file may be named, and any host.

        Raises:
            DeniedError: It is not allowed. Whether there is such a file is not told.
            InputError: It is a device or a pipe.
            RemoteError: There is no such host.
            UsageError: It is neither an absolute path nor a URL.
        """
        if len(location) > _LONGEST or not location.isprintable():
            raise UsageError(
                "a location is longer than 4096 characters, or holds some that cannot be printed",
                "Rename the file.",
            )
        if found := _SCHEME.match(location):
            self._check_url(location, found[1], anywhere=anywhere)
        elif Path(location).is_absolute():
            self._check_path(location, anywhere=anywhere)
        else:
            raise UsageError(
                f"{location!r} is neither an absolute path nor a URL",
                "Name it from the root on; or upload it.",
            )

    def _check_url(self, location: str, scheme: str, *, anywhere: bool) -> None:
        name, schemes = masked(location), self._settings.schemes
        if scheme not in schemes:
            allowed = f"Only {', '.join(schemes)} are." if schemes else "None are."
            raise DeniedError(f"{name}: URLs of {scheme}:// are not read here", allowed)
        if not (found := _URL.fullmatch(location)):
            raise UsageError(f"{name}: is no URL", "Write special characters as %20 and the like.")
        if not anywhere:
            check_host(found["host"].strip("[]"), name, self._settings.hosts)

    def _check_path(self, location: str, *, anywhere: bool) -> None:
        real = location
        if not anywhere:
            real = os.path.realpath(location)
            roots = map(os.path.realpath, self._settings.roots)
            if not any(Path(real).is_relative_to(root) for root in roots):
                raise DeniedError(
                    f"{location}: is in no folder that may be read here",
                    "The server's --root lists the folders; or upload it.",
                )
        try:
            mode = os.stat(real).st_mode  # noqa: PTH116  # in one step
        except OSError:
            return  # whoever opens it tells
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
            raise InputError(f"{location}: is a device or a pipe", "Name a video file.")
