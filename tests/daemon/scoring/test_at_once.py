"""Jobs that live no longer than whoever waits for them."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from support.scripted_engine import OWNER, ScriptedEngine, controlling, ended
from vmafx_daemon.jobs.records import CANCELLED
from vmafx_daemon.scoring.at_once import score_at_once
from vmafx_rpc import messages


@pytest.mark.parametrize("times", [1, 2])
def test_whoever_goes_while_a_job_is_being_stored_leaves_none_that_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    async def run() -> None:
        async with controlling(tmp_path, ScriptedEngine()) as controller:
            store, stored, go = controller._store.submit, asyncio.Event(), asyncio.Event()

            async def store_slowly(*args: Any, **kwargs: Any) -> tuple[str, bool] | None:
                answer = await store(*args, **kwargs)
                stored.set()
                await go.wait()
                return answer

            monkeypatch.setattr(controller._store, "submit", store_slowly)
            pair = messages.scoring.ScoreRequest(reference="/clips/wait", distorted="/clips/one")
            waiting = asyncio.create_task(score_at_once(controller, pair, OWNER))
            await stored.wait()
            for _ in range(times):
                waiting.cancel()
                await asyncio.sleep(0)
            go.set()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            (job,) = (await controller.list(messages.controller.ListJobsRequest())).jobs
            assert (await ended(controller, job.id)).state == CANCELLED

    asyncio.run(run())
