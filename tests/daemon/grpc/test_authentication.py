import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any, override

import grpc
import grpc.aio
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_health.v1.health import aio as health
from grpc_reflection.v1alpha import reflection

from support.certificates import Certificate
from vmafx_daemon.access.caller import Caller, Role
from vmafx_daemon.access.policy import Policy
from vmafx_daemon.access.tls import server_credentials
from vmafx_daemon.access.tokens import add_token
from vmafx_daemon.grpc import authentication
from vmafx_daemon.grpc.authentication import admit, current_caller
from vmafx_daemon.grpc.calls import Calls
from vmafx_daemon.grpc.refusals import ERROR_KEY
from vmafx_daemon.settings import AccessSettings, LimitSettings
from vmafx_rpc.messages import controller, scoring
from vmafx_rpc.stubs.vmafx.controller.v1 import controller_pb2_grpc
from vmafx_rpc.stubs.vmafx.v1 import scoring_pb2_grpc

JOB = controller.Job(id="1")


class Jobs(controller_pb2_grpc.VmafxControllerServicer):
    """Answers everything, and notes who asked."""

    def __init__(self) -> None:
        self.callers: list[Caller] = []
        self.closed = asyncio.Event()

    @override
    async def SubmitJob(self, *_: Any) -> controller.SubmitJobResponse:
        self.callers.append(current_caller())
        return controller.SubmitJobResponse(job_id="1")

    @override
    async def GetJob(self, *_: Any) -> controller.GetJobResponse:
        self.callers.append(current_caller())
        return controller.GetJobResponse(job=JOB)

    @override
    async def WatchJob(self, *_: Any) -> AsyncGenerator[controller.WatchJobResponse]:
        self.callers.append(current_caller())
        try:
            for number in range(1, 4):
                yield controller.WatchJobResponse(event=controller.JobEvent(number=number))
            await asyncio.sleep(60)
        finally:
            self.closed.set()


class Streams(scoring_pb2_grpc.VmafxScoringServicer):
    """Counts frames."""

    @override
    async def ScoreStream(
        self, requests: Any, _: Any
    ) -> AsyncGenerator[scoring.ScoreStreamResponse]:
        count = 0
        async for _ in requests:
            count += 1
        yield scoring.ScoreStreamResponse(aggregate={"frames_processed": count})


Test = Callable[[grpc.aio.Channel, Jobs], Awaitable[None]]


def served(test: Test, access: AccessSettings, channel: Any = None, *, socket: str = "") -> None:
    """Run `test` against a server with these settings."""

    async def run() -> None:
        server = grpc.aio.server(
            interceptors=[Calls(partial(admit, Policy(access, LimitSettings())), most=9)]
        )
        jobs = Jobs()
        controller_pb2_grpc.add_VmafxControllerServicer_to_server(jobs, server)  # type: ignore[no-untyped-call]
        scoring_pb2_grpc.add_VmafxScoringServicer_to_server(Streams(), server)  # type: ignore[no-untyped-call]
        health_pb2_grpc.add_HealthServicer_to_server(health.HealthServicer(), server)
        reflection.enable_server_reflection(["vmafx.v1.VmafxScoring"], server)
        if credentials := server_credentials(access):
            target = f"localhost:{server.add_secure_port('127.0.0.1:0', credentials)}"
        elif socket:
            server.add_insecure_port(target := f"unix:{socket}")
        else:
            target = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
        await server.start()
        opened = (
            grpc.aio.secure_channel(target, channel)
            if channel
            else grpc.aio.insecure_channel(target)
        )
        try:
            async with opened:
                await test(opened, jobs)
        finally:
            await server.stop(0)

    asyncio.run(run())


async def refused(call: Any, status: grpc.StatusCode) -> controller.JobError:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    assert caught.value.code() is status
    carried = dict(caught.value.trailing_metadata() or ())[ERROR_KEY]
    assert isinstance(carried, bytes)
    return controller.JobError.FromString(carried)


def bearer(token: str) -> tuple[tuple[str, str], ...]:
    return (("authorization", f"Bearer {token}"),)


def submit(channel: grpc.aio.Channel, **more: Any) -> Any:
    stub = controller_pb2_grpc.VmafxControllerStub(channel)  # type: ignore[no-untyped-call]
    return stub.SubmitJob(controller.SubmitJobRequest(), **more)


def get(channel: grpc.aio.Channel, **more: Any) -> Any:
    stub = controller_pb2_grpc.VmafxControllerStub(channel)  # type: ignore[no-untyped-call]
    return stub.GetJob(controller.GetJobRequest(job_id="1"), **more)


def test_the_sockets_owner_is_known_as_such(tmp_path: Path) -> None:
    async def test(channel: grpc.aio.Channel, jobs: Jobs) -> None:
        await submit(channel)
        assert jobs.callers[0].owner

    served(test, AccessSettings(), socket=str(tmp_path / "s"))


def test_this_machine_is_known_by_its_address() -> None:
    async def test(channel: grpc.aio.Channel, jobs: Jobs) -> None:
        await submit(channel)
        assert jobs.callers == [Caller("127.0.0.1", Role.WRITE)]

    served(test, AccessSettings())


