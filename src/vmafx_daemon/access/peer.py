"""Where a request comes from."""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

# What the parts of a subject are called by some, and what by others.
_PARTS = {"CN": "CN", "commonName": "CN", "OU": "OU", "organizationalUnitName": "OU"}


@dataclass(frozen=True, slots=True)
class Peer:
    """The other end of a connection.

    Attributes:
        address: Its IP address; what else it is called where it has none.
        socket: Whether it came by the unix socket, which only this user can open.
        subject: Whom its certificate names, once that is verified; empty without one.
        units: The organizational units of that certificate.
    """

    address: str
    socket: bool = False
    subject: str = ""
    units: tuple[str, ...] = ()

    @classmethod
    def certified(cls, address: str, parts: Iterable[tuple[str, str]]) -> Self:
        """One with a verified certificate, whose subject has these parts: name and value."""
        known = [(_PARTS.get(key), value) for key, value in parts]
        names = [value for key, value in known if key == "CN"]
        units = tuple(value for key, value in known if key == "OU")
        return cls(address, subject=next(iter(names), "a certificate"), units=units)

    @property
    def near(self) -> bool:
        """Whether it is on this machine."""
        return self.socket or is_loopback(self.address)


def is_loopback(host: str) -> bool:
    """Whether an address can be reached from this machine only; names other than localhost: no."""
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)
