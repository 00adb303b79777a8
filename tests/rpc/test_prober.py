import json
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

from support.cli import vmafx
from support.stub_daemon import Job, JobEvent, StubDaemon, serving, watched
from vmafx_core.encoders.contract import EncodeSetting
from vmafx_core.errors import ComponentError, InputError, UsageError, VmafxError
from vmafx_core.media.types import InputSpec
from vmafx_core.probing.events import Advanced, Probed, Sampled, TuneEvent
from vmafx_core.probing.measure import LOCAL_PROBER
from vmafx_core.probing.points import Point
from vmafx_core.probing.request import Measuring
from vmafx_core.probing.windows import Window
from vmafx_core.scoring.events import Told
from vmafx_core.scoring.probe import probe
from vmafx_core.testing import write_clip
from vmafx_rpc import jobs, messages
from vmafx_rpc.client import Client
from vmafx_rpc.convert import from_message, to_message
from vmafx_rpc.failures import error_to_message
from vmafx_rpc.prober import DaemonProber

FAST = EncodeSetting(encoder="libx264", quality=30, preset="ultrafast")
UNCACHED = Measuring(cache=False)


class WorkingDaemon(StubDaemon):
    """Does the work of its jobs while they are watched."""

    def SubmitJob(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802
        self.asked.append(request)
        return messages.controller.SubmitJobResponse(job_id=str(len(self.asked) - 1))

    def WatchJob(self, request: Any, context: Any) -> Iterator[Any]:  # noqa: ARG002, N802
        spec = self.asked[int(request.job_id)].spec
        try:
            told = list(_probed(spec.encode))
        except VmafxError as error:
            failed = Job(state=jobs.FAILED, error=error_to_message(error))
            told = [JobEvent(state=failed)]
        for number, event in enumerate(told, 1):
            event.number = number
            yield from watched(event)

    def Probe(self, request: Any, context: Any) -> Any:  # noqa: N802
        try:
            told = probe(from_message(request.input, InputSpec))
        except VmafxError as error:
            return self._said(error, context)
        return messages.controller.ProbeResponse(probe=to_message(told, messages.result.Probe))

    def tasks(self) -> list[messages.encode.EncodeTask]:
        """What was to be encoded; nothing else is a job."""
        return [r.spec.encode for r in self.asked]


def _probed(task: messages.encode.EncodeTask) -> Generator[JobEvent]:
    windows = tuple(from_message(window, Window) for window in task.windows)
    source, measuring = (
        from_message(task.source, InputSpec),
        from_message(task.measuring, Measuring),
    )

    def work() -> Generator[TuneEvent[Any], None, Point]:
        prober = yield from LOCAL_PROBER.prepared(source, measuring, windows or None)
        return (yield from prober.probe(from_message(task.setting, EncodeSetting)))

    told, point = ended(work())
    for event in told:
        said = messages.encode.EncodeEvent()
        match event:
            case Sampled():
                said.sampled.CopyFrom(to_message(event, messages.encode.Sampled))
            case Advanced():
                yield JobEvent(
                    progress=messages.controller.JobProgress(
                        phase=event.phase, done=event.done, total=event.total, seconds=event.seconds
                    )
                )
                continue
            case Told(notice=notice):
                said.notice.CopyFrom(to_message(notice, messages.result.Notice))
            case _:
                continue
        yield JobEvent(encode=said)
    result = to_message(point, messages.encode.Point)
    yield JobEvent(result=messages.controller.JobResult(encode=result))


def ended[Result](
    running: Generator[TuneEvent[Any], None, Result],
) -> tuple[list[TuneEvent[Any]], Result]:
    """All events of a generator, and what it returns."""
    told = []
    while True:
        try:
            told.append(next(running))
        except StopIteration as end:
            return told, end.value


@pytest.fixture
def stub() -> WorkingDaemon:
    return WorkingDaemon()


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clips")
    return write_clip(folder / "a.mkv", frames=25, width=160, height=120, options={"crf": "4"})


def test_a_probe_there_measures_what_one_here_does(
    client: Client, stub: WorkingDaemon, clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(clip.parent)
    source = InputSpec(location=clip.name)
    _, here = ended(LOCAL_PROBER.prepared(source, UNCACHED))
    _, there = ended(DaemonProber(client).prepared(source, UNCACHED))
    assert there.info == here.info
    assert not stub.asked  # no job is needed to learn that
    point = ended(here.probe(FAST))[1]
    told, same = ended(there.probe(FAST))
    assert there.sampled.info == here.sampled.info
    assert there.sampled.windows == here.sampled.windows
    assert there.sampled.digest == here.sampled.digest
    assert isinstance(told[0], Sampled)
    assert isinstance(told[-1], Probed)
    assert same.setting == FAST
    assert same.video_bytes == point.video_bytes
    for name, metric in point.metrics.items():
        assert same.metrics[name].values.tolist() == metric.values.tolist()
        assert same.metrics[name].pooled == metric.pooled


def test_a_point_is_measured_once_and_known_then(
    client: Client, stub: WorkingDaemon, clip: Path
) -> None:
    _, there = ended(DaemonProber(client).prepared(InputSpec(location=str(clip)), UNCACHED))
    first = ended(there.probe(FAST))[1]
    told, again = ended(there.probe(FAST))
    assert again is first
    assert [type(event) for event in told] == [Probed]
    assert there.known(EncodeSetting(encoder="libx264", quality=1, preset="ultrafast")) == (first,)
    assert there.known(EncodeSetting(encoder="libx264", quality=30)) == ()
    assert len(stub.tasks()) == 1


def test_windows_that_are_chosen_here_are_used_there(
    client: Client, stub: WorkingDaemon, clip: Path
) -> None:
    part = (Window(0.2, 0.4),)
    _, there = ended(DaemonProber(client).prepared(InputSpec(location=str(clip)), UNCACHED, part))
    point = ended(there.probe(FAST))[1]
    assert point.frames == 10
    assert there.sampled.windows == part
    assert [(w.start, w.duration) for w in stub.tasks()[0].windows] == [(0.2, 0.4)]


def test_a_source_that_is_not_there_is_told_before_anything_is_encoded(
    client: Client, clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(clip.parent)
    with pytest.raises(InputError, match=r"^b\.mkv: no such file"):
        ended(DaemonProber(client).prepared(InputSpec(location="b.mkv"), UNCACHED))
    with pytest.raises(UsageError, match="cannot be read more than once"):
        ended(DaemonProber(client).prepared(InputSpec(location="-"), UNCACHED))


def test_an_encoder_that_is_not_usable_there_is_told(client: Client, clip: Path) -> None:
    _, there = ended(DaemonProber(client).prepared(InputSpec(location=str(clip)), UNCACHED))
    with pytest.raises((ComponentError, UsageError)):
        ended(there.probe(EncodeSetting(encoder="h264_nvenc", quality=30)))


def test_as_many_probes_run_at_once_as_the_daemon_has_room_for(
    client: Client, stub: WorkingDaemon
) -> None:
    stub.answers["GetStatus"] = [messages.controller.GetStatusResponse(slots=3)]
    assert DaemonProber(client).share(10, 4) == (3, 4)
    assert DaemonProber(client).share(2, None) == (2, None)


def test_a_search_there_finds_what_one_here_does(stub: WorkingDaemon, clip: Path) -> None:
    words = ["tune", "crf", clip, "--preset", "ultrafast", "--target", "80", "--no-cache"]
    with serving(stub) as address:
        there = vmafx(*words, "--format", "json", "--remote", address)
    here = vmafx(*words, "--format", "json")
    assert (there.code, there.err) == (0, "")
    assert stub.tasks()
    assert facts(there.out) == facts(here.out)


def facts(document: str) -> Any:
    """A document without what takes time, which is never the same."""
    return json.loads(document, object_hook=_timeless)


def _timeless(data: dict[str, Any]) -> dict[str, Any]:
    timed = {"seconds", "encode_seconds", "score_seconds", "encode_fps"}
    return {key: value for key, value in data.items() if key not in timed}
