"""What can be asked for besides jobs: scores at once, what a video is, how the server is."""

from collections.abc import Sequence

from starlette.responses import Response

from vmafx_daemon.access.caller import Role
from vmafx_daemon.controller import Controller
from vmafx_daemon.http.disconnect import Disconnect
from vmafx_daemon.http.operations import Call, Operation
from vmafx_daemon.http.reading import read_message
from vmafx_daemon.http.responses import Responses
from vmafx_daemon.metrics import MEDIA_TYPE, Metrics
from vmafx_daemon.scoring.at_once import score_at_once
from vmafx_rpc.messages import controller as wire
from vmafx_rpc.messages import result, scoring

_TEXT = "text/plain; charset=utf-8"


class Service:
    """Answers what is asked.

    Args:
        controller: Knows how it is, scores, and looks at videos.
        metrics: What it has done.
        disconnect: Ends what nobody waits for.
        responses: Say what they come to.
        addresses: Where the daemon listens.
    """

    def __init__(
        self,
        controller: Controller,
        metrics: Metrics,
        disconnect: Disconnect,
        responses: Responses,
        addresses: Sequence[str],
    ) -> None:
        self._controller = controller
        self._metrics = metrics
        self._disconnect = disconnect
        self._responses = responses
        self._addresses = addresses

    def operations(self) -> Sequence[Operation]:
        """All that can be asked."""
        return (
            Operation(
                method="POST",
                path="/v1/score",
                name="score",
                summary="Score a pair, and answer when that is done; cancelled when the client "
                "goes away.",
                handler=self._score,
                role=Role.WRITE,
                body=scoring.ScoreRequest,
                example={"reference": "/media/ref.mp4", "distorted": "/media/dis.mp4"},
                answer=scoring.ScoreResponse,
            ),
            Operation(
                method="POST",
                path="/v1/probe",
                name="probe",
                summary="Say what a video is and what scoring would do with it, from its first "
                "picture alone.",
                handler=self._probe,
                role=Role.WRITE,
                body=wire.ProbeRequest,
                example={"input": {"location": "/media/ref.mp4"}},
                answer=result.Probe,
            ),
            Operation(
                method="GET",
                path="/v1/models",
                name="listModels",
                summary="List the models that can be used.",
                handler=self._models,
                answer=wire.ListModelsResponse,
            ),
            Operation(
                method="GET",
                path="/v1/status",
                name="getStatus",
                summary="Say what the server is and how it is doing.",
                handler=self._status,
                answer=wire.GetStatusResponse,
            ),
            Operation(
                method="GET",
                path="/metrics",
                name="getMetrics",
                summary="Say what the server has done, for Prometheus.",
                handler=self._tell_metrics,
                media=MEDIA_TYPE,
            ),
            *(
                Operation(
                    method="GET",
                    path=path,
                    name=name,
                    summary="Say that the server is alive.",
                    handler=_live,
                    role=None,
                    media=_TEXT,
                )
                for path, name in (("/healthz", "checkHealth"), ("/livez", "checkLife"))
            ),
            Operation(
                method="GET",
                path="/readyz",
                name="checkReadiness",
                summary="Say whether the server takes work.",
                handler=self._ready,
                role=None,
                media=_TEXT,
                further={503: "It does not, for the reason that this says."},
            ),
        )

    async def _score(self, call: Call) -> Response:
        request = read_message(call.body, scoring.ScoreRequest)
        scores = score_at_once(self._controller, request, call.caller)
        return self._responses.answer(await self._disconnect.during(call.request.receive, scores))

    async def _probe(self, call: Call) -> Response:
        request = read_message(call.body, wire.ProbeRequest)
        probing = self._controller.probe(request.input, call.caller)
        return self._responses.answer(await self._disconnect.during(call.request.receive, probing))

    async def _models(self, _: Call) -> Response:
        return self._responses.answer(await self._controller.models())

    async def _status(self, _: Call) -> Response:
        status = self._controller.status()
        status.addresses.extend(self._addresses)
        return self._responses.answer(status)

    async def _tell_metrics(self, _: Call) -> Response:
        text = await self._metrics.text()
        return Response(text, media_type=MEDIA_TYPE)

    async def _ready(self, _: Call) -> Response:
        status = self._controller.status()
        text = "ready" if status.ready else status.reason
        return Response(f"{text}\n", 200 if status.ready else 503, media_type=_TEXT)


async def _live(_: Call) -> Response:
    return Response("alive\n", media_type=_TEXT)
