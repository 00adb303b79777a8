"""Doing something once for all who ask for the same while they wait."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from vmafx_daemon.jobs.single_flight import SingleFlight


class Doing:
    """Something that is done when it is let."""

    def __init__(self) -> None:
        self.begun = 0
        self.go = asyncio.Event()

    def how(self) -> Callable[[], Awaitable[int]]:
        async def do() -> int:
            self.begun += 1
            mine = self.begun
            await self.go.wait()
            if mine == 3:
                raise ValueError(mine)
            return mine

        return do


def test_who_asks_while_it_is_done_waits_for_the_next_time_with_all_others() -> None:
    async def run() -> None:
        joined, doing = SingleFlight[int](), Doing()
        first = asyncio.ensure_future(joined.do("a", doing.how()))
        await asyncio.sleep(0.01)
        later = [asyncio.ensure_future(joined.do("a", doing.how())) for _ in range(5)]
        await asyncio.sleep(0.01)
        assert doing.begun == 1
        doing.go.set()
        assert await first == 1
        assert await asyncio.gather(*later) == [2] * 5

    asyncio.run(run())


def test_different_things_do_not_wait_for_each_other() -> None:
    async def run() -> None:
        joined, slow, quick = SingleFlight[int](), Doing(), Doing()
        quick.go.set()
        waiting = asyncio.ensure_future(joined.do("slow", slow.how()))
        await asyncio.sleep(0)
        assert await joined.do("quick", quick.how()) == 1
        slow.go.set()
        assert await waiting == 1

    asyncio.run(run())


def test_a_failure_is_everybodys_and_the_next_time_is_another() -> None:
    async def run() -> None:
        joined, doing = SingleFlight[int](), Doing()
        doing.begun = 2
        asking = [asyncio.ensure_future(joined.do("a", doing.how())) for _ in range(2)]
        doing.go.set()
        assert all(
            isinstance(each, ValueError)
            for each in await asyncio.gather(*asking, return_exceptions=True)
        )
        assert await joined.do("a", doing.how()) == 4

    asyncio.run(run())


def test_whoever_goes_takes_nothing_from_the_others() -> None:
    async def run() -> None:
        joined, doing = SingleFlight[int](), Doing()
        goes, stays = (asyncio.ensure_future(joined.do("a", doing.how())) for _ in range(2))
        await asyncio.sleep(0.01)
        goes.cancel()
        with pytest.raises(asyncio.CancelledError):
            await goes
        doing.go.set()
        assert await stays == 1

    asyncio.run(run())
