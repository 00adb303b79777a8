"""What an engine is: the one seam between the controller and what does the work."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import Protocol

from vmafx_core.errors import WorkError
from vmafx_rpc import messages

EngineEvent = messages.result.ScoreEvent | messages.encode.EncodeEvent
"""What a running job tells; a `finished` or a `point` is the last of it."""

StreamEvent = messages.result.ScoreEvent | messages.scoring.Read | messages.scoring.FreeSlots
"""What a stream tells; a `finished` is the last of it."""


class WorkerLostError(WorkError):
    """What executed a job went away: it crashed, was killed, or went over a limit of memory.

    The job itself may be all right, so that it is worth another attempt.
    """


class TimeLimitError(WorkError):
    """A job took longer than it may; another attempt would, too. Or a stream stood still."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one execution may take.

    Attributes:
        seconds: Wall time; None for any.
        memory: Resident bytes; None for any.
        silence: Wall time in which nothing happens, for what lasts as long as it likes; None for
            any.
    """

    seconds: float | None = None
    memory: int | None = None
    silence: float | None = None


class Stream(Protocol):
    """Scoring that goes on while what is scored still comes."""

    async def finish(self) -> None:
        """Say that no more comes."""

    def events(self) -> AsyncGenerator[StreamEvent]:
        """What it tells, until the last.

        Raises:
            VmafxError: It failed; the class says how.
        """

    async def close(self) -> None:
        """End it and free everything, whatever state it is in."""


class SharedSlots(Protocol):
    """Memory of this machine into which a client puts pictures, rather than into messages."""

    def share(self) -> messages.scoring.SharedMemory:
        """The memory; without a path where there is none to be had."""

    async def feed_slots(self, slots: Sequence[int]) -> None:
        """Hand over the next pairs, which lie in slots of that memory.

        Raises:
            VmafxError: The stream has failed, or a slot is not the client's to fill.
        """


class PairStream(Stream, Protocol):
    """Scoring of pairs of pictures."""

    @property
    def slots(self) -> SharedSlots | None:
        """Another way to hand pairs over; None where the engine has none, as on other machines."""

    async def feed(self, reference: bytes | memoryview, distorted: bytes | memoryview) -> None:
        """Hand over the next pair of pictures; waits while there is no room.

        Raises:
            VmafxError: The stream has failed.
        """


class UploadStream(Stream, Protocol):
    """Scoring of videos that are read through the client, piece by piece."""

    async def supply(self, chunk: messages.scoring.Chunk) -> None:
        """Answer a `Read`.

        Raises:
            VmafxError: The stream has failed, or asked for no such piece.
        """


class Engine(Protocol):
    """Something that executes jobs and streams."""

    @property
    def name(self) -> str:
        """What it is called in the status: "local"."""

    @property
    def slots(self) -> int:
        """How many jobs it executes at once; streams take no slot of these."""

    async def start(self) -> None:
        """Get ready, without doing what can wait for the first job."""

    async def close(self) -> None:
        """End everything that runs, and free everything."""

    def run(
        self, job_id: str, spec: messages.controller.JobSpec, limits: Limits
    ) -> AsyncGenerator[EngineEvent]:
        """Execute a job; closing the generator ends it within a second.

        Raises:
            WorkerLostError: What executed it went away.
            TimeLimitError: It took longer than it may.
            VmafxError: The work failed; the class says how.
        """

    async def probe(self, source: messages.task.Input, limits: Limits) -> messages.result.Probe:
        """Say what a video is; waits while all places for that are taken, of which jobs take none.

        Raises:
            WorkerLostError: What looked at it went away.
            TimeLimitError: It took longer than it may.
            VmafxError: It cannot be read; the class says how.
        """

    async def open_stream(
        self, config: messages.scoring.StreamConfig, limits: Limits
    ) -> PairStream:
        """Begin to score pairs of pictures that come; waits while all places are taken.

        Raises:
            VmafxError: What is asked for cannot be scored.
        """

    async def open_upload(self, task: messages.task.ScoreTask, limits: Limits) -> UploadStream:
        """Begin to score videos that are read through the client."""
