"""What was asked for and answered lately, so that who asks again need not wait in the queue."""

import hashlib
from threading import Lock

from vmafx_rpc import messages

_MOST = 10_000


class Answered:
    """The specs of jobs that were completed lately.

    It holds no results, and is no promise that there still is one: it says for which jobs it is
    worth while to read their files and look. It may be asked in any thread.
    """

    def __init__(self) -> None:
        self._digests: dict[bytes, None] = {}
        self._lock = Lock()

    def add(self, spec: messages.controller.JobSpec) -> None:
        """Note that a job with this spec was completed."""
        digest = _digest(spec)
        with self._lock:
            self._put(digest)
            if len(self._digests) > _MOST:
                del self._digests[next(iter(self._digests))]

    def knows(self, spec: messages.controller.JobSpec) -> bool:
        """Whether one with this spec was; what is asked for is kept longest."""
        digest = _digest(spec)
        with self._lock:
            known = digest in self._digests
            if known:
                self._put(digest)
        return known

    def _put(self, digest: bytes) -> None:
        """Put it last."""
        self._digests.pop(digest, None)
        self._digests[digest] = None


def _digest(spec: messages.controller.JobSpec) -> bytes:
    return hashlib.sha256(spec.SerializeToString(deterministic=True)).digest()
