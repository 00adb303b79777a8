"""The service that queues jobs and tells about them."""
# ruff: noqa: N802  # methods are called as in the contract

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from vmafx_daemon.controller import Controller
from vmafx_daemon.grpc.authentication import current_caller
from vmafx_rpc.messages import controller as wire
from vmafx_rpc.stubs.vmafx.controller.v1.controller_pb2_grpc import VmafxControllerServicer


class ControllerService(VmafxControllerServicer):
    """`vmafx.controller.v1.VmafxController`.

    Args:
        controller: Does it.
        addresses: Where the daemon listens.
    """

    def __init__(self, controller: Controller, addresses: list[str]) -> None:
        self._controller = controller
        self._addresses = addresses

    async def SubmitJob(self, request: wire.SubmitJobRequest, _: Any) -> wire.SubmitJobResponse:
        """Store a job."""
        job_id, existing = await self._controller.submit(request, current_caller())
        return wire.SubmitJobResponse(job_id=job_id, existing=existing)

    async def GetJob(self, request: wire.GetJobRequest, _: Any) -> wire.GetJobResponse:
        """Show a job."""
        job = await self._controller.get(request.job_id, with_result=request.with_result)
        return wire.GetJobResponse(job=job)

    async def ListJobs(self, request: wire.ListJobsRequest, _: Any) -> wire.ListJobsResponse:
        """List jobs."""
        return await self._controller.list(request)

    async def CancelJob(self, request: wire.CancelJobRequest, _: Any) -> wire.CancelJobResponse:
        """Cancel a job."""
        return wire.CancelJobResponse(job=await self._controller.cancel(request.job_id))

    async def RetryJob(self, request: wire.RetryJobRequest, _: Any) -> wire.RetryJobResponse:
        """Queue a job again."""
        return wire.RetryJobResponse(job=await self._controller.retry(request.job_id))

    async def WatchJob(
        self, request: wire.WatchJobRequest, _: Any
    ) -> AsyncGenerator[wire.WatchJobResponse]:
        """Tell what happens to a job."""
        async with aclosing(self._controller.watch(request.job_id, request.after)) as events:
            async for event in events:
                yield wire.WatchJobResponse(event=event)

    async def WatchJobs(
        self, request: wire.WatchJobsRequest, _: Any
    ) -> AsyncGenerator[wire.WatchJobsResponse]:
        """Tell what happens to all jobs."""
        async with aclosing(self._controller.watch_all(request.after)) as everything:
            async for events in everything:
                yield wire.WatchJobsResponse(events=events)

    async def Probe(self, request: wire.ProbeRequest, _: Any) -> wire.ProbeResponse:
        """Say what a video is."""
        told = await self._controller.probe(request.input, current_caller())
        return wire.ProbeResponse(probe=told)

    async def ListModels(self, _: wire.ListModelsRequest, __: Any) -> wire.ListModelsResponse:
        """List the models."""
        return await self._controller.models()

    async def GetStatus(self, _: wire.GetStatusRequest, __: Any) -> wire.GetStatusResponse:
        """Say how the daemon is doing."""
        status = self._controller.status()
        status.addresses.extend(self._addresses)
        return status
