"""Putting frames together: which distorted frame belongs to a reference frame, if any."""

from abc import ABC, abstractmethod
from collections.abc import Iterator

import av

from vmafx_core.media.reader import Pictures


class Pairer(ABC):
    """Finds the partners of reference frames, which are given in order, each once.

    No frame is ever used twice.

    Args:
        distorted: The distorted pictures, each a row of one.

    Attributes:
        read: Distorted frames taken so far.
        ended: Whether the distorted side has no more.
    """

    def __init__(self, distorted: Iterator[Pictures]) -> None:
        self._distorted = distorted
        self.read = 0
        self.ended = False

    @property
    def holds(self) -> bool:
        """Whether a frame that was taken waits for its partner."""
        return False

    @abstractmethod
    def partner(self, index: int, time: float) -> av.VideoFrame | None:
        """The distorted frame for a reference frame; None where it has none.

        Args:
            index: The reference frame's index, from 0.
            time: Its seconds from the first picture of the reference.
        """

    def _take(self) -> av.VideoFrame | None:
        row = next(self._distorted, None)
        if row is None:
            self.ended = True
            return None
        self.read += 1
        return row[0]


class IndexPairer(Pairer):
    """Reference frame i belongs to distorted frame i + offset."""

    def __init__(self, distorted: Iterator[Pictures], offset: int) -> None:
        super().__init__(distorted)
        self._offset = offset

    def partner(self, index: int, time: float) -> av.VideoFrame | None:  # noqa: ARG002
        """See `Pairer.partner`."""
        wanted = index + self._offset
        frame = None
        while self.read <= wanted:
            frame = self._take()
            if frame is None:
                return None
        return frame


class TimePairer(Pairer):
    """A reference frame belongs to the distorted frame that is shown at the same time.

    Args:
        distorted: The distorted pictures.
        offset: Seconds that the distorted side is late.
        tolerance: Most seconds by which two frames may be apart.
    """

    def __init__(self, distorted: Iterator[Pictures], offset: float, tolerance: float) -> None:
        super().__init__(distorted)
        self._offset = offset
        self._tolerance = tolerance
        self._waiting: av.VideoFrame | None = None

    @property
    def holds(self) -> bool:
        """See `Pairer.holds`."""
        return self._waiting is not None

    def partner(self, index: int, time: float) -> av.VideoFrame | None:  # noqa: ARG002
        """See `Pairer.partner`."""
        wanted = time + self._offset
        while True:
            frame = self._waiting or self._take()
            self._waiting = None
            if frame is None:
                return None
            apart = float(frame.time or 0.0) - wanted
            if apart > self._tolerance:
                self._waiting = frame
                return None
            if apart >= -self._tolerance:
                return frame
