"""Options and arguments of commands about jobs."""

import uuid
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from vmafx_cli.options import panels, values
from vmafx_cli.options.groups import option

if TYPE_CHECKING:
    from vmafx_rpc.messages import controller

_PRIORITIES = 100

JobId = Annotated[
    str, typer.Argument(metavar="JOB", help="Its id, or the beginning of it.", show_default=False)
]
JobIds = Annotated[
    list[str],
    typer.Argument(metavar="JOB...", help="Their ids, or the beginnings.", show_default=False),
]
Labels = Annotated[
    list[values.Assignment] | None,
    option(
        "--label",
        panel=panels.QUEUED,
        metavar="KEY=VALUE",
        parser=values.assignment,
        help="Find it by this; repeatable.",
    ),
]


class State(StrEnum):
    """Where a job is in its life."""

    PENDING = "pending"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueOptions:
    """How a job is queued; the fields are the options."""

    priority: Annotated[
        int,
        option(
            "--priority",
            panel=panels.QUEUED,
            metavar="N",
            min=-_PRIORITIES,
            max=_PRIORITIES,
            show_default=True,
            help="Higher goes first.",
        ),
    ] = 0
    label: Labels = None
    timeout: Annotated[
        float | None,
        option(
            "--timeout",
            panel=panels.QUEUED,
            metavar="TIME",
            parser=values.positive_seconds,
            default="the daemon's",
            help="How long one attempt may take.",
        ),
    ] = None
    attempts: Annotated[
        int | None,
        option(
            "--attempts",
            panel=panels.QUEUED,
            metavar="N",
            min=1,
            default="the daemon's",
            help="How often it may be begun.",
        ),
    ] = None
    key: Annotated[
        str | None,
        option(
            "--key",
            panel=panels.QUEUED,
            metavar="TEXT",
            help="Queue nothing where a job with this key is there; its id is printed.",
        ),
    ] = None
    no_cache: Annotated[
        bool,
        option(
            "--no-cache",
            panel=panels.QUEUED,
            metavar="",
            help="Do it anew, though an equal job has a result.",
        ),
    ] = False

    def request(self, spec: "controller.JobSpec") -> "controller.SubmitJobRequest":
        """The request to queue a job.

        Args:
            spec: What it is to do.
        """
        from vmafx_rpc import messages  # help does without

        request = messages.controller.SubmitJobRequest(
            spec=spec,
            priority=self.priority,
            labels=dict(self.label or ()),
            idempotency_key=self.key or uuid.uuid4().hex,
            max_attempts=self.attempts or 0,
            no_cache=self.no_cache,
        )
        if self.timeout is not None:
            request.timeout.FromMicroseconds(round(1e6 * self.timeout))
        return request
