"""Opening all inputs of a request at once, each in a thread of its own."""

import threading
from collections.abc import Sequence
from concurrent.futures import Future
from fractions import Fraction
from typing import Self

from vmafx_core.errors import UsageError
from vmafx_core.media.frames import Source
from vmafx_core.media.locations import is_pipe
from vmafx_core.media.raw import DefaultRate, no_rate
from vmafx_core.media.source import VideoSource
from vmafx_core.media.types import InputSpec
from vmafx_core.scoring.cpus import usable_cpus

_MOST_DECODE_THREADS = 8


class Inputs:
    """The inputs of a request, being opened; a context manager that closes them.

    Opening takes a while, most of it outside the interpreter: a program that has more to load or
    to settle does so meanwhile.

    Args:
        reference: The reference.
        distorted: The distorted videos.

    Raises:
        UsageError: Standard input is to be read twice.
    """

    def __init__(self, reference: InputSpec, distorted: tuple[InputSpec, ...]) -> None:
        if sum(spec.location == "-" for spec in (reference, *distorted)) > 1:
            raise UsageError("standard input can be read only once", "Use '-' for one input.")
        self._closed = False
        self._lock = threading.Lock()
        # One more than there are CPUs, as FFmpeg has it: one is always waiting for another.
        self._threads = min(usable_cpus() + 1, _MOST_DECODE_THREADS)
        self._sources: list[VideoSource] = []
        self._reference = self._begin(reference, no_rate)
        self._distorted = [self._begin(spec, self._reference_rate) for spec in distorted]

    def opened(self) -> tuple[Source, Sequence[Source]]:
        """The reference and the distorted videos, with their first pictures decoded.

        A side without a frame rate of its own (raw video) gets the other's.

        Raises:
            InputError: One cannot be read, has no video, or its first picture cannot be decoded.
            RemoteError: A server cannot be reached, or refused.
            UsageError: The stream or crop asked for is not there.
        """
        reference = self._reference.result()
        sources = [future.result() for future in self._distorted]
        rate = next((s.info.frame_rate for s in sources if s.info.frame_rate), None)
        if reference.info.frame_rate is None and rate and not is_pipe(reference.spec.location):
            reference.close()
            self._reference = self._begin(reference.spec, lambda: rate)
            reference = self._reference.result()
        return reference, sources

    def close(self) -> None:
        """Close everything; what is still being opened is closed when that ends."""
        with self._lock:
            self._closed = True
        for source in self._sources:
            source.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _begin(self, spec: InputSpec, default_rate: DefaultRate) -> Future[VideoSource]:
        future: Future[VideoSource] = Future()

        def work() -> None:
            try:
                source = VideoSource(spec, threads=self._threads, default_rate=default_rate)
            except BaseException as error:  # noqa: BLE001 - raised again by whoever wants it
                future.set_exception(error)
                return
            with self._lock:
                self._sources.append(source)
                closed = self._closed
            if closed:
                source.close()
            future.set_result(source)

        # A daemon: a pipe or server that never answers must not keep the program from ending.
        threading.Thread(target=work, name="vmafx-open", daemon=True).start()
        return future

    def _reference_rate(self) -> Fraction | None:
        return self._reference.result().info.frame_rate


class ReadyInputs:
    """Inputs that are open already; a context manager that closes them.

    Args:
        reference: The reference.
        distorted: The distorted videos.
    """

    def __init__(self, reference: Source, distorted: Sequence[Source]) -> None:
        self._reference = reference
        self._distorted = list(distorted)

    def opened(self) -> tuple[Source, Sequence[Source]]:
        """The reference and the distorted videos."""
        return self._reference, self._distorted

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for source in (self._reference, *self._distorted):
            source.close()
