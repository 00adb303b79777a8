"""Where a daemon is: a unix socket, or a host and a port, with TLS or without."""

import ipaddress
import os
import re
from dataclasses import dataclass
from pathlib import Path

from vmafx_core.errors import UsageError

CONTROLLER_VARIABLE = "VMAFX_CONTROLLER"
STATE_VARIABLE = "VMAFX_STATE_DIR"
DEFAULT = "default"
"""Stands for the address of the environment, and without one for this user's own daemon."""

_HINT = "Write HOST:PORT, grpcs://HOST:PORT for TLS, or unix:PATH."
# What people write instead of an address, and is no video either.
_ALMOST = re.compile(r"localhost|grpcs?://.*|https?://[^/]*/?")
_HOST_AND_PORT = re.compile(
    r"(?P<tls>grpcs://|grpc://)?(?P<host>\[[^\]\s]+\]|[^\[\]/:\s]+):(?P<port>\d{1,5})"
)


@dataclass(frozen=True, slots=True)
class Address:
    """Where a daemon is.

    Attributes:
        target: The same for gRPC: "unix:/run/vmafx/daemon.sock", "host:9090".
        local: Whether it is on this machine, and so sees the same files.
        tls: Whether it is spoken to by TLS.
    """

    target: str
    local: bool
    tls: bool = False

    def __str__(self) -> str:
        return f"grpcs://{self.target}" if self.tls else self.target


def is_meant_as_address(text: str) -> bool:
    """Whether a word is an address, or would be one: nothing that a video is usually called."""
    return (
        text == DEFAULT
        or text.startswith("unix:")
        or _HOST_AND_PORT.fullmatch(text) is not None
        or _ALMOST.fullmatch(text) is not None
    )


def parse_address(text: str) -> Address:
    """Read an address.

    Args:
        text: "unix:PATH", "HOST:PORT", "grpcs://HOST:PORT", or "default".

    Raises:
        UsageError: The text is anything else.
    """
    if text == DEFAULT:
        return default_address()
    if text.startswith("unix:") and len(text) > len("unix:"):
        return _socket(Path(text.removeprefix("unix:")))
    found = _HOST_AND_PORT.fullmatch(text)
    if found is None or not 0 < int(found["port"]) < 2**16:
        raise UsageError(f"{text!r} is no address of a daemon", _HINT)
    target = f"{found['host']}:{found['port']}"
    return Address(target, _is_loopback(found["host"]), tls=found["tls"] == "grpcs://")


def default_address() -> Address:
    """The address of the environment, or this user's own daemon.

    Raises:
        UsageError: What the environment has is no address.
    """
    named = os.environ.get(CONTROLLER_VARIABLE) or DEFAULT
    if named == DEFAULT:
        return _socket(default_socket())
    try:
        return parse_address(named)
    except UsageError as error:
        raise UsageError(f"{CONTROLLER_VARIABLE}: {error.message}", error.hint) from None


def default_state() -> Path:
    """The folder of this user's daemon: its database, its logs and its socket."""
    if named := os.environ.get(STATE_VARIABLE):
        return Path(named)
    from platformdirs import user_state_path  # seldom needed

    return user_state_path("vmafx", appauthor=False) / "daemon"


def default_socket() -> Path:
    """The unix socket of this user's daemon.

    It lies in the state folder, which is the same for a login, a service and a cron job.
    """
    return default_state() / "daemon.sock"


def _socket(path: Path) -> Address:
    return Address(f"unix:{path.absolute()}", local=True)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"
