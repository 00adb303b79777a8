"""Dividing pictures that stream by into stretches, which end with a scene where they can."""

from collections import deque
from collections.abc import Iterator
from itertools import islice

import av

from vmafx_core.media.cuts import AROUND, CutDetector


def divided(
    pictures: Iterator[av.VideoFrame], *, shortest: int, longest: int, shot: int
) -> Iterator[Iterator[av.VideoFrame]]:
    """Divide pictures into stretches; each is to be taken to its end before the next.

    Where a stretch ends depends on its own pictures alone.

    Args:
        pictures: All pictures.
        shortest: Pictures after which a stretch ends with a scene.
        longest: Most pictures of a stretch.
        shot: Fewest frames of a shot.
    """
    # Pictures that follow a cut, which they have to tell.
    held: deque[av.VideoFrame] = deque()

    def stretch() -> Iterator[av.VideoFrame]:
        begun = len(held)
        while held:
            yield held.popleft()
        yield from islice(pictures, shortest - begun)
        detector = CutDetector(shot)
        for picture in islice(pictures, longest - shortest):
            held.append(picture)
            if detector.push(picture) is not None:
                return
            if len(held) > AROUND:
                yield held.popleft()
        while held:
            yield held.popleft()

    while held or _more(pictures, held):
        yield stretch()


def _more(pictures: Iterator[av.VideoFrame], held: deque[av.VideoFrame]) -> bool:
    """Hold one picture more; returns whether there is one."""
    held.extend(islice(pictures, 1))
    return bool(held)
