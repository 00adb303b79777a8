"""One worker process, as the daemon sees it: started, spoken to, watched, ended."""

import asyncio
import itertools
import logging
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager, contextmanager, suppress
from typing import Self

import psutil

from vmafx_core.errors import VmafxError, WorkError
from vmafx_daemon.engine.contract import EngineEvent, Limits, TimeLimitError, WorkerLostError
from vmafx_daemon.engine.framing import NotAMessageError, framed, read_message
from vmafx_daemon.threads import Threads
from vmafx_rpc import messages
from vmafx_rpc.failures import error_from_message

# Seconds between two looks at the memory of a worker, and every how many of them the programs that
# it has started are found anew: among all of the machine, which takes a while where there are many.
_WATCH_EVERY = 0.2
_LOOKS = 10
_START_SECONDS = 60.0
_LONGEST_LINE = 1 << 16
_READ_BYTES = 1 << 20

_log = logging.getLogger(__name__)


class WorkerProcess:
    """A worker process that is ready for work, or at it.

    Attributes:
        pid: Its process id.
        at_rest: Whether it has nothing to do and nothing more to say, so that it can be given work.
    """

    def __init__(
        self,
        process: "subprocess.Popen[bytes]",
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        lines: asyncio.StreamReader,
        printing: asyncio.StreamWriter,
    ) -> None:
        self.pid = process.pid
        self._process = process
        self._reader = reader
        self._writer = writer
        self._printing = printing
        self.at_rest = False
        self._why = ""
        # One that ends late, as it waits for a disk, keeps a thread for as long.
        self._waiting = Threads("vmafx-worker-end", 2)
        self._logging = asyncio.create_task(self._log_lines(lines))

    @property
    def alive(self) -> bool:
        """Whether it has not ended, as far as is known."""
        return self._process.poll() is None

    @classmethod
    async def start(cls, threads: int) -> Self:
        """Start a process, and wait until it is ready.

        Args:
            threads: Threads for a job that names none.

        Raises:
            VmafxError: It cannot work; the class says why.
        """
        ours, theirs = socket.socketpair()
        # A socket as well, as uvloop closes the descriptor of a pipe twice.
        output, printed = socket.socketpair()
        with theirs, printed:
            reader, writer = await asyncio.open_connection(sock=ours, limit=_READ_BYTES)
            lines, printing = await asyncio.open_connection(sock=output, limit=_LONGEST_LINE)
            try:
                process = _begin(theirs.fileno(), printed.fileno(), threads)
            except BaseException:
                writer.close()
                printing.close()
                raise
        worker = cls(process, reader, writer, lines, printing)
        try:
            async with asyncio.timeout(_START_SECONDS):
                first = await worker._next()
            _raise_error(first)
        except BaseException as error:
            await worker.kill()
            if isinstance(error, TimeoutError):
                raise WorkError(f"a worker was not ready after {_START_SECONDS:g} s") from None
            raise
        worker.at_rest = True
        return worker

    async def run(
        self, spec: messages.controller.JobSpec, limits: Limits
    ) -> AsyncGenerator[EngineEvent]:
        """Have it do a job; whoever does not listen until it is at rest has to kill it.

        Raises:
            WorkerLostError: It went away.
            TimeLimitError: It took longer than it may.
            VmafxError: The work failed.
        """
        request = messages.engine.WorkerRequest(run=messages.engine.Run(spec=spec))
        await self.send(request)
        with self._resting_after_failure():
            async with aclosing(self.told(limits)) as responses:
                async for response in responses:
                    match response.WhichOneof("response"):
                        case "score":
                            self.at_rest = response.score.HasField("finished")
                            yield response.score
                        case "encode":
                            self.at_rest = response.encode.HasField("point")
                            yield response.encode
                    if self.at_rest:
                        return

    async def probe(self, source: messages.task.Input, limits: Limits) -> messages.result.Probe:
        """Have it say what a video is; whoever does not wait for that has to kill it.

        Raises:
            WorkerLostError: It went away.
            TimeLimitError: It took longer than it may.
            VmafxError: The video cannot be read.
        """
        request = messages.engine.WorkerRequest(probe=messages.engine.Probe(input=source))
        await self.send(request)
        with self._resting_after_failure():
            async with aclosing(self.told(limits)) as responses:
                response = await anext(responses)
        self.at_rest = True
        return response.probe

    @contextmanager
    def _resting_after_failure(self) -> Iterator[None]:
        """It is at rest once it has said itself that its work failed."""
        try:
            yield
        except (WorkerLostError, TimeLimitError):
            raise
        except VmafxError:
            self.at_rest = True
            raise

    async def told(self, limits: Limits) -> AsyncGenerator[messages.engine.WorkerResponse]:
        """What it tells of what it was told to do.

        Raises:
            WorkerLostError: It went away.
            TimeLimitError: It took longer than it may.
            VmafxError: The work failed.
        """
        loop = asyncio.get_running_loop()
        ends = None if limits.seconds is None else loop.time() + limits.seconds
        watching = asyncio.create_task(self._watch(limits.memory))
        try:
            while True:
                async with asyncio.timeout_at(ends), moving(limits):
                    response = await self._next()
                _raise_error(response)
                yield response
        except TimeoutError:
            raise TimeLimitError(
                f"took longer than {limits.seconds:g} s", "Allow more time, or score less."
            ) from None
        finally:
            watching.cancel()

    async def kill(self) -> None:
        """End it, and everything that it has started, at once."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._writer.close()
        try:
            await self._waiting.run(self._process.wait)
        finally:
            self._logging.cancel()
            self._printing.close()

    async def send(self, message: messages.engine.WorkerRequest) -> None:
        """Tell it something.

        Raises:
            WorkerLostError: It went away.
        """
        self.at_rest = False
        try:
            self._writer.write(framed(message))
            await self._writer.drain()
        except (ConnectionError, RuntimeError) as error:  # the latter is uvloop's
            raise await self._lost() from error

    async def _next(self) -> messages.engine.WorkerResponse:
        try:
            return await read_message(self._reader, messages.engine.WorkerResponse)
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            raise await self._lost() from error
        except NotAMessageError as error:
            raise WorkerLostError(f"the worker said what nobody understands: {error}") from error

    async def _lost(self) -> WorkerLostError:
        """What to say of a worker that is gone."""
        code = await self._waiting.run(self._process.wait)
        if self._why:
            how = self._why
        elif code < 0:
            how = f"was killed by {signal.Signals(-code).name}"
        else:
            how = f"ended with exit code {code}"
        return WorkerLostError(
            f"the worker {how}", "The input may be damaged, or the machine short of memory."
        )

    async def _watch(self, most: int | None) -> None:
        """Kill it when it takes more memory than it may, together with what it has started."""
        if most is None:
            return
        started: list[psutil.Process] = []
        with suppress(psutil.NoSuchProcess):
            process = psutil.Process(self.pid)
            for look in itertools.count():
                if look % _LOOKS == _LOOKS - 1:
                    started = await asyncio.to_thread(process.children, recursive=True)
                if process.memory_info().rss + sum(map(_resident, started)) > most:
                    self._why = f"was ended: it took more than {most >> 20} MiB of memory"
                    os.killpg(self.pid, signal.SIGKILL)
                    return
                await asyncio.sleep(_WATCH_EVERY)

    async def _log_lines(self, lines: asyncio.StreamReader) -> None:
        """Pass what it prints on to the log."""
        while True:
            try:
                line = await lines.readline()
            except ValueError:
                continue  # longer than a line may be
            except ConnectionError:
                return
            if not line:
                return
            said = line.decode(errors="replace").rstrip()
            _log.warning("a worker printed", extra={"event": {"pid": self.pid, "line": said}})


def _begin(descriptor: int, output: int, threads: int) -> "subprocess.Popen[bytes]":
    """Start the program of a worker, which is told on one socket what to do, and prints to another.

    Not by the loop: that of uvloop forks as programs with gRPC must not.
    """
    return subprocess.Popen(  # noqa: S603  # this very program
        [sys.executable, "-m", "vmafx_daemon.engine.worker", str(descriptor), str(threads)],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        pass_fds=[descriptor],
        start_new_session=True,
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
    )


@asynccontextmanager
async def moving(limits: Limits) -> AsyncIterator[None]:
    """Wait for something that happens in a stream.

    Raises:
        TimeLimitError: For too long.
    """
    try:
        async with asyncio.timeout(limits.silence):
            yield
    except TimeoutError:
        raise TimeLimitError(
            f"nothing happened for {limits.silence:g} s", "Send on without such a break."
        ) from None


def _raise_error(response: messages.engine.WorkerResponse) -> None:
    if response.HasField("error"):
        raise error_from_message(response.error)


def _resident(process: psutil.Process) -> int:
    """Bytes of memory that a process takes; none where it has ended."""
    try:
        taken: int = process.memory_info().rss
    except psutil.NoSuchProcess:
        return 0
    return taken
