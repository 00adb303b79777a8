"""Events as they happen."""

import asyncio
import signal
from collections.abc import AsyncGenerator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.requests import ClientDisconnect

from support.daemon import Daemon, running
from support.http import events, score_body, standing_still, submit, watched
from vmafx_daemon.errors import BusyError
from vmafx_daemon.http.disconnect import Disconnect
from vmafx_daemon.http.event_stream import EventStreams
from vmafx_daemon.http.responses import Responses
from vmafx_rpc.messages import controller


def kinds(told: list[tuple[int, dict[str, Any]]]) -> list[str]:
    return [next(name for name in event if name not in {"number", "job_id"}) for _, event in told]


def test_a_job_is_followed_to_its_end_and_from_anywhere(
    daemon: Daemon, http: httpx.Client, root: Path
) -> None:
    with ExitStack() as stack:
        with standing_still(daemon, http, root):  # until somebody listens
            job_id = submit(http, score_body(root))
            answer = stack.enter_context(http.stream("GET", f"/v1/jobs/{job_id}/events"))
        told = list(events(answer))
    assert kinds(told)[0] == "state"
    assert kinds(told)[-2:] == ["state", "result"]
    assert told[-2][1]["state"]["state"] == "completed"
    scores = [event["score"] for _, event in told if "score" in event]
    frames = [each["frame_scores"] for each in scores if "frame_scores" in each]
    assert sum(len(run["times"]) for run in frames) == 10
    numbers = [number for number, _ in told]
    assert numbers == sorted(numbers)
    assert numbers == [event["number"] for _, event in told]

    # Of a job that has ended, its last state and its result are still known.
    assert watched(http, job_id, after=numbers[0]) == told[-2:]
    assert watched(http, job_id, after=numbers[-2]) == told[-1:]
    over = http.get(f"/v1/jobs/{job_id}/events", headers={"Last-Event-ID": str(numbers[-1])})
    assert (over.status_code, over.content) == (204, b"")


def test_all_jobs_are_followed_and_from_anywhere(http: httpx.Client, root: Path) -> None:
    with http.stream("GET", "/v1/events") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert "content-length" not in answer.headers
        job_id = submit(http, score_body(root))
        states = {}
        for number, event in events(answer):
            if event["job_id"] == job_id and "state" in event:
                states[event["state"]["state"]] = number
                if event["state"]["state"] == "completed":
                    break
    assert list(states) == ["pending", "running", "completed"]
    after = {"Last-Event-ID": str(states["pending"])}
    with http.stream("GET", "/v1/events", headers=after) as answer:
        number, event = next(events(answer))
    assert number == states["running"]
    assert event["state"]["id"] == job_id


def test_head_begins_no_stream(http: httpx.Client) -> None:
    answer = http.head("/v1/events")
    assert (answer.status_code, answer.content) == (200, b"")


def test_numbers_that_are_none_are_refused(http: httpx.Client) -> None:
    for text in ("-1", "x", "1.5", "9" * 19, "1" * 40):
        answer = http.get("/v1/events", headers={"Last-Event-ID": text})
        assert answer.status_code == 422, text


def test_streams_end_and_nothing_is_taken_when_the_daemon_stops(root: Path, tmp_path: Path) -> None:
    with (
        running(tmp_path / "state", "--root", root, "--drain", "3600") as daemon,
        httpx.Client(base_url=daemon.url, timeout=60) as http,
    ):
        with standing_still(daemon, http, root):
            job_id = submit(http, score_body(root))
            with http.stream("GET", f"/v1/jobs/{job_id}/events") as answer:
                told = events(answer)
                next(told)
                daemon.signal(signal.SIGTERM)
                ready = http.get("/readyz")
                while ready.status_code == 200:
                    ready = http.get("/readyz")
                assert (ready.status_code, ready.text) == (503, "the server is stopping\n")
                assert http.get("/healthz").status_code == 200
                assert http.post("/v1/jobs", json=score_body(root)).status_code == 503
                daemon.signal(signal.SIGTERM)  # it waits no longer for the job
                list(told)  # ends as it should, not broken off
        assert daemon.wait() == 0


async def some_then_silence() -> AsyncGenerator[controller.JobEvent]:
    yield controller.JobEvent(number=7, job_id="a")
    await asyncio.sleep(3600)


class Client:
    """The other end of a stream."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.gone = asyncio.Event()
        self.heard = asyncio.Event()

    async def send(self, message: Any) -> None:
        self.sent.append(message)
        if message.get("body") == b":\n\n":
            self.heard.set()

    async def receive(self) -> dict[str, str]:
        await self.gone.wait()
        return {"type": "http.disconnect"}


def test_silence_is_broken_by_signs_of_life() -> None:
    async def run() -> None:
        disconnect = Disconnect()
        streams = EventStreams(disconnect, Responses(), silence=0.01)
        client = Client()
        answer = streams.telling(some_then_silence())
        serving = asyncio.create_task(answer({"method": "GET"}, client.receive, client.send))
        await client.heard.wait()
        disconnect.end()
        await serving
        assert client.sent[0]["type"] == "http.response.start"
        assert client.sent[2]["body"].startswith(b"id: 7\ndata: {")
        assert client.sent[-1] == {"type": "http.response.body", "body": b""}
        assert streams.open == 0

    asyncio.run(run())


def test_there_are_only_so_many_streams_and_each_gives_its_place_back() -> None:
    async def run() -> None:
        streams = EventStreams(Disconnect(), Responses(), most=1, silence=0.01)
        first, second = Client(), Client()
        answer = streams.telling(some_then_silence())
        serving = asyncio.create_task(answer({"method": "GET"}, first.receive, first.send))
        await first.heard.wait()
        with pytest.raises(BusyError, match="1 streams of events are open"):
            await streams.telling(some_then_silence())(
                {"method": "GET"}, second.receive, second.send
            )
        assert second.sent == []
        first.gone.set()
        with pytest.raises(ClientDisconnect):
            await serving
        assert streams.open == 0

    asyncio.run(run())
