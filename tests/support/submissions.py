"""Jobs as tests submit them, and how they end."""

from collections.abc import Mapping
from typing import Any

from google.protobuf.json_format import ParseDict

from vmafx_rpc import jobs
from vmafx_rpc.client import Client
from vmafx_rpc.messages import controller

MODEL = {"version": "vmaf_v0.6.1"}


def score_of(reference: object, distorted: object, **more: Any) -> controller.SubmitJobRequest:
    """A request to score a pair; `more` is of the task."""
    task = {
        "reference": {"location": str(reference)},
        "distorted": [{"location": str(distorted)}],
        "models": [MODEL],
        **more,
    }
    return ParseDict({"spec": {"score": task}}, controller.SubmitJobRequest())


def probe_of(source: object, **more: Any) -> controller.SubmitJobRequest:
    """A request to encode and measure; `more` is of the setting."""
    task: Mapping[str, Any] = {
        "source": {"location": str(source)},
        "setting": {"encoder": "libx264", "quality": 30, "preset": "ultrafast", **more},
        "measuring": {"models": [MODEL], "sampling": {"seconds": 1}},
    }
    return ParseDict({"spec": {"encode": task}}, controller.SubmitJobRequest())


def ended(client: Client, job_id: str) -> controller.Job:
    """The job once it has ended, with its result."""
    for _ in jobs.watch(client, job_id):
        pass
    return jobs.get(client, job_id, with_result=True)


def done(client: Client, request: controller.SubmitJobRequest) -> controller.Job:
    """Submit a job, and wait for its end."""
    return ended(client, jobs.submit(client, request))
