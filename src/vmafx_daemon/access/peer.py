"""Where a request comes from."""

import ipaddress
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Peer:
    """The other end of a connection.

    Attributes:
        address: Its IP address; what else it is called where it has none.
        socket: Whether it came by the unix socket, which only this user can open.
        subject: Whom its certificate names, once that is verified; empty without one.
        unit: The organizational unit of that certificate; empty for none.
    """

    address: str
    socket: bool = False
    subject: str = ""
    unit: str = ""

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
