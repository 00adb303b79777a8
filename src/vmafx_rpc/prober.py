"""Measuring settings at a daemon: each probe of a search is a job there.

The daemon decodes the sample itself, and says what it is with the first probe. What a search has
to know of a source before that, it is asked.
"""

from collections.abc import Generator
from dataclasses import replace
from typing import Any

from vmafx_core.encoders.contract import EncodeSetting
from vmafx_core.errors import RemoteError, VmafxError
from vmafx_core.media.types import InputSpec, VideoInfo
from vmafx_core.notice import Notice
from vmafx_core.probing.events import Advanced, Done, Probed, Sampled, TuneEvent
from vmafx_core.probing.points import Point
from vmafx_core.probing.request import Measuring, check_rereadable
from vmafx_core.probing.windows import Window
from vmafx_core.scoring.events import Told
from vmafx_rpc import jobs, messages
from vmafx_rpc.client import Client
from vmafx_rpc.convert import from_message, to_message
from vmafx_rpc.names import Names
from vmafx_rpc.probe import probe_there


class DaemonProber:
    """A daemon as the place where settings are measured.

    Args:
        client: The daemon.
    """

    def __init__(self, client: Client) -> None:
        self._client = client

    def prepared(
        self, source: InputSpec, measuring: Measuring, windows: tuple[Window, ...] | None = None
    ) -> Generator[TuneEvent[Any], None, "DaemonMeasurer"]:
        """What measures settings on a sample of a source.

        Args:
            source: The source.
            measuring: How settings are measured.
            windows: The windows to use; None to choose them as `measuring` says.

        Yields:
            Nothing, so far: the sample is told of by the first probe.

        Raises:
            UsageError: The source is a pipe.
            InputError: The source cannot be read.
            RemoteError: The daemon cannot be reached, or refuses.
        """
        check_rereadable(source)
        yield from ()
        about = probe_there(self._client, source).info
        return DaemonMeasurer(self._client, source, measuring, windows or (), about)

    def share(self, count: int, threads: int | None) -> tuple[int, int | None]:
        """How many probes are worth running at the same time, and how many threads each gets."""
        request = messages.controller.GetStatusRequest()
        slots = self._client.call(self._client.controller.GetStatus, request).slots
        return max(1, min(count, slots)), threads


class DaemonMeasurer:
    """Measures settings on one sample, each by a job.

    Args:
        client: The daemon.
        source: The source.
        measuring: How settings are measured.
        windows: The windows to use; empty to choose them as `measuring` says.
        info: What the source is.

    Attributes:
        info: What the source is.
    """

    def __init__(
        self,
        client: Client,
        source: InputSpec,
        measuring: Measuring,
        windows: tuple[Window, ...],
        info: VideoInfo,
    ) -> None:
        self.info = info
        self._client = client
        self._no_cache = not measuring.cache
        task = messages.encode.EncodeTask(
            source=to_message(source, messages.task.Input),
            measuring=to_message(measuring, messages.encode.Measuring),
            windows=[to_message(window, messages.encode.Window) for window in windows],
        )
        self._names = Names.settle(client.address, task)
        self._task = task
        self._sampled: Sampled | None = None
        self._points: dict[EncodeSetting, Point] = {}
        self._told: set[Notice] = set()

    @property
    def sampled(self) -> Sampled:
        """What is encoded and measured; known once something was probed."""
        if self._sampled is None:
            raise RemoteError("nothing was probed there yet")
        return self._sampled

    def known(self, setting: EncodeSetting) -> tuple[Point, ...]:
        """Points measured before with the same setting but for its quality."""
        alike = replace(setting, quality=0)
        return tuple(p for s, p in self._points.items() if replace(s, quality=0) == alike)

    def probe(self, setting: EncodeSetting) -> Generator[TuneEvent[Any], None, Point]:
        """Have a setting encoded and measured; returns the point.

        Yields:
            `Sampled` of the first probe, `Advanced` while it works, `Told`, and `Probed` at the
            end.

        Raises:
            UsageError: The encoder cannot follow the setting.
            ComponentError: The encoder is not usable there.
            WorkError: Encoding or scoring failed.
            RemoteError: The daemon cannot be reached, or refuses.
        """
        if setting not in self._points:
            self._points[setting] = yield from self._measured(setting)
        yield Probed(self._points[setting])
        return self._points[setting]

    def _measured(self, setting: EncodeSetting) -> Generator[TuneEvent[Any], None, Point]:
        spec = messages.controller.JobSpec(encode=self._task)
        spec.encode.setting.CopyFrom(to_message(setting, messages.encode.EncodeSetting))
        # A stored result says nothing of the sample.
        anew = self._no_cache or self._sampled is None
        request = messages.controller.SubmitJobRequest(spec=spec, no_cache=anew)
        try:
            job_id = jobs.submit(self._client, request)
            with jobs.cancelling(self._client, job_id):
                for event in follow_probe(self._client, job_id, self._names):
                    match event:
                        case Done(result=point):
                            return replace(point, setting=setting)
                        case Sampled() if self._sampled is None:
                            self._sampled = event
                            yield event
                        case Told(notice=notice) if notice not in self._told:
                            self._told.add(notice)
                            yield event
                        case Advanced():
                            yield event
        except VmafxError as error:
            raise self._names.error(error) from None
        raise RemoteError(f"job {job_id} ended without a result")


def follow_probe(
    client: Client, job_id: str, names: Names | None = None
) -> Generator[TuneEvent[Point]]:
    """What a job that probes tells, to its end; closing the generator leaves it going on.

    Args:
        client: The daemon.
        job_id: The job.
        names: What its files are called here; None for the same.

    Yields:
        What the probe tells, then `Done` with the point.

    Raises:
        RemoteError: The daemon cannot be reached any more.
        VmafxError: The job failed or was cancelled.
    """
    for event in jobs.watch(client, job_id):
        match event.WhichOneof("event"):
            case "state":
                jobs.raise_failure(event.state)
            case "encode":
                if names:
                    names.restore(event.encode)
                if told := _read(event.encode):
                    yield told
            case "progress":
                yield _advanced(event.progress)
            case "result":
                yield Done(from_message(event.result.encode, Point))
                return


def _advanced(progress: messages.controller.JobProgress) -> Advanced:
    return Advanced(
        phase=progress.phase,
        done=progress.done,
        total=progress.total if progress.HasField("total") else None,
        seconds=progress.seconds,
    )


def _read(event: messages.encode.EncodeEvent) -> TuneEvent[Point] | None:
    match event.WhichOneof("event"):
        case "sampled":
            return from_message(event.sampled, Sampled)
        case "notice":
            return Told(from_message(event.notice, Notice))
        case _:
            return None
