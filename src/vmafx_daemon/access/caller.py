"""Who asks."""

from dataclasses import dataclass
from enum import IntEnum


class Role(IntEnum):
    """What a caller may do; each role includes the ones before it."""

    READ = 1
    """Look at jobs, results, models and the status."""
    WRITE = 2
    """Submit, cancel and retry jobs, and score streams."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks.

    Attributes:
        name: For the logs: "socket owner", a token's name, a certificate's subject, an address.
        role: What it may do.
        owner: Whether it came by the unix socket of this user, who may name any file.
    """

    name: str
    role: Role
    owner: bool = False