def test_tokens_are_asked_for_and_their_roles_hold(tmp_path: Path) -> None:
    file = tmp_path / "tokens"
    reads, writes = add_token(file, "r", Role.READ), add_token(file, "w", Role.WRITE)

    async def test(channel: grpc.aio.Channel, jobs: Jobs) -> None:
        status = grpc.StatusCode.UNAUTHENTICATED
        assert (await refused(submit(channel), status)).error_class == "UnknownCallerError"
        assert "wrong" in (await refused(get(channel, metadata=bearer("x")), status)).message
        await get(channel, metadata=bearer(reads))
        await submit(channel, metadata=bearer(writes))
        denied = submit(channel, metadata=bearer(reads))
        assert "only read" in (await refused(denied, grpc.StatusCode.PERMISSION_DENIED)).message
        assert [caller.name for caller in jobs.callers] == ["r", "w"]

    served(test, AccessSettings(token_file=file))


def test_load_balancers_need_no_token(tmp_path: Path) -> None:
    add_token(tmp_path / "tokens", "r", Role.READ)

    async def test(channel: grpc.aio.Channel, _: Jobs) -> None:
        stub = health_pb2_grpc.HealthStub(channel)
        answer = await stub.Check(health_pb2.HealthCheckRequest())
        assert answer.status == health_pb2.HealthCheckResponse.SERVING
        async for each in (watch := stub.Watch(health_pb2.HealthCheckRequest())):
            assert each.status == health_pb2.HealthCheckResponse.SERVING
            break
        watch.cancel()

    served(test, AccessSettings(token_file=tmp_path / "tokens"))


def test_watchers_hear_all_and_leave_nothing_behind() -> None:
    async def test(channel: grpc.aio.Channel, jobs: Jobs) -> None:
        stub = controller_pb2_grpc.VmafxControllerStub(channel)  # type: ignore[no-untyped-call]
        watch = stub.WatchJob(controller.WatchJobRequest(job_id="1"))
        for number in range(1, 4):
            assert (await watch.read()).event.number == number
        watch.cancel()
        await asyncio.wait_for(jobs.closed.wait(), 5)
        assert jobs.callers == [Caller("127.0.0.1", Role.WRITE)]

    served(test, AccessSettings())


def test_streams_both_ways_are_let_through_or_refused_at_once(tmp_path: Path) -> None:
    file = tmp_path / "tokens"
    token = add_token(file, "w", Role.WRITE)

    async def test(channel: grpc.aio.Channel, _: Jobs) -> None:
        stub = scoring_pb2_grpc.VmafxScoringStub(channel)  # type: ignore[no-untyped-call]
        sent = [scoring.ScoreStreamRequest(frame_pair={"frame_index": i}) for i in range(5)]
        answers = [a async for a in stub.ScoreStream(iter(sent), metadata=bearer(token))]
        assert [a.aggregate.frames_processed for a in answers] == [5]
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await stub.ScoreStream().read()
        assert caught.value.code() is grpc.StatusCode.UNAUTHENTICATED

    served(test, AccessSettings(token_file=file))


def test_methods_that_are_not_listed_are_nobodys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(authentication, "_ROLES", {})

    async def test(channel: grpc.aio.Channel, jobs: Jobs) -> None:
        await refused(get(channel), grpc.StatusCode.PERMISSION_DENIED)
        unknown = channel.unary_unary("/vmafx.controller.v1.VmafxController/Nothing")(b"")
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await unknown
        assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED
        assert not jobs.callers

    served(test, AccessSettings())


def test_certificates_say_who_calls(tmp_path: Path) -> None:
    authority = Certificate.make("authority")
    certificate, key = Certificate.make("server", signer=authority).write(tmp_path, "server")
    access = AccessSettings(
        certificate=certificate, key=key, client_authority=authority.write(tmp_path, "ca")[0]
    )

    def credentials(client: Certificate | None) -> grpc.ChannelCredentials:
        shown = (client.key_pem, client.pem) if client else (None, None)
        return grpc.ssl_channel_credentials(authority.pem, *shown)

    async def writes(channel: grpc.aio.Channel, jobs: Jobs) -> None:
        await submit(channel)
        assert jobs.callers == [Caller('Jane\\, OU=read "x"', Role.WRITE)]

    async def reads(channel: grpc.aio.Channel, jobs: Jobs) -> None:
        await get(channel)
        assert jobs.callers == [Caller("looker", Role.READ)]
        await refused(submit(channel), grpc.StatusCode.PERMISSION_DENIED)

    async def fails(channel: grpc.aio.Channel, jobs: Jobs) -> None:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await submit(channel)
        assert caught.value.code() is grpc.StatusCode.UNAVAILABLE
        assert not jobs.callers

    jane = Certificate.make('Jane\\, OU=read "x"', signer=authority)
    served(writes, access, credentials(jane))
    looker = Certificate.make("looker", unit="read", signer=authority)
    served(reads, access, credentials(looker))
    served(fails, access, credentials(None))
    served(fails, access, credentials(Certificate.make("stranger")))
