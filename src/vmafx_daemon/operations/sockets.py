"""Sockets to listen on, and why one cannot be had."""

import socket
from pathlib import Path

from vmafx_core.errors import WorkError

_BACKLOG = 1024


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
    except OSError as error:
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
    """The addresses that a host's name stands for.

    Args:
        host: A name or address of this machine.
        port: As in `listen`.
        what: Likewise.

    Raises:
        WorkError: There are none.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as error:
        raise _cannot(host, port, what, error) from error
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def check_free(host: str, port: int, what: str) -> None:
    """Find out whether a port can be listened on.

    Raises:
        WorkError: It is taken, or not of this machine.
    """
    listen(host, port, what).close()


def claim(address: str, port: int, what: str) -> socket.socket:
    """Keep other daemons from a port that sockets share, which the system does not; Linux only.

    Args:
        address: Of this machine.
        port: The port.
        what: As in `listen`.

    Returns:
        What has to stay open for as long.

    Raises:
        WorkError: Another daemon has it.
    """
    claimed = socket.socket(socket.AF_UNIX)
    try:
        # In the abstract namespace, which goes with that of the ports, and with the process.
        claimed.bind(f"\0vmafx:{address}:{port}")
    except OSError as error:
        claimed.close()
        raise _cannot(address, port, what, error) from error
    return claimed


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


def _cannot(host: str, port: int, what: str, error: OSError) -> WorkError:
    return WorkError(
        f"cannot listen on {host}:{port} for {what}: {error.strerror}",
        "Another program has it, perhaps another daemon: name another port, or 0 for a free one.",
    )
