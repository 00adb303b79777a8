"""Looking at videos for others: at few at a time, and not for long at any."""

import asyncio
from functools import partial

from vmafx_core.media.locations import masked
from vmafx_daemon.access.caller import Caller, Role
from vmafx_daemon.access.path_checks import PathChecks
from vmafx_daemon.access.policy import Policy
from vmafx_daemon.engine.contract import Engine, Limits, TimeLimitError
from vmafx_daemon.errors import BusyError
from vmafx_rpc import messages

# With waiting for a place. Servers of videos may take half of it for their first bytes.
_SECONDS = 60.0
_MOST = 64


class Probes:
    """Has an engine look at videos.

    Args:
        engine: What looks at them.
        policy: Who may have what looked at.
        path_checks: Looks at what is named.

    Attributes:
        seconds: How long one may take, with waiting for a place.
        most: How many may be asked about at once, those that wait included.
    """

    def __init__(self, engine: Engine, policy: Policy, path_checks: PathChecks) -> None:
        self.seconds = _SECONDS
        self.most = _MOST
        self._engine = engine
        self._policy = policy
        self._path_checks = path_checks
        self._asked = 0

    async def probe(self, source: messages.task.Input, caller: Caller) -> messages.result.Probe:
        """Say what a video is; where the waiting is cancelled, so is the looking.

        Args:
            source: The video; it is changed as `Policy.check_source` says.
            caller: Who asks.

        Raises:
            BusyError: Too many are asked about already.
            TimeLimitError: It takes too long.
            VmafxError: It is not allowed, or cannot be read.
        """
        self._policy.require(caller, Role.WRITE)
        if self._asked >= self.most:
            raise BusyError(f"{self.most} videos are being looked at already", "Try again later.")
        self._asked += 1
        try:
            check = partial(self._policy.check_source, source, caller)
            await self._path_checks.check(source.location, check)
            async with asyncio.timeout(self.seconds):
                return await self._engine.probe(source, Limits())
        except TimeoutError:
            raise TimeLimitError(
                f"{masked(source.location)}: was not read within {self.seconds:g} s",
                "A disk or a server does not answer, or others are looked at before; try again.",
            ) from None
        finally:
            self._asked -= 1
