"""What an engine tells of a job, as its watchers hear it."""

from vmafx_daemon.engine.contract import EngineEvent
from vmafx_daemon.jobs.records import JobResult
from vmafx_daemon.jobs.topic import JobEvent, JobProgress
from vmafx_rpc import messages

SCORING = "scoring"
"""The phase in which frames that are done are frames of the result."""


def result_of(told: EngineEvent) -> JobResult | None:
    """The result, if that is what is told."""
    if isinstance(told, messages.result.ScoreEvent):
        return JobResult(score=told.finished.result) if told.HasField("finished") else None
    return JobResult(encode=told.point) if told.HasField("point") else None


def frames_in(result: JobResult) -> int:
    """How many frames were scored for a result; of several distorted videos, the least."""
    if result.HasField("encode"):
        return result.encode.frames
    return min((pair.frames.scored for pair in result.score.pairs), default=0)


def progress_of(told: EngineEvent) -> JobProgress | None:
    """How far the job is, if that is what is told."""
    if isinstance(told, messages.result.ScoreEvent):
        if not told.HasField("progress"):
            return None
        scored = told.progress
        progress = JobProgress(
            done=scored.frames, fps=scored.fps, seconds=scored.seconds, phase=SCORING
        )
        if scored.HasField("expected_frames"):
            progress.total = scored.expected_frames
        return progress
    if not told.HasField("advanced"):
        return None
    phase = told.advanced
    fps = phase.done / phase.seconds if phase.seconds else 0.0
    progress = JobProgress(done=phase.done, fps=fps, seconds=phase.seconds, phase=phase.phase)
    if phase.HasField("total"):
        progress.total = phase.total
    return progress


def event_of(job_id: str, told: EngineEvent) -> JobEvent:
    """Anything else."""
    if isinstance(told, messages.result.ScoreEvent):
        return JobEvent(job_id=job_id, score=told)
    return JobEvent(job_id=job_id, encode=told)
