"""Encode tasks in the worker: a sample is encoded with a setting, and the outcome is measured."""

from collections.abc import Generator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import assert_never

from vmafx_core.encoders.contract import EncodeSetting
from vmafx_core.media.types import InputSpec
from vmafx_core.probing.events import Advanced, Done, Probed, Probing, Sampled, TuneEvent
from vmafx_core.probing.measure import SampleMeasurer, prepared
from vmafx_core.probing.request import Measuring
from vmafx_core.probing.windows import Window
from vmafx_core.scoring.events import Told
from vmafx_rpc import messages
from vmafx_rpc.convert import from_message, to_message

Response = messages.engine.WorkerResponse


class EncodeTasks:
    """Does one task after the other; the sample of the last one is kept for the next.

    Args:
        threads: Threads for a task that names none.
    """

    def __init__(self, threads: int) -> None:
        self._threads = threads
        self._measured: tuple[bytes, SampleMeasurer] | None = None

    def responses(self, task: messages.encode.EncodeTask) -> Iterator[Response]:
        """Encode and measure."""
        setting = from_message(task.setting, EncodeSetting)
        key = _sample_key(task)
        if self._measured is None or self._measured[0] != key:
            self._measured = None
            measuring = from_message(task.measuring, Measuring)
            measuring = replace(measuring, threads=measuring.threads or self._threads)
            windows = tuple(from_message(window, Window) for window in task.windows)
            loading = prepared(from_message(task.source, InputSpec), measuring, windows or None)
            measurer = yield from _told(loading)
            self._measured = (key, measurer)
        else:
            yield _response(self._measured[1].sampled)
        yield from _told(self._measured[1].probe(setting))


def _sample_key(task: messages.encode.EncodeTask) -> bytes:
    """What makes a task's sample what it is: all but the setting, and the state of a file."""
    alike = messages.encode.EncodeTask()
    alike.CopyFrom(task)
    alike.ClearField("setting")
    try:
        state = Path(task.source.location).stat()
    except OSError:
        return alike.SerializeToString(deterministic=True)
    known = (state.st_dev, state.st_ino, state.st_size, state.st_mtime_ns)
    return repr(known).encode() + alike.SerializeToString(deterministic=True)


def _told[Result](
    events: Generator[TuneEvent[object], None, Result],
) -> Generator[Response, None, Result]:
    """Pass the events of a probe on as responses; returns what it returns."""
    while True:
        try:
            event = next(events)
        except StopIteration as end:
            result: Result = end.value
            return result
        yield _response(event)


def _response(event: TuneEvent[object]) -> Response:
    told = messages.encode.EncodeEvent
    match event:
        case Sampled():
            sent = told(sampled=to_message(event, messages.encode.Sampled))
        case Advanced():
            sent = told(advanced=to_message(event, messages.encode.Advanced))
        case Told(notice=notice):
            sent = told(notice=to_message(notice, messages.result.Notice))
        case Probed(point=point):
            sent = told(point=to_message(point, messages.encode.Point))
        case Probing() | Done():
            raise TypeError(f"a search tells {type(event).__name__}, and no probe does")
        case _:
            assert_never(event)
    return Response(encode=sent)
