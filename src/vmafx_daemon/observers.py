"""Who is told what the controller does: metrics and logs."""

from vmafx_rpc import messages

Job = messages.controller.Job


class Observer:
    """Is told what the controller does; overrides what it wants to know.

    Everything is told in the loop, and must not take long.
    """

    def on_submitted(self, job: Job) -> None:
        """A job was stored."""

    def on_started(self, job: Job) -> None:
        """A job was begun."""

    def on_requeued(self, job: Job, reason: str) -> None:
        """A job waits again.

        Args:
            job: The job.
            reason: "node_lost": its worker was, as `error` says; "no_answer": a disk or a name
                server that it needs gave none; "controller_restart": the daemon stopped, or was
                killed, while it ran; "retried": somebody wished for it.
        """

    def on_ended(self, job: Job, seconds: float) -> None:
        """A job ended.

        Args:
            job: The job, without its result.
            seconds: Wall time of its last attempt; 0 if it was never begun.
        """

    def on_frames(self, frames: int) -> None:
        """Frames were scored, or encoded and scored, by a job."""

    def on_stream_opened(self) -> None:
        """A stream was opened."""

    def on_stream_closed(self, seconds: float) -> None:
        """A stream ended.

        Args:
            seconds: How long it was open.
        """
