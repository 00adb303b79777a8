"""Sockets to listen on, and why one cannot be had."""

import errno
import socket
from pathlib import Path
from typing import Any

from vmafx_core.errors import WorkError

_BACKLOG = 1024
_NUMBERS = socket.NI_NUMERICHOST | socket.NI_NUMERICSERV


def listen(host: str, port: int, what: str) -> socket.socket:
    """Listen on a port.

    Args:
        host: A name or address of this machine.
        port: The port; 0 for any free one.
        what: What it is for, with the option that names another: "HTTP (--http-port)".

    Raises:
        WorkError: It is taken, or not of this machine.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        made = socket.socket(family, kind, protocol)
    except (OSError, UnicodeError) as error:
        raise _cannot(host, port, what, error) from error
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(address)
        made.listen(_BACKLOG)
        made.setblocking(False)
    except OSError as error:
        made.close()
        raise _cannot(host, port, what, error) from error
    return made


def addresses_of(host: str, port: int, what: str) -> list[str]:
    """The addresses that a host's name stands for, without those that this machine lacks.

    Args:
        host: A name or address of this machine.
        port: As in `listen`.
        what: Likewise.

    Raises:
        WorkError: There are none.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        # As localhost may be ::1, too, where there is no IPv6.
        here = [each for each in found if _is_here(*each)] or found
        names = [socket.getnameinfo(address, _NUMBERS)[0] for *_, address in here]
    except (OSError, UnicodeError) as error:
        raise _cannot(host, port, what, error) from error
    return list(dict.fromkeys(names))


def _is_here(family: int, kind: int, protocol: int, _: str, address: tuple[Any, ...]) -> bool:
    """Whether this machine has an address, as `getaddrinfo` tells it."""
    try:
        with socket.socket(family, kind, protocol) as probe:
            probe.bind((address[0], 0, *address[2:]))
    except OSError:
        return False
    return True


def check_free(host: str, port: int, what: str) -> None:
    """Find out whether a port can be listened on.

    Raises:
        WorkError: It is taken, or not of this machine.
    """
    listen(host, port, what).close()


def check_path(path: Path) -> None:
    """Find out whether a unix socket can be made.

    Raises:
        WorkError: Somebody listens there, or nobody can.
    """
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except (FileNotFoundError, ConnectionRefusedError):
            if path.parent.is_dir() and (path.is_socket() or not path.exists()):
                return
            reason = "it is in no folder, or a file of that name is there"
        except OSError as error:
            reason = error.strerror or str(error)
        else:
            reason = "another program listens there"
    raise WorkError(f"cannot listen on the socket {path}: {reason}", "Name another with --socket.")


def _cannot(host: str, port: int, what: str, error: OSError | UnicodeError) -> WorkError:
    reason = error.strerror if isinstance(error, OSError) else None
    hint = "Name another port, or with --host an address of this machine."
    if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
        hint = "Another program has it, perhaps another daemon: name another port, or 0 for any."
    return WorkError(f"cannot listen on {host}:{port} for {what}: {reason or error}", hint)
