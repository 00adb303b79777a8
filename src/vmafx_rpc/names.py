"""What videos are called here, and what a daemon on the same machine calls them.

A daemon has a working folder of its own: it is told absolute paths. What it says of them comes
back in the words of whoever asked.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from vmafx_core.errors import VmafxError
from vmafx_core.media.locations import is_url
from vmafx_rpc import messages
from vmafx_rpc.addresses import Address

Task = messages.task.ScoreTask | messages.encode.EncodeTask | messages.task.Input
"""What names files: a task, or the one video that a call is about."""


@dataclass(frozen=True, slots=True)
class Names:
    """The names of the files of one task.

    Attributes:
        given: What a file is called here, by what the daemon calls it.
    """

    given: dict[str, str] = field(default_factory=dict)

    @classmethod
    def settle(cls, address: Address, task: Task) -> Self:
        """Make the paths of a task absolute, for a daemon that sees the same files.

        Args:
            address: Where the daemon is.
            task: The task; it is changed.
        """
        names = cls()
        if not address.local:
            return names
        inputs, models = _files_of(task)
        for video in inputs:
            video.location = names._absolute(video.location)
        for model in models:
            model.path = names._absolute(model.path)
        return names

    def restore(self, message: Message) -> None:
        """Write names as they were given into all texts of a message."""
        if not self.given:
            return
        for described, value in message.ListFields():
            if described.type == FieldDescriptor.TYPE_MESSAGE:
                for each in value if described.is_repeated else [value]:
                    self.restore(each)
            elif described.type == FieldDescriptor.TYPE_STRING and not described.is_repeated:
                setattr(message, described.name, self._restored(value))

    def error(self, error: VmafxError) -> VmafxError:
        """An error of the daemon, with names as they were given."""
        return type(error)(self._restored(error.message), self._restored(error.hint))

    def _absolute(self, location: str) -> str:
        if not location or location == "-" or is_url(location):
            return location
        path = os.path.abspath(location)  # noqa: PTH100  # links are left for the daemon to judge
        if path != location:
            self.given[path] = location
        return path

    def _restored(self, text: str) -> str:
        # The longest first: one file may be called as another one and more.
        for path in sorted(self.given, key=len, reverse=True):
            text = text.replace(path, self.given[path])
        return text


def _files_of(task: Task) -> tuple[Sequence[messages.task.Input], Sequence[Any]]:
    """The videos of a task, and its models."""
    if isinstance(task, messages.task.ScoreTask):
        return [task.reference, *task.distorted], task.models
    if isinstance(task, messages.encode.EncodeTask):
        return [task.source], task.measuring.models
    return [task], []
