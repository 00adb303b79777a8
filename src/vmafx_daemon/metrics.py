"""What Prometheus is told: what was asked for, how jobs fare, and how long everything takes."""

import time
from collections.abc import Iterator
from functools import cache
from typing import Any

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from vmafx_daemon.controller import Controller
from vmafx_daemon.jobs.records import CANCELLED, COMPLETED, FAILED
from vmafx_daemon.observers import Job, Observer

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_REQUESTS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800)
_JOBS = (1, 2, 5, 10, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200)
_SCORES = tuple(range(20, 101, 5))
# As many models as have a name of their own among the labels; users may name files.
_MOST_MODELS = 64
_OTHER = "other"
_OUTCOMES = {COMPLETED: "completed", FAILED: "failed", CANCELLED: "cancelled"}
# Operations that score a pair and wait for it, by door.
_SCORING = {"POST /v1/score", "/vmafx.v1.VmafxScoring/Score"}


class Metrics(Observer):
    """Counts and measures what the controller and its doors do.

    Args:
        controller: Tells how many jobs wait and run.
    """

    def __init__(self, controller: Controller) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]  # a second series for each
        self._controller = controller
        self._registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        PlatformCollector(registry=registry)
        registry.register(_Now(controller))
        self._models: set[str] = set()
        self._oldest = Gauge(
            "vmafx_controller_queue_oldest_job_age_seconds",
            "How long the job that waits longest has waited.",
            registry=registry,
        )
        self._requests = Counter(
            "vmafx_requests_total",
            "Requests that were answered.",
            ("door", "operation", "code"),
            registry=registry,
        )
        self._request_seconds = Histogram(
            "vmafx_request_duration_seconds",
            "How long requests took.",
            ("door", "operation"),
            buckets=_REQUESTS,
            registry=registry,
        )
        self._scores = Counter(
            "vmafx_server_score_requests_total",
            "Requests to score a pair and wait for it.",
            registry=registry,
        )
        self._score_errors = Counter(
            "vmafx_server_score_errors_total", "Those of them that failed.", registry=registry
        )
        self._score_seconds = Histogram(
            "vmafx_server_score_duration_seconds",
            "How long they took.",
            buckets=_REQUESTS,
            registry=registry,
        )
        self._submitted = Counter(
            "vmafx_controller_jobs_submitted_total", "Jobs that were stored.", registry=registry
        )
        self._requeued = Counter(
            "vmafx_controller_jobs_requeued_total",
            "Times that a job was queued again.",
            ("reason",),
            registry=registry,
        )
        self._ended = {
            outcome: Counter(
                f"vmafx_controller_jobs_{outcome}_total",
                f"Jobs that ended as {outcome}.",
                registry=registry,
            )
            for outcome in _OUTCOMES.values()
        }
        self._wait_seconds = Histogram(
            "vmafx_controller_job_queue_wait_seconds",
            "How long jobs waited before they were begun for the first time.",
            buckets=_JOBS,
            registry=registry,
        )
        self._job_seconds = Histogram(
            "vmafx_controller_job_duration_seconds",
            "How long the last attempts of jobs took.",
            ("outcome",),
            buckets=_JOBS,
            registry=registry,
        )
        self._frames = Counter(
            "vmafx_frames_scored_total", "Frame pairs that jobs have scored.", registry=registry
        )
        self._streams = Counter(
            "vmafx_streams_total", "Streams that were opened.", registry=registry
        )
        self._stream_seconds = Histogram(
            "vmafx_stream_duration_seconds",
            "How long streams were open.",
            buckets=_JOBS,
            registry=registry,
        )
        self._quality = Histogram(
            "vmafx_quality_score",
            "Mean scores of jobs' distorted videos, by model.",
            ("model",),
            buckets=_SCORES,
            registry=registry,
        )

    async def text(self) -> bytes:
        """All of it, as Prometheus reads it."""
        oldest = await self._controller.oldest_pending()
        age = time.time() - oldest.created_at.ToMilliseconds() / 1000 if oldest else 0.0
        self._oldest.set(max(0.0, age))
        return generate_latest(self._registry)

    def on_request(self, door: str, operation: str, code: str, seconds: float) -> None:
        """A request was answered.

        Args:
            door: "grpc" or "http".
            operation: What was asked for, out of a fixed number of things.
            code: How it ended, in the door's own words.
            seconds: How long it took.
        """
        _of(self._requests, door, operation, code).inc()
        _of(self._request_seconds, door, operation).observe(seconds)
        if operation in _SCORING:
            self._scores.inc()
            self._score_seconds.observe(seconds)
            if code not in {"200", "OK"}:
                self._score_errors.inc()

    def on_submitted(self, job: Job) -> None:  # noqa: ARG002  # whichever
        """Count it."""
        self._submitted.inc()

    def on_started(self, job: Job) -> None:
        """Measure how long it waited."""
        if job.attempts == 1:
            waited = job.started_at.ToMilliseconds() - job.created_at.ToMilliseconds()
            self._wait_seconds.observe(max(0, waited) / 1000)

    def on_requeued(self, job: Job, reason: str) -> None:  # noqa: ARG002  # whichever
        """Count it, by the reason."""
        _of(self._requeued, reason).inc()

    def on_ended(self, job: Job, seconds: float) -> None:
        """Count it, by how it ended."""
        outcome = _OUTCOMES[job.state]
        self._ended[outcome].inc()
        if seconds:
            _of(self._job_seconds, outcome).observe(seconds)
        for score in job.scores:
            _of(self._quality, self._model_of(job)).observe(score)

    def on_frames(self, frames: int) -> None:
        """Count them."""
        self._frames.inc(frames)

    def on_stream_opened(self) -> None:
        """Count it."""
        self._streams.inc()

    def on_stream_closed(self, seconds: float) -> None:
        """Measure how long it was open."""
        self._stream_seconds.observe(seconds)

    def _model_of(self, job: Job) -> str:
        task = job.spec.score if job.spec.HasField("score") else job.spec.encode.measuring
        if not task.models:
            return "none"
        name = task.models[0].version or _OTHER  # a file's name says nothing to others
        if name not in self._models and len(self._models) >= _MOST_MODELS:
            return _OTHER
        self._models.add(name)
        return name


@cache
def _of(metric: Any, *labels: str) -> Any:
    """A metric's series with these labels, which takes a while to find; there are not many."""
    return metric.labels(*labels)


class _Now(Collector):
    """What is true at the moment of asking."""

    def __init__(self, controller: Controller) -> None:
        self._controller = controller

    def collect(self) -> Iterator[Metric]:
        status = self._controller.status()
        build = GaugeMetricFamily(
            "vmafx_build_info", "The versions of what runs.", labels=("version", "libvmaf")
        )
        build.add_metric((status.version, status.libvmaf_version), 1)
        yield build
        for name, words, value in (
            ("vmafx_ready", "Whether work is taken.", status.ready),
            ("vmafx_controller_jobs_pending", "Jobs that wait.", status.pending),
            ("vmafx_controller_jobs_running", "Jobs that run.", status.running),
            ("vmafx_controller_slots", "Jobs that can run at once.", status.slots),
            ("vmafx_streams_open", "Streams that are open.", status.streams),
        ):
            yield GaugeMetricFamily(name, words, value)
