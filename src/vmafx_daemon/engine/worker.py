"""The process that does the work of one job at a time: `python -m vmafx_daemon.engine.worker FD`.

It is told what to do, and tells what happens, on the socket whose descriptor it is given. Decoders
and encoders run here, so that one that crashes takes nothing with it but its job.
"""

import gc
import os
import select
import signal
import socket
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from google.protobuf.message import Message

from vmafx_core.errors import UsageError, VmafxError, WorkError
from vmafx_core.media.types import InputSpec
from vmafx_core.scoring.engine import score_events
from vmafx_core.scoring.probe import probe
from vmafx_core.scoring.request import ScoreRequest
from vmafx_core.scoring.versions import versions
from vmafx_daemon.engine.framing import framed, receive
from vmafx_daemon.engine.live import Pairs, Upload
from vmafx_rpc import messages
from vmafx_rpc.convert import from_message, to_message
from vmafx_rpc.events import write_event
from vmafx_rpc.failures import error_to_message

if TYPE_CHECKING:
    from vmafx_daemon.engine.encode_tasks import EncodeTasks

Response = messages.engine.WorkerResponse


class Worker:
    """Does what it is told until nobody tells it any more.

    Args:
        connection: Where it is told.
        threads: Threads for a job that names none.
    """

    def __init__(self, connection: socket.socket, threads: int) -> None:
        self._connection = connection
        self._threads = threads
        self._encode_tasks: EncodeTasks | None = None
        self._stream: Pairs | Upload | None = None
        self._sending = threading.Lock()

    def serve(self) -> None:
        """Say that it is ready, and work."""
        try:
            told = to_message(versions(), messages.result.Versions)
        except VmafxError as error:
            self._send(Response(error=error_to_message(error)))
            return
        self._send(Response(ready=messages.engine.Ready(versions=told)))
        gc.freeze()  # what is there now stays, and need not be looked through
        while request := receive(self._connection, messages.engine.WorkerRequest):
            self._do(request)

    def _do(self, request: messages.engine.WorkerRequest) -> None:
        match request.WhichOneof("request"):
            case "run":
                with self._failures_told():
                    self._tell_all(self._responses(request.run.spec))
                gc.collect()  # decoders with their threads may be in circles
            case "probe":
                with self._failures_told():
                    told = probe(from_message(request.probe.input, InputSpec))
                    self._send(Response(probe=to_message(told, messages.result.Probe)))
                gc.collect()
            case "open_stream":
                self._begin(lambda: Pairs(request.open_stream, self._send, self._threads))
            case "open_upload":
                self._begin(lambda: Upload(request.open_upload.task, self._send, self._threads))
            case _ if self._stream:
                with self._failures_told():
                    self._stream.take(request)

    def _begin(self, make: Callable[[], "Pairs | Upload"]) -> None:
        """Begin a stream: a thread scores, this one takes what comes for it."""
        self._encode_tasks = self._stream = None
        with self._failures_told():
            stream = self._stream = make()
            threading.Thread(target=self._score, args=(stream,), daemon=True).start()

    def _score(self, stream: "Pairs | Upload") -> None:
        with self._failures_told():
            self._tell_all(Response(score=event) for event in stream.events())
        if self._stream is stream:
            self._stream = None  # and with it the memory that is shared
        gc.collect()

    def _tell_all(self, responses: Iterator[Response]) -> None:
        for response in responses:
            self._send(response)

    @contextmanager
    def _failures_told(self) -> Iterator[None]:
        """Tell why some work failed; nothing else than that work does."""
        try:
            yield
        except VmafxError as error:
            self._send(Response(error=error_to_message(error)))
        except Exception as error:  # noqa: BLE001 - one job's trouble, whatever it is
            traceback.print_exc()
            wrong = WorkError(
                f"the work failed inside the program ({type(error).__name__})",
                "The server's log says where.",
            )
            self._send(Response(error=error_to_message(wrong)))

    def _responses(self, spec: messages.controller.JobSpec) -> Iterator[Response]:
        match spec.WhichOneof("kind"):
            case "score":
                self._encode_tasks = None  # and the sample that it holds
                request = from_message(spec.score, ScoreRequest)
                request = replace(request, threads=request.threads or self._threads)
                with closing(score_events(request)) as events:
                    yield from (Response(score=write_event(event)) for event in events)
            case "encode":
                from vmafx_daemon.engine.encode_tasks import EncodeTasks  # few workers probe

                self._encode_tasks = self._encode_tasks or EncodeTasks(self._threads)
                yield from self._encode_tasks.responses(spec.encode)
            case _:
                raise UsageError("the job says nothing of what is to be done")

    def _send(self, message: Message) -> None:
        data = framed(message)
        with self._sending:
            self._connection.sendall(data)


def _end_with(connection: socket.socket) -> None:
    """End this process group when the other end of the connection is gone, whatever it does."""
    hung_up = select.poll()
    hung_up.register(connection, 0)
    hung_up.poll()
    os.killpg(0, signal.SIGKILL)  # what it has started, too


def main() -> None:
    """Work for whoever holds the other end of the descriptor."""
    # A Ctrl-C in the daemon's terminal is the daemon's business.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Where memory runs out, the system is to end this process, or what it starts, and no other.
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    connection = socket.socket(fileno=int(sys.argv[1]))
    threading.Thread(target=_end_with, args=(connection,), daemon=True).start()
    Worker(connection, int(sys.argv[2])).serve()


if __name__ == "__main__":
    main()
