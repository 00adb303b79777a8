"""Ports that stay free until a test uses them."""

import random
import socket
from contextlib import suppress
from pathlib import Path

_GIVEN_OUT = Path("/proc/sys/net/ipv4/ip_local_port_range")
_USUAL = 32768
_CHANCE = random.SystemRandom()  # so that tests which run beside each other do not meet


def free_port() -> int:
    """A free port of this machine below those that the system gives to whoever asks for any."""
    end = int(_GIVEN_OUT.read_text().split()[0]) if _GIVEN_OUT.exists() else _USUAL
    for _ in range(100):
        port = _CHANCE.randrange(end // 2, end)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise AssertionError(f"no port below {end} is free")
