"""One worker process, as the daemon sees it: started, spoken to, watched, ended."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress

import psutil
import structlog

from vmafx_core.errors import VmafxError, WorkError
from vmafx_daemon.engine.contract import Limits, TimeLimitError, Told, WorkerLostError
from vmafx_daemon.engine.framing import framed, read_message
from vmafx_rpc import messages
from vmafx_rpc.failures import error_from_message

_WATCH_EVERY = 0.2
_START_SECONDS = 60.0
_LONGEST_LINE = 1 << 16

_log = structlog.get_logger("vmafx.worker")


class WorkerProcess:
    """A worker process that is ready for work, or at it.

    Attributes:
        pid: Its process id.
    """

    def __init__(
        self,
        process: asyncio.subprocess.Process,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self.pid = process.pid
        self._process = process
        self._reader = reader
        self._writer = writer
        self._why = ""
        self._logging = asyncio.create_task(self._log_lines())

    @classmethod
    async def start(cls, threads: int) -> "WorkerProcess":
        """Start a process, and wait until it is ready.

        Args:
            threads: Threads for a job that names none.

        Raises:
            VmafxError: It cannot work; the class says why.
        """
        ours, theirs = socket.socketpair()
        try:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-m", "vmafx_daemon.engine.worker", str(theirs.fileno()), str(threads)),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
                limit=_LONGEST_LINE,
                env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
            )
        finally:
            theirs.close()
        worker = cls(process, *await asyncio.open_connection(sock=ours, limit=1 << 20))
        try:
            first = await asyncio.wait_for(worker._next(), _START_SECONDS)
        except TimeoutError:
            await worker.kill()
            raise WorkError(f"a worker was not ready after {_START_SECONDS:g} s") from None
        except BaseException:
            await worker.kill()
            raise
        if not first.HasField("ready"):
            await worker.kill()
            raise error_from_message(first.error)
        return worker

    async def run(self, spec: messages.controller.JobSpec, limits: Limits) -> AsyncGenerator[Told]:
        """Have it do a job; whoever does not listen to the end has to kill it.

        Raises:
            WorkerLostError: It went away.
            TimeLimitError: It took longer than it may.
            VmafxError: The work failed.
        """
        request = messages.engine.WorkerRequest(run=messages.engine.Run(spec=spec))
        await self.send(request)
        async with aclosing(self.told(limits)) as responses:
            async for response in responses:
                match response.WhichOneof("response"):
                    case "score":
                        yield response.score
                        if response.score.HasField("finished"):
                            return
                    case "encode":
                        yield response.encode
                        if response.encode.HasField("point"):
                            return

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
                left = None if ends is None else ends - loop.time()
                try:
                    response = await asyncio.wait_for(self._next(), left)
                except TimeoutError:
                    raise TimeLimitError(
                        f"took longer than {limits.seconds:g} s", "Allow more time, or score less."
                    ) from None
                if response.HasField("error"):
                    raise error_from_message(response.error)
                yield response
        finally:
            watching.cancel()

    async def kill(self) -> None:
        """End it, and everything that it has started, at once."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._writer.close()
        await self._process.wait()
        self._logging.cancel()

    async def send(self, message: messages.engine.WorkerRequest) -> None:
        """Tell it something.

        Raises:
            WorkerLostError: It went away.
        """
        try:
            self._writer.write(framed(message))
            await self._writer.drain()
        except ConnectionError as error:
            raise await self._lost() from error

    async def _next(self) -> messages.engine.WorkerResponse:
        try:
            return await read_message(self._reader, messages.engine.WorkerResponse)
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            raise await self._lost() from error

    async def _lost(self) -> VmafxError:
        """What to say of a worker that is gone."""
        code = await self._process.wait()
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
        """Kill it when it takes more memory than it may."""
        if most is None:
            return
        with suppress(psutil.Error):
            process = psutil.Process(self.pid)
            while True:
                members = [process, *process.children(recursive=True)]
                if sum(member.memory_info().rss for member in members) > most:
                    self._why = f"was ended: it took more than {most >> 20} MiB of memory"
                    os.killpg(self.pid, signal.SIGKILL)
                    return
                await asyncio.sleep(_WATCH_EVERY)

    async def _log_lines(self) -> None:
        """Pass what it prints on to the log."""
        output = self._process.stdout
        while output:
            try:
                line = await output.readline()
            except ValueError:
                continue  # longer than a line may be
            if not line:
                return
            _log.warning("worker output", pid=self.pid, line=line.decode(errors="replace").rstrip())
