"""Which hosts a request may have this machine speak to."""

import ipaddress
import socket
from collections.abc import Iterable
from fnmatch import fnmatchcase

from vmafx_core.errors import RemoteError
from vmafx_daemon.errors import DeniedError

_IPv4 = ipaddress.IPv4Address
_IPv6 = ipaddress.IPv6Address
# IPv4 addresses that routers reach by IPv6 ones of this kind.
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def check_host(host: str, name: str, patterns: Iterable[str]) -> None:
    """Refuse a host that a request may not lead to; may wait for a name server.

    A host that is listed as it is may have any address. All others, those that a pattern with an
    asterisk lets in too, need a public one: nothing of this machine, of a private network, or
    link-local, where clouds tell machines their secrets.

    Args:
        host: A name or an address, without brackets.
        name: What the location is called in messages.
        patterns: Hosts that are allowed; none for all with a public address.

    Raises:
        DeniedError: It is not allowed.
        RemoteError: There is no such host.
    """
    host, patterns = host.lower().rstrip("."), tuple(p.lower() for p in patterns)
    if host in patterns:
        return
    if patterns and not any(fnmatchcase(host, pattern) for pattern in patterns):
        raise DeniedError(f"{name}: its host is none of those that may be read from here")
    if not all(_is_public(address) for address in _addresses(host, name)):
        raise DeniedError(f"{name}: its host has no public address")


def _addresses(host: str, name: str) -> list[str]:
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise RemoteError(f"{name}: its host cannot be found", "Check the address.") from None
    return [str(entry[4][0]) for entry in found]


def _is_public(text: str) -> bool:
    address: _IPv4 | _IPv6 = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, _IPv6):
        if address in _NAT64:
            address = _IPv4(int(address) & 0xFFFFFFFF)
        else:
            address = address.ipv4_mapped or address.sixtofour or address
    return address.is_global and not address.is_multicast
