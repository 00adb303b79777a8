"""What can be asked for about jobs."""

from collections.abc import AsyncGenerator, Sequence

from starlette.responses import Response

from vmafx_core.errors import UsageError
from vmafx_daemon.access.caller import Role
from vmafx_daemon.controller import Controller
from vmafx_daemon.http.event_stream import MEDIA, EventStreams
from vmafx_daemon.http.operations import Call, Operation
from vmafx_daemon.http.parameters import Parameter
from vmafx_daemon.http.reading import enum_names, read_message
from vmafx_daemon.http.responses import Responses
from vmafx_daemon.jobs.hub import one_by_one
from vmafx_daemon.jobs.records import ENDED
from vmafx_rpc.messages import controller as wire

_JOB = "/v1/jobs/{id}"
_STATES = tuple(enum_names(wire.JobState.DESCRIPTOR))
_ID = Parameter(name="id", meaning="What the job is called.", place="path")
_LAST = Parameter(
    name="Last-Event-ID",
    meaning="The number of the event to go on behind.",
    place="header",
    kind="integer",
)
_EXAMPLE = {
    "spec": {
        "score": {
            "reference": {"location": "/media/ref.mp4"},
            "distorted": [{"location": "/media/dis.mp4"}],
            "models": [{"version": "vmaf_v0.6.1"}],
        }
    },
    "labels": {"title": "movie"},
}
_LIST = (
    Parameter(
        name="state",
        meaning="Only jobs in one of these states.",
        choices=_STATES,
        repeated=True,
    ),
    Parameter(
        name="label", meaning="Only jobs with all of these labels: NAME=VALUE.", repeated=True
    ),
    Parameter(
        name="page_size", meaning="Most jobs a page, up to 1000; 100 without.", kind="integer"
    ),
    Parameter(name="page_token", meaning="The `next_page_token` of the page before."),
)
_RESULT = Parameter(
    name="result", meaning="Whether its result is wanted, with all scores.", kind="boolean"
)


class Jobs:
    """Answers what is asked about jobs.

    Args:
        controller: Knows them.
        responses: Say what they are.
        streams: Make streams of what happens to them.
    """

    def __init__(self, controller: Controller, responses: Responses, streams: EventStreams) -> None:
        self._controller = controller
        self._responses = responses
        self._streams = streams

    def operations(self) -> Sequence[Operation]:
        """All that can be asked."""
        return (
            Operation(
                method="POST",
                path="/v1/jobs",
                name="submitJob",
                summary="Store a job, and answer when it is safe.",
                handler=self._submit,
                role=Role.WRITE,
                body=wire.SubmitJobRequest,
                example=_EXAMPLE,
                answer=wire.SubmitJobResponse,
                status=201,
            ),
            Operation(
                method="GET",
                path="/v1/jobs",
                name="listJobs",
                summary="List jobs, the newest first, without their results.",
                handler=self._list,
                parameters=_LIST,
                answer=wire.ListJobsResponse,
            ),
            Operation(
                method="GET",
                path=_JOB,
                name="getJob",
                summary="Show a job.",
                handler=self._get,
                parameters=(_ID, _RESULT),
                answer=wire.Job,
            ),
            Operation(
                method="DELETE",
                path=_JOB,
                name="cancelJob",
                summary="Cancel a job that has not ended; it stays in the list.",
                handler=self._cancel,
                role=Role.WRITE,
                parameters=(_ID,),
                answer=wire.Job,
            ),
            Operation(
                method="POST",
                path=f"{_JOB}/retry",
                name="retryJob",
                summary="Queue a failed or cancelled job again.",
                handler=self._retry,
                role=Role.WRITE,
                parameters=(_ID,),
                answer=wire.Job,
            ),
            Operation(
                method="GET",
                path=f"{_JOB}/events",
                name="watchJob",
                summary="Tell what happens to a job until it has ended, its result last.",
                handler=self._watch,
                parameters=(_ID, _LAST),
                answer=wire.JobEvent,
                media=MEDIA,
                further={204: "There is no more to tell: browsers need not ask again."},
            ),
            Operation(
                method="GET",
                path="/v1/events",
                name="watchJobs",
                summary="Tell what happens to all jobs, without scores and results.",
                handler=self._watch_all,
                parameters=(_LAST,),
                answer=wire.JobEvent,
                media=MEDIA,
            ),
        )

    async def _submit(self, call: Call) -> Response:
        request = read_message(call.body, wire.SubmitJobRequest)
        job_id, existing = await self._controller.submit(request, call.caller)
        response = wire.SubmitJobResponse(job_id=job_id, existing=existing)
        return self._responses.answer(response, 201, Location=f"/v1/jobs/{job_id}")

    async def _list(self, call: Call) -> Response:
        values = call.values
        request = {
            "states": list(values.get("state", ())),
            "labels": dict(_label(text) for text in values.get("label", ())),
            "page_size": values.get("page_size"),
            "page_token": values.get("page_token"),
        }
        return self._responses.answer(
            await self._controller.list(read_message(request, wire.ListJobsRequest))
        )

    async def _get(self, call: Call) -> Response:
        with_result = call.values.get("result", False)
        job = await self._controller.get(call.values["id"], with_result=with_result)
        return self._responses.answer(job)

    async def _cancel(self, call: Call) -> Response:
        return self._responses.answer(await self._controller.cancel(call.values["id"]))

    async def _retry(self, call: Call) -> Response:
        return self._responses.answer(await self._controller.retry(call.values["id"]))

    async def _watch(self, call: Call) -> Response:
        job_id, after = call.values["id"], call.values.get(_LAST.name, 0)
        ended = (await self._controller.get(job_id)).state in ENDED
        events = self._controller.watch(job_id, after)
        if not ended:
            return self._streams.telling(events)
        told = [event async for event in events]
        # Browsers would ask again and again after a stream that has ended.
        return self._streams.telling(_again(told)) if told else Response(status_code=204)

    async def _watch_all(self, call: Call) -> Response:
        after = call.values.get(_LAST.name, 0)
        return self._streams.telling(one_by_one(self._controller.watch_all(after)))


async def _again(told: Sequence[wire.JobEvent]) -> AsyncGenerator[wire.JobEvent]:
    for event in told:
        yield event


def _label(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise UsageError(f"label is {text[:40]!r}", "Write NAME=VALUE.")
    return name, value
