"""What was asked for and answered lately, so that who asks again need not wait in the queue."""

import hashlib

from vmafx_rpc import messages

_MOST = 10_000


class Answered:
    """The specs of jobs that were completed lately.

    It holds no results, and is no promise that there still is one: it says for which jobs it is
    worth while to read their files and look.
    """

    def __init__(self) -> None:
        self._digests: dict[bytes, None] = {}

    def add(self, spec: messages.controller.JobSpec) -> None:
        """Note that a job with this spec was completed."""
        self._put(_digest(spec))
        if len(self._digests) > _MOST:
            del self._digests[next(iter(self._digests))]

    def knows(self, spec: messages.controller.JobSpec) -> bool:
        """Whether one with this spec was; what is asked for is kept longest."""
        digest = _digest(spec)
        if digest not in self._digests:
            return False
        self._put(digest)
        return True

    def _put(self, digest: bytes) -> None:
        """Put it last."""
        self._digests.pop(digest, None)
        self._digests[digest] = None


def _digest(spec: messages.controller.JobSpec) -> bytes:
    return hashlib.sha256(spec.SerializeToString(deterministic=True)).digest()
