"""The one exception tree of vmafx.

    VmafxError                    7  the work failed
    ├── RequirementError          1  a stated requirement was not met
    ├── UsageError                2  a name, value or option is wrong
    │   └── UnknownNameError      2  no such model, feature, pool, pixel format...
    ├── InputError                3  an input cannot be read or decoded
    ├── MismatchError             4  inputs do not fit together
    ├── ComponentError            5  a library, model, encoder or device is missing or unusable
    ├── RemoteError               6  a daemon, cluster or remote store cannot be reached
    └── WorkError                 7  scoring, encoding or writing a result failed

The number is the exit code of the command line. Every message says what happened, to which file
or value, and, in its `hint`, what to do about it.
"""

import difflib
from collections.abc import Iterable
from typing import ClassVar


class VmafxError(Exception):
    """Base of every error that vmafx raises on purpose.

    Args:
        message: What happened, naming the file or value.
        hint: What the user can do about it; one sentence, or empty.
    """

    exit_code: ClassVar[int] = 7
    grpc_status: ClassVar[str] = "INTERNAL"

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n{self.hint}" if self.hint else self.message

    def __reduce__(self) -> tuple[type, tuple[str, str]]:
        return type(self), (self.message, self.hint)


class RequirementError(VmafxError):
    """A stated requirement was not met."""

    exit_code = 1
    grpc_status = "FAILED_PRECONDITION"


class UsageError(VmafxError):
    """A name, value or combination of options is wrong."""

    exit_code = 2
    grpc_status = "INVALID_ARGUMENT"


class UnknownNameError(UsageError):
    """A name that is not in a known set; the hint carries the nearest right one."""

    @classmethod
    def of(
        cls, what: str, name: str, known: Iterable[str], otherwise: str = ""
    ) -> "UnknownNameError":
        """Build the error for `name`, which is no known `what`.

        Args:
            what: The kind of thing, such as "model" or "pixel format".
            name: The name that was given.
            known: Every name that would have been right.
            otherwise: The hint where nothing is near enough to suggest.
        """
        near = difflib.get_close_matches(name, sorted(known), n=3, cutoff=0.5)
        hint = f"Did you mean {' or '.join(repr(n) for n in near)}?" if near else otherwise
        return cls(f"unknown {what} {name!r}", hint)


class InputError(VmafxError):
    """An input cannot be read or decoded."""

    exit_code = 3
    grpc_status = "INVALID_ARGUMENT"


class MismatchError(VmafxError):
    """Inputs do not fit together: geometry, pairing, frame rate, dynamic range."""

    exit_code = 4
    grpc_status = "FAILED_PRECONDITION"


class ComponentError(VmafxError):
    """A component is missing or unusable: library, model file, encoder, device."""

    exit_code = 5
    grpc_status = "FAILED_PRECONDITION"


class RemoteError(VmafxError):
    """A daemon, cluster or remote store cannot be reached, or refused."""

    exit_code = 6
    grpc_status = "UNAVAILABLE"


class WorkError(VmafxError):
    """The work itself failed: scoring, encoding, writing a result."""
