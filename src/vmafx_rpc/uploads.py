"""Scoring files of this machine at a daemon that cannot read them: it reads them through here.

The daemon asks for pieces of the encoded files as its decoders need them, so that nothing is sent
twice and a pipe can be scored as it comes.
"""

import os
import queue
import stat
from collections.abc import Generator, Iterator
from contextlib import ExitStack
from typing import Any, Self

import grpc

from vmafx_core.errors import InputError, UsageError
from vmafx_core.media.locations import (
    file_head,
    is_pipe,
    is_sequence,
    is_url,
    masked,
    name_of,
)
from vmafx_core.scoring import events
from vmafx_core.scoring.request import ScoreRequest
from vmafx_rpc import messages
from vmafx_rpc.client import Client
from vmafx_rpc.convert import to_message
from vmafx_rpc.events import read_event
from vmafx_rpc.names import Names

_LONGEST_PIECE = 64 << 20

Request = messages.scoring.ScoreStreamRequest


class _Video:
    """A video that is read piece by piece; a context manager that closes it.

    Args:
        number: Which one, as the daemon counts them.
        location: A file, or a pipe.

    Raises:
        UsageError: It is neither.
        InputError: It is missing, a directory, empty or unreadable.
    """

    def __init__(self, number: int, location: str) -> None:
        self._number = number
        self._name = name_of(location)
        if is_url(location):
            raise UsageError(
                f"{masked(location)}: a URL is not sent", "Leave --upload out: the daemon reads it."
            )
        if is_sequence(location):
            raise UsageError(
                f"{location}: numbered pictures are not sent",
                "Leave --upload out where the daemon sees them, or put them into one file first.",
            )
        if not is_pipe(location):
            file_head(location)  # says best what is wrong with a file
        try:
            self._fd = 0 if location == "-" else os.open(location, os.O_RDONLY)
            state = os.fstat(self._fd)
        except OSError as error:
            raise InputError(f"{self._name}: cannot be read: {error.strerror}") from error
        self._size = state.st_size if stat.S_ISREG(state.st_mode) and location != "-" else None

    def piece(self, read: messages.scoring.Read) -> messages.scoring.Chunk:
        """A piece of it, or why there is none."""
        chunk = messages.scoring.Chunk(input=self._number, offset=read.offset, size=self._size)
        if not 0 <= read.length <= _LONGEST_PIECE:
            chunk.error = f"{self._name}: {read.length} bytes at once are not sent"
            return chunk
        try:
            if self._size is None:
                chunk.data = self._next(read.length)
            else:
                chunk.data = os.pread(self._fd, read.length, read.offset)
        except OSError as error:
            chunk.error = f"{self._name}: cannot be read: {error.strerror}"
        return chunk

    def _next(self, length: int) -> bytes:
        """The next bytes of a pipe; fewer than asked for only at its end."""
        pieces = []
        while length and (piece := os.read(self._fd, length)):
            pieces.append(piece)
            length -= len(piece)
        return b"".join(pieces)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._fd:
            os.close(self._fd)


def score_sent(client: Client, request: ScoreRequest) -> Generator[events.Event]:
    """Score files and pipes of this machine at a daemon, telling what happens.

    Closing the generator ends it there, too. A connection that is lost ends it for good: what
    came through a pipe is gone.

    Args:
        client: The daemon.
        request: What is asked for.

    Raises:
        UsageError: An input is a URL.
        RemoteError: The daemon cannot be reached, or the connection is lost.
        VmafxError: What scoring raises here.
    """
    wishes: queue.SimpleQueue[Any] = queue.SimpleQueue()
    task = to_message(request, messages.task.ScoreTask)
    names = Names.settle(client.address, task)
    wishes.put(Request(task=task))
    with ExitStack() as stack:
        inputs = (request.reference, *request.distorted)
        videos = [stack.enter_context(_Video(i, v.location)) for i, v in enumerate(inputs)]
        call = client.scoring.ScoreStream(_sent(wishes, videos), metadata=client.metadata)
        try:
            for response in call:
                client.meet()
                match response.WhichOneof("message"):
                    case "read":
                        wishes.put(response.read)
                    case "event":
                        names.restore(response.event)
                        if event := read_event(response.event):
                            yield event
        except grpc.RpcError as failure:
            raise names.error(client.error(failure)) from None
        finally:
            wishes.put(None)
            call.cancel()


def _sent(wishes: "queue.SimpleQueue[Any]", videos: list[_Video]) -> Iterator[Request]:
    """What is said to the daemon: the task, then what it wishes for."""
    while (wish := wishes.get()) is not None:
        if isinstance(wish, Request):
            yield wish
        else:
            yield Request(chunk=videos[wish.input].piece(wish))
