"""Jobs as people and programs see them."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from vmafx_cli.rendering.tables import DrawnTable
from vmafx_core.encoders.catalogue import find_encoder
from vmafx_core.report.naming import short_names
from vmafx_core.report.views import words
from vmafx_core.report.views.datatable import Column, DataTable
from vmafx_rpc import messages
from vmafx_rpc.convert import from_message
from vmafx_rpc.plain import plain_message

Job = messages.controller.Job
Progress = messages.controller.JobProgress

_COLUMNS = (
    Column("id", "job", words=True),
    Column("state", "state", words=True),
    Column("age", "age"),
    Column("what", "what", words=True),
    Column("outcome", "what came out", words=True),
)


def state_of(job: Job) -> str:
    """Where a job is in its life, in a word."""
    return messages.controller.JobState.Name(job.state).removeprefix("JOB_STATE_").lower()


def state_line(job: Job) -> str:
    """A job's id and where it is in its life."""
    return f"{job.id} {state_of(job)}"


def job_table(jobs: Iterable[Job]) -> DrawnTable:
    """Jobs, a row each."""
    rows = ((job.id, state_of(job), _age(job), _what(job), _outcome(job)) for job in jobs)
    return DrawnTable(DataTable(_COLUMNS, tuple(rows)))


def job_view(job: Job) -> RenderableType:
    """One job: what is known of it, and its result."""
    facts = Table.grid(padding=(0, 2))
    for name, text in _facts(job):
        facts.add_row(Text(name, "bold"), Text(text))
    match job.result.WhichOneof("kind"):
        case "score":
            from vmafx_cli.rendering.result_tables import result_tables  # loads much
            from vmafx_core.scoring.result import ScoreResult

            result = from_message(job.result.score, ScoreResult)
            return Group(facts, "", result_tables(result, verbose=False))
        case "encode":
            from vmafx_cli.tune.report.points import points_table
            from vmafx_core.probing.points import Point

            table = points_table([from_message(job.result.encode, Point)])
            return Group(facts, "", DrawnTable(table))
        case _:
            return facts


def job_document(job: Job) -> dict[str, Any]:
    """One job as plain data; its result as other documents have it, without single frames."""
    result: dict[str, Any] | None = None
    match job.result.WhichOneof("kind"):
        case "score":
            from vmafx_core.report.plain import plain_result
            from vmafx_core.scoring.result import ScoreResult

            scored = from_message(job.result.score, ScoreResult)
            result = {"score": plain_result(scored, frames=False)}
        case "encode":
            from vmafx_cli.tune.report.points import point_dict
            from vmafx_core.probing.points import Point

            result = {"encode": point_dict(from_message(job.result.encode, Point))}
    bare = Job()
    bare.CopyFrom(job)
    bare.ClearField("result")
    return {**plain_message(bare), "result": result}


def _facts(job: Job) -> Iterator[tuple[str, str]]:
    cached = ", by the result of an equal job" if job.cached else ""
    yield "job", job.id
    yield "state", state_of(job) + cached
    yield "what", _what(job)
    if job.labels:
        yield "labels", ", ".join(f"{k}={v}" for k, v in sorted(job.labels.items()))
    yield "priority", str(job.priority)
    yield "attempts", f"{job.attempts} of {job.max_attempts}"
    for name in ("created", "started", "ended"):
        if job.HasField(f"{name}_at"):
            at = getattr(job, f"{name}_at").ToDatetime(UTC)
            yield name, at.astimezone().isoformat(sep=" ", timespec="seconds")
    if job.worker:
        yield "worker", job.worker
    if job.HasField("progress"):
        yield "progress", _progress(job.progress)
    if job.HasField("error"):
        yield "error", " ".join(filter(None, (job.error.message, job.error.hint)))


def _what(job: Job) -> str:
    """What a job is to do, in few words."""
    if job.spec.HasField("encode"):
        task = job.spec.encode
        setting = task.setting
        quality = f"{find_encoder(setting.encoder).knob.name} {setting.quality:g}"
        (source,) = short_names([task.source.location])
        return f"{source}: {setting.encoder} {quality}"
    inputs = [job.spec.score.reference, *job.spec.score.distorted]
    reference, *distorted = short_names([video.location for video in inputs])
    return f"{reference}: {', '.join(distorted)}" if distorted else reference


def _outcome(job: Job) -> str:
    if job.HasField("error"):
        return job.error.message
    if job.HasField("progress") and job.state == messages.controller.JOB_STATE_RUNNING:
        return _progress(job.progress)
    return ", ".join(words.score(score) for score in job.scores)


def _progress(progress: Progress) -> str:
    done = f"{progress.done}/{progress.total}" if progress.total else f"{progress.done} frames"
    return f"{progress.phase} {done}, {progress.fps:.1f} fps"


def _age(job: Job) -> str:
    """How long ago a job was stored."""
    seconds = (datetime.now(UTC) - job.created_at.ToDatetime(UTC)).total_seconds()
    for length, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= length:
            return f"{seconds / length:.0f} {unit}"
    return f"{max(seconds, 0):.0f} s"
