"""Errors as messages, and back by the names of their classes."""

from collections.abc import Iterator

from vmafx_core.errors import VmafxError, WorkError
from vmafx_rpc import messages


def error_to_message(error: VmafxError) -> messages.controller.JobError:
    """The message that says of an error what there is to say."""
    return messages.controller.JobError(
        error_class=type(error).__name__,
        message=error.message,
        hint=error.hint,
        exit_code=error.exit_code,
    )


def error_from_message(message: messages.controller.JobError) -> VmafxError:
    """The error that a message says; of the nearest class where this program has no such one."""
    classes = list(_classes(VmafxError))
    named = (kind for kind in classes if kind.__name__ == message.error_class)
    alike = (kind for kind in classes if kind.exit_code == message.exit_code)
    kind = next(named, None) or next(alike, WorkError)
    return kind(message.message, message.hint)


def _classes(kind: type[VmafxError]) -> Iterator[type[VmafxError]]:
    """The classes of a tree, those nearer to the root first."""
    below = kind.__subclasses__()
    yield from below
    for each in below:
        yield from _classes(each)
