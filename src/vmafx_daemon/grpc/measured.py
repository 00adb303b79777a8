"""Counting and measuring calls."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from vmafx_core.errors import VmafxError
from vmafx_daemon.grpc.around import Around
from vmafx_daemon.metrics import Metrics


class Measured(Around):
    """Tells metrics of calls; of those alone that lead somewhere.

    Args:
        metrics: Are told.
    """

    def __init__(self, metrics: Metrics) -> None:
        super().__init__()
        self._metrics = metrics

    @asynccontextmanager
    async def around(self, method: str, context: Any) -> AsyncIterator[None]:  # noqa: ARG002  # all
        """Surround a call."""
        began = time.monotonic()
        code = "CANCELLED"
        try:
            yield
            code = "OK"
        except VmafxError as error:
            code = error.grpc_status
            raise
        except Exception:
            code = "INTERNAL"
            raise
        finally:
            self._metrics.on_request("grpc", method, code, time.monotonic() - began)
