"""Opening all inputs of a request at once, each in a thread of its own."""

import threading
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from fractions import Fraction
from pathlib import PurePath
from typing import Self

from vmafx_core.errors import UsageError
from vmafx_core.limits import usable_cpus
from vmafx_core.media import raw
from vmafx_core.media.ahead import Ahead
from vmafx_core.media.frames import Source
from vmafx_core.media.locations import is_pipe
from vmafx_core.media.source import VideoSource
from vmafx_core.media.types import InputSpec

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
        self._opening: list[_Opening] = []
        self._reference = self._begin(reference, raw.no_rate)
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
        for opening in (*self._opening, *_expected.values()):
            opening.close()
        _expected.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _begin(self, spec: InputSpec, default_rate: raw.DefaultRate) -> Future[Source]:
        opening = _expected.pop(spec, None) or _Opening(spec, default_rate)
        self._opening.append(opening)
        return opening.source

    def _reference_rate(self) -> Fraction | None:
        return self._reference.result().info.frame_rate


class _Opening:
    """One input, being opened and its first pictures decoded in a thread of its own."""

    def __init__(self, spec: InputSpec, default_rate: raw.DefaultRate) -> None:
        self.source: Future[Source] = Future()
        self._spec = spec
        self._default_rate = default_rate
        self._closed = False
        self._lock = threading.Lock()
        # A daemon: a pipe or server that never answers must not keep the program from ending.
        threading.Thread(target=self._work, name="vmafx-open", daemon=True).start()

    def _work(self) -> None:
        # One more than there are CPUs, as FFmpeg has it: one is always waiting for another.
        threads = min(usable_cpus() + 1, _MOST_DECODE_THREADS)
        try:
            source = VideoSource(self._spec, threads=threads, default_rate=self._default_rate)
        except BaseException as error:  # noqa: BLE001 - raised again by whoever wants it
            self.source.set_exception(error)
            return
        ahead = Ahead(source)
        with self._lock:
            self.source.set_result(ahead)
            closed = self._closed
        if closed:
            source.close()
        else:
            ahead.fill()

    def close(self) -> None:
        """Close it, now or as soon as it is open."""
        with self._lock:
            self._closed = True
            opened = self.source.done() and not self.source.exception()
        if opened:
            self.source.result().close()


_expected: dict[InputSpec, _Opening] = {}


def expect(locations: Iterable[str]) -> None:
    """Begin to open files that will probably be asked for, each as it is.

    The next `Inputs` takes those it has a use for, and closes the others.

    Args:
        locations: Paths of files.
    """
    for location in dict.fromkeys(locations):
        # Raw video may get its frame rate from the other side.
        if PurePath(location).suffix.lower() not in raw.ENDINGS:
            spec = InputSpec(location=location)
            _expected[spec] = _Opening(spec, raw.no_rate)


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
